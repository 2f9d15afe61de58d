// A new device and a primary that are about to be linked, each step with what honest sides do.
#pragma once

#include "crypto/linking.hpp"
#include "tests/crypto/people.hpp"

namespace bisik::crypto {

inline constexpr std::size_t kLinkingCell = 4096;

struct LinkingScene {
  AccountKey account = AccountKey::generate();
  DhPublicKey network_key = DhKeyPair::generate().public_key;  // DN
  NewDevice new_device = NewDevice::create(network_key);
  DeviceOffer offer = DeviceOffer::create(new_device.code(), account.verify_key(), 2, kNow);

  // What the primary has said, taken by the new device, which is used up.
  [[nodiscard]] ClaimedDevice claim() {
    const auto opened = new_device.open_offer(offer.seal_offer(kLinkingCell)).value();
    return std::move(new_device).accept(opened);
  }
  [[nodiscard]] RevealedDevice reveal(const ClaimedDevice& claimed) const {
    return offer.open_reveal(claimed.seal_reveal(kLinkingCell)).value();
  }
};

// Somebody who has seen the code, and so can read and write in the rendezvous.
struct CodeThief {
  Rendezvous rendezvous;

  explicit CodeThief(const LinkingCode& code) : rendezvous{Rendezvous::of(code.secret)} {}

  [[nodiscard]] LinkingReveal read(const ClaimedDevice& claimed) const {
    const auto content =
        open_rendezvous_cell(rendezvous.answer.cell_key, label::kLinkingRevealCell.bytes(),
                             claimed.seal_reveal(kLinkingCell));
    return LinkingReveal::parse(content.value()).value();
  }
  [[nodiscard]] Bytes write(const LinkingReveal& reveal) const {
    return seal_rendezvous_cell(rendezvous.answer.cell_key, label::kLinkingRevealCell.bytes(),
                                kLinkingCell, reveal.encode());
  }
};

}  // namespace bisik::crypto
