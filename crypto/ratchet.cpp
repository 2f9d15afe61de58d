#include "crypto/ratchet.hpp"

#include <cassert>

namespace bisik::crypto {

Result<Ratchet> Ratchet::initiate(SessionKeys&& keys, const DhPublicKey& their_signed_prekey) {
  auto dh = DhKeyPair::generate();
  const auto shared = agree(dh.secret_key, their_signed_prekey);
  if (!shared) return shared.error();
  auto [root, chain, next_header] = step(keys.root, *shared, std::nullopt);
  return Ratchet{std::move(root), std::move(next_header), std::move(keys.responder_next_header),
                 TheirTurn{std::move(keys.initiator_header), std::move(chain), std::move(dh),
                           std::nullopt, 0, 0}};
}

Bytes Ratchet::seal(ByteView associated, ByteView content, std::size_t wire_bytes) {
  if (const auto* turn = std::get_if<OurTurn>(&turn_)) begin_chain(*turn);
  return std::get<TheirTurn>(turn_).seal(associated, content, wire_bytes);
}

std::size_t Ratchet::next_overhead() const {
  if (const auto* chain = std::get_if<TheirTurn>(&turn_)) {
    return message_overhead(chain->carries());
  }
  return message_overhead(std::get<OurTurn>(turn_).their_kem ? KemContents::key_and_ciphertext
                                                             : KemContents::key);
}

void Ratchet::begin_chain(const OurTurn& turn) {
  auto dh = DhKeyPair::generate();
  const auto shared_dh = agree(dh.secret_key, turn.theirs);
  assert(shared_dh);  // open() and read() let no low-order point in

  auto kem = KemKeyPair::generate();
  KemOffer offer{kem.public_key, std::nullopt};
  std::optional<KemSharedSecret> shared_kem;
  if (turn.their_kem) {
    auto [ciphertext, shared] = encapsulate(*turn.their_kem);
    offer.ciphertext = ciphertext;
    shared_kem = std::move(shared);
  }

  auto [root, chain, next_header] = step(root_, *shared_dh, shared_kem);
  root_ = std::move(root);
  turn_ = TheirTurn{std::exchange(next_sending_header_, std::move(next_header)),
                    std::move(chain),
                    std::move(dh),
                    SendingChain::Kem{std::move(kem.seed), offer},
                    turn.previous_length,
                    0};
}

}  // namespace bisik::crypto
