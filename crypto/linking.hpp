// Linking a device to an account (docs/protocol.md 9.2), each side as the states it goes through:
//
//     new device   NewDevice -- accept(offer) --> ClaimedDevice -- join(record) --> Device
//     primary      DeviceOffer -- open_reveal(cell) --> RevealedDevice -- confirm(digits) -->
//                  ConfirmedDevice, which signs the record and seals the grant
//
// One process holds a linking from its beginning to its end; nothing is stored. What a cell does
// wrong changes nothing: its reader waits for another one, since anybody who has seen the code can
// write there. What is done by && is done once. Times, numbers and cells' sizes are arguments.
#pragma once

#include <string>
#include <string_view>

#include "crypto/device.hpp"
#include "crypto/linking_messages.hpp"
#include "crypto/rendezvous.hpp"

namespace bisik::crypto {

// Six digits over everything that both sides have said: the new device shows them, the person types
// them at the primary.
class LinkingDigits {
 public:
  // malformed unless it has six digits and, besides, blanks at most.
  [[nodiscard]] static Result<LinkingDigits> parse(std::string_view typed);
  [[nodiscard]] static LinkingDigits of(const Hash& hash);  // first 8 bytes mod 10^6

  [[nodiscard]] std::string text() const;  // "482 913"

  friend bool operator==(const LinkingDigits&, const LinkingDigits&) = default;

 private:
  explicit LinkingDigits(std::uint32_t value) : value_{value} {}
  std::uint32_t value_;
};

// What follows from the transcript, for either side.
struct LinkingAgreement {
  LinkingDigits digits;
  MessageKey grant_key;
};

// Of the new device, when somebody has claimed it: it shows the digits and waits for the grant.
class ClaimedDevice {
 public:
  // May be sealed again: the same reveal.
  [[nodiscard]] Bytes seal_reveal(std::size_t cell_bytes) const;
  [[nodiscard]] const LinkingDigits& digits() const noexcept { return agreement_.digits; }
  // Whose device this becomes, if the person says so: shown beside the digits.
  [[nodiscard]] const DeviceStatement& statement() const noexcept { return statement_; }

  // What the primary sealed. authentication_failed, malformed: not by the one that made the offer.
  [[nodiscard]] Result<Bytes> open_grant(ByteView cell) const;
  // Whether it is the end, without a grant. Whoever has seen the code can say so.
  [[nodiscard]] bool is_refusal(ByteView cell) const;
  // malformed: another device's record. One that names our keys is the one that the offer
  // announced: DS has signed no other.
  [[nodiscard]] Result<Device> join(const DeviceRecord& record) &&;

 private:
  friend class NewDevice;
  ClaimedDevice(DeviceKeys keys, Rendezvous rendezvous, const DeviceStatement& statement,
                const LinkingReveal& reveal, LinkingAgreement agreement);

  DeviceKeys keys_;
  Rendezvous rendezvous_;
  DeviceStatement statement_;
  LinkingReveal reveal_;
  LinkingAgreement agreement_;
};

// A device without an account: its keys are drawn, and the code that it shows commits to them.
class NewDevice {
 public:
  [[nodiscard]] static NewDevice create(const DhPublicKey& network_key);  // DN

  [[nodiscard]] LinkingCode code() const;
  [[nodiscard]] const Rendezvous& rendezvous() const noexcept { return rendezvous_; }

  // authentication_failed; or as LinkingOffer::parse().
  [[nodiscard]] Result<LinkingOffer> open_offer(ByteView cell) const;
  // The one attempt: the device is told to nobody else afterwards.
  [[nodiscard]] ClaimedDevice accept(const LinkingOffer& offer) &&;

 private:
  using Nonce = Secret<struct LinkingNonceTag, sizeof(LinkingNonce)>;
  NewDevice(DeviceKeys keys, const DhPublicKey& network_key, const Capability& secret);
  [[nodiscard]] LinkingKeys public_keys() const;

  DeviceKeys keys_;
  DhPublicKey network_key_;                      // DN
  DhKeyPair ephemeral_ = DhKeyPair::generate();  // E
  Nonce nonce_ = Nonce::random();                // n, until it is revealed
  Capability secret_;                            // r
  Rendezvous rendezvous_;
};

// Of the primary, after the person has typed the digits of the new device.
class ConfirmedDevice {
 public:
  [[nodiscard]] DeviceRecord sign(const AccountKey& account) const;
  [[nodiscard]] const DhPublicKey& network_key() const noexcept { return network_key_; }  // DN
  // The grant's bytes are the caller's business. May be sealed again.
  [[nodiscard]] Bytes seal_grant(std::size_t cell_bytes, ByteView grant) const;

 private:
  friend class RevealedDevice;
  ConfirmedDevice(const DeviceStatement& statement, const LinkingReveal& reveal,
                  MessageKey grant_key);

  DeviceStatement statement_;
  Signature by_device_;
  DhPublicKey network_key_;
  MessageKey grant_key_;
};

// Of the primary, when the new device has shown that it is the one of the code.
class RevealedDevice {
 public:
  // The one attempt. authentication_failed: other digits than the new device shows, so somebody
  // stands between the two, or the person has mistyped: either way the code is used up.
  [[nodiscard]] Result<ConfirmedDevice> confirm(const LinkingDigits& typed) &&;

 private:
  friend class DeviceOffer;
  RevealedDevice(const DeviceStatement& statement, const LinkingReveal& reveal,
                 LinkingAgreement agreement);

  DeviceStatement statement_;
  LinkingReveal reveal_;
  LinkingAgreement agreement_;
};

// Of the primary, which has read a code.
class DeviceOffer {
 public:
  [[nodiscard]] static DeviceOffer create(const LinkingCode& code, const VerifyKey& account_key,
                                          DeviceNumber number, UnixTime created);

  [[nodiscard]] const Rendezvous& rendezvous() const noexcept { return rendezvous_; }
  // May be sealed again: the same offer.
  [[nodiscard]] Bytes seal_offer(std::size_t cell_bytes) const;
  // authentication_failed: does not open, or is not what the code commits to. bad_signature: by DS.
  // malformed, non_canonical_key: as LinkingReveal::parse().
  [[nodiscard]] Result<RevealedDevice> open_reveal(ByteView cell) const;
  // There will be no grant: the new device need not wait for one.
  [[nodiscard]] Bytes seal_refusal(std::size_t cell_bytes) const;

 private:
  DeviceOffer(const LinkingCode& code, DhKeyPair ephemeral, const LinkingOffer& offer);

  LinkingCode code_;
  DhKeyPair ephemeral_;  // P
  LinkingOffer offer_;
  Rendezvous rendezvous_;
};

}  // namespace bisik::crypto
