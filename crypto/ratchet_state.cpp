// The state of a ratchet, as it is stored (docs/protocol.md 6.7).
#include <cassert>

#include "crypto/ratchet.hpp"

namespace bisik::crypto {
namespace {

constexpr std::uint8_t kOurTurn = 0, kTheirTurn = 1;

}  // namespace

void Ratchet::OurTurn::write(SecretBuffer& out) const {
  out.append(theirs.bytes).append_int(previous_length);
  out.append_int(std::uint8_t{their_kem.has_value()});
  if (their_kem) out.append(their_kem->bytes);
}

Result<Ratchet::OurTurn> Ratchet::OurTurn::read(SecretReader& in) {
  const auto theirs = DhPublicKey::parse(in.take(DhPublicKey::kSize));
  const auto previous_length = in.take_int<std::uint32_t>();
  const auto has_kem = in.take_int_between<std::uint8_t>(0, 1);
  if (in.failed()) return Errc::malformed;
  if (!theirs) return theirs.error();
  // Sealing asserts that it is none, so a state that was altered has to end here.
  if (!is_contributory(*theirs)) return Errc::non_contributory_key;
  OurTurn turn{*theirs, std::nullopt, previous_length};
  if (has_kem != 0) {
    const auto kem = KemPublicKey::parse(in.take(KemPublicKey::kSize));
    if (!kem) return kem.error();
    turn.their_kem = *kem;
  }
  return turn;
}

void Ratchet::write(SecretBuffer& out) const {
  out.append(root_).append(next_sending_header_).append(next_receiving_header_);
  out.append_int(std::holds_alternative<OurTurn>(turn_) ? kOurTurn : kTheirTurn);
  std::visit([&out](const auto& turn) { turn.write(out); }, turn_);
  out.append_int(std::uint8_t{receiving_.has_value()});
  if (receiving_) receiving_->write(out);
  out.append_int(static_cast<std::uint8_t>(past_.size()));
  for (const auto& past : past_) past.write(out);
}

Result<std::variant<Ratchet::OurTurn, Ratchet::TheirTurn>> Ratchet::read_turn(SecretReader& in) {
  if (in.take_int_between<std::uint8_t>(kOurTurn, kTheirTurn) == kOurTurn) {
    return OurTurn::read(in);
  }
  return TheirTurn::read(in);
}

Result<Ratchet> Ratchet::read(SecretReader& in) {
  auto root = in.take_secret<RootKey>();
  auto next_sending = in.take_secret<HeaderKey>();
  auto next_receiving = in.take_secret<HeaderKey>();
  auto turn = read_turn(in);
  if (!turn) return turn.error();
  Ratchet ratchet{std::move(root), std::move(next_sending), std::move(next_receiving),
                  std::move(*turn)};
  if (in.take_int_between<std::uint8_t>(0, 1) != 0) {
    auto receiving = ReceivingChain::read(in);
    if (!receiving) return receiving.error();
    ratchet.receiving_ = std::move(*receiving);
  }
  const auto past = in.take_int_between<std::uint8_t>(0, kMaxPastChains);
  for (std::uint8_t i = 0; i < past && !in.failed(); ++i) {
    auto chain = PastChain::read(in);
    if (!chain) return chain.error();
    ratchet.past_.push_back(std::move(*chain));
  }
  // It is our turn only after a message of theirs.
  if (in.failed() || (std::holds_alternative<OurTurn>(ratchet.turn_) && !ratchet.receiving_)) {
    return Errc::malformed;
  }
  return ratchet;
}

}  // namespace bisik::crypto
