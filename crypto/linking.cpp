#include "crypto/linking.hpp"

#include <algorithm>
#include <cassert>

#include "crypto/declassify.hpp"
#include "crypto/kdf.hpp"
#include "crypto/random.hpp"

namespace bisik::crypto {
namespace {

constexpr std::uint32_t kDigitsEnd = 1'000'000;
constexpr std::size_t kDigits = 6;

// record bytes 0 ... 107 | DN | E | P | n | m
struct LinkingTranscript {
  DeviceStatement statement;
  DhPublicKey network_key;      // DN
  DhPublicKey new_device;       // E
  DhPublicKey primary;          // P
  LinkingNonce revealed_nonce;  // n
  LinkingNonce offered_nonce;   // m

  [[nodiscard]] Hash hash(Label label) const {
    return LabelledHash{label}
        .update(statement.encode())
        .update(network_key.bytes)
        .update(new_device.bytes)
        .update(primary.bytes)
        .update(revealed_nonce)
        .update(offered_nonce)
        .finish();
  }
};

// Of an offer and a reveal, on either side.
DeviceStatement statement_of(const LinkingOffer& offer, const VerifyKey& signing_key,
                             const DhPublicKey& identity_key) {
  return {offer.account_key, signing_key, identity_key, offer.number, offer.created};
}

LinkingAgreement agree_on(const LinkingTranscript& transcript, const DhSecretKey& ours,
                          const DhPublicKey& theirs, const Capability& secret) {
  const auto shared = agree(ours, theirs);
  assert(shared);  // parsed as contributory
  SecretBuffer input_key;
  input_key.append(*shared).append(secret.bytes());
  auto [grant_key] = derive_keys<MessageKey>(transcript.hash(label::kLinkingTranscript), input_key,
                                             label::kLinkingGrant);
  return {LinkingDigits::of(transcript.hash(label::kLinkingDigits)), std::move(grant_key)};
}

}  // namespace

Result<LinkingDigits> LinkingDigits::parse(std::string_view typed) {
  std::uint32_t value = 0;
  std::size_t digits = 0;
  for (const char c : typed) {
    if (c == ' ') continue;
    if (c < '0' || c > '9' || ++digits > kDigits) return Errc::malformed;
    value = 10 * value + static_cast<std::uint32_t>(c - '0');
  }
  if (digits != kDigits) return Errc::malformed;
  return LinkingDigits{value};
}

LinkingDigits LinkingDigits::of(const Hash& hash) {
  return LinkingDigits{
      static_cast<std::uint32_t>(Decoder{hash}.take_int<std::uint64_t>() % kDigitsEnd)};
}

std::string LinkingDigits::text() const {
  auto digits = std::to_string(kDigitsEnd + value_).substr(1);  // keeps zeros in front
  return digits.insert(kDigits / 2, 1, ' ');
}

ClaimedDevice::ClaimedDevice(DeviceKeys keys, Rendezvous rendezvous,
                             const DeviceStatement& statement, const LinkingReveal& reveal,
                             LinkingAgreement agreement)
    : keys_{std::move(keys)},
      rendezvous_{std::move(rendezvous)},
      statement_{statement},
      reveal_{reveal},
      agreement_{std::move(agreement)} {}

Bytes ClaimedDevice::seal_reveal(std::size_t cell_bytes) const {
  return seal_rendezvous_cell(rendezvous_.answer.cell_key, label::kLinkingRevealCell.bytes(),
                              cell_bytes, reveal_.encode());
}

Result<Bytes> ClaimedDevice::open_grant(ByteView cell) const {
  return open_rendezvous_cell(agreement_.grant_key, label::kLinkingGrantCell.bytes(), cell);
}

bool ClaimedDevice::is_refusal(ByteView cell) const {
  const auto content =
      open_rendezvous_cell(rendezvous_.offer.cell_key, label::kLinkingRefusalCell.bytes(), cell);
  return content && content->empty();
}

Result<Device> ClaimedDevice::join(const DeviceRecord& record) && {
  return Device::join(std::move(keys_), record);
}

NewDevice::NewDevice(DeviceKeys keys, const DhPublicKey& network_key, const Capability& secret)
    : keys_{std::move(keys)},
      network_key_{network_key},
      secret_{secret},
      rendezvous_{Rendezvous::of(secret)} {}

NewDevice NewDevice::create(const DhPublicKey& network_key) {
  return {DeviceKeys::generate(), network_key, Capability::random()};
}

LinkingKeys NewDevice::public_keys() const {
  return {ephemeral_.public_key, keys_.signing_key.verify_key(), keys_.identity_key.public_key,
          network_key_};
}

LinkingCode NewDevice::code() const {
  return {ephemeral_.public_key, public_keys().commitment(nonce_.expose()), secret_};
}

Result<LinkingOffer> NewDevice::open_offer(ByteView cell) const {
  const auto content =
      open_rendezvous_cell(rendezvous_.offer.cell_key, label::kLinkingOfferCell.bytes(), cell);
  if (!content) return content.error();
  declassify(*content);  // public keys and m, for everybody who has seen the code
  return LinkingOffer::parse(*content);
}

ClaimedDevice NewDevice::accept(const LinkingOffer& offer) && {
  const auto ours = public_keys();
  const auto statement = statement_of(offer, ours.signing_key, ours.identity_key);
  LinkingReveal reveal{
      {}, ours.signing_key, ours.identity_key, ours.network_key, statement.sign(keys_.signing_key)};
  std::ranges::copy(nonce_.expose(), reveal.nonce.begin());
  declassify(reveal.nonce);  // no secret any more: the offer is there
  const LinkingTranscript transcript{statement,       network_key_, ours.ephemeral,
                                     offer.ephemeral, reveal.nonce, offer.nonce};
  return {std::move(keys_), std::move(rendezvous_), statement, reveal,
          agree_on(transcript, ephemeral_.secret_key, offer.ephemeral, secret_)};
}

DeviceOffer::DeviceOffer(const LinkingCode& code, DhKeyPair ephemeral, const LinkingOffer& offer)
    : code_{code},
      ephemeral_{std::move(ephemeral)},
      offer_{offer},
      rendezvous_{Rendezvous::of(code.secret)} {}

DeviceOffer DeviceOffer::create(const LinkingCode& code, const VerifyKey& account_key,
                                DeviceNumber number, UnixTime created) {
  assert(number >= 1 && number <= kMaxDeviceNumber);
  auto ephemeral = DhKeyPair::generate();
  const LinkingOffer offer{account_key, ephemeral.public_key, random_array<sizeof(LinkingNonce)>(),
                           number, created};
  declassify(offer.nonce);  // m, for everybody who has seen the code
  return {code, std::move(ephemeral), offer};
}

Bytes DeviceOffer::seal_offer(std::size_t cell_bytes) const {
  return seal_rendezvous_cell(rendezvous_.offer.cell_key, label::kLinkingOfferCell.bytes(),
                              cell_bytes, offer_.encode());
}

Bytes DeviceOffer::seal_refusal(std::size_t cell_bytes) const {
  return seal_rendezvous_cell(rendezvous_.offer.cell_key, label::kLinkingRefusalCell.bytes(),
                              cell_bytes, {});
}

Result<RevealedDevice> DeviceOffer::open_reveal(ByteView cell) const {
  const auto content =
      open_rendezvous_cell(rendezvous_.answer.cell_key, label::kLinkingRevealCell.bytes(), cell);
  if (!content) return content.error();
  declassify(*content);  // public keys and n, for everybody who has seen the code
  const auto reveal = LinkingReveal::parse(*content);
  if (!reveal) return reveal.error();

  const LinkingKeys theirs{code_.ephemeral, reveal->signing_key, reveal->identity_key,
                           reveal->network_key};
  if (theirs.commitment(reveal->nonce) != code_.commitment) return Errc::authentication_failed;
  const auto statement = statement_of(offer_, theirs.signing_key, theirs.identity_key);
  if (auto ok = statement.verify_by_device(reveal->by_device); !ok) return ok.error();

  const LinkingTranscript transcript{statement,        theirs.network_key, theirs.ephemeral,
                                     offer_.ephemeral, reveal->nonce,      offer_.nonce};
  return RevealedDevice{statement, *reveal,
                        agree_on(transcript, ephemeral_.secret_key, code_.ephemeral, code_.secret)};
}

RevealedDevice::RevealedDevice(const DeviceStatement& statement, const LinkingReveal& reveal,
                               LinkingAgreement agreement)
    : statement_{statement}, reveal_{reveal}, agreement_{std::move(agreement)} {}

Result<ConfirmedDevice> RevealedDevice::confirm(const LinkingDigits& typed) && {
  if (typed != agreement_.digits) return Errc::authentication_failed;
  return ConfirmedDevice{statement_, reveal_, std::move(agreement_.grant_key)};
}

ConfirmedDevice::ConfirmedDevice(const DeviceStatement& statement, const LinkingReveal& reveal,
                                 MessageKey grant_key)
    : statement_{statement},
      by_device_{reveal.by_device},
      network_key_{reveal.network_key},
      grant_key_{std::move(grant_key)} {}

DeviceRecord ConfirmedDevice::sign(const AccountKey& account) const {
  return DeviceRecord::assemble(statement_, statement_.sign(account), by_device_).value();
}

Bytes ConfirmedDevice::seal_grant(std::size_t cell_bytes, ByteView grant) const {
  return seal_rendezvous_cell(grant_key_, label::kLinkingGrantCell.bytes(), cell_bytes, grant);
}

}  // namespace bisik::crypto
