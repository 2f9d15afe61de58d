// A session as it is stored (docs/protocol.md 6.7). All of it has a fixed layout under one version.
#include "crypto/session.hpp"

namespace bisik::crypto {
namespace {

constexpr std::uint8_t kStateVersion = 1;

constexpr std::size_t kUnansweredSize = HandshakeFields::kSize + SealKey::Public::kSize;
constexpr std::size_t kLargestSize = 1 + std::tuple_size_v<Transcript> + DhPublicKey::kSize +
                                     PrekeyIds::kSize + 2 * DeviceAddress::kSize + 1 +
                                     kUnansweredSize;

}  // namespace

void Session::write(SecretBuffer& out) const {
  Encoder known{kLargestSize};
  known.append_int(kStateVersion).append(transcript_).append(origin_.ephemeral.bytes);
  origin_.ids.encode(known);
  ours_.encode(known);
  theirs_.encode(known);
  known.append_int(std::uint8_t{unanswered_.has_value()});
  if (unanswered_) {
    unanswered_->handshake.encode(known);
    unanswered_->seal.encode(known);
  }
  out.append(known.bytes());
  ratchet_.write(out);
}

Result<Session::Unanswered> Session::Unanswered::read(SecretReader& in) {
  const auto handshake = HandshakeFields::decode(in);
  const auto seal = SealKey::Public::decode(in);
  if (!handshake) return handshake.error();
  if (!seal) return seal.error();
  // Sealing asserts that it is none, so a state that was altered has to end here.
  if (!is_contributory(seal->dh)) return Errc::non_contributory_key;
  return Unanswered{*handshake, *seal};
}

Result<Session> Session::read(SecretReader& in) {
  if (in.take_int<std::uint8_t>() != kStateVersion) return Errc::malformed;
  const auto transcript = in.take_array<std::tuple_size_v<Transcript>>();
  const auto ephemeral = DhPublicKey::parse(in.take(DhPublicKey::kSize));
  const auto ids = PrekeyIds::decode(in);
  const auto ours = DeviceAddress::decode(in);
  const auto theirs = DeviceAddress::decode(in);
  const auto is_unanswered = in.take_int_between<std::uint8_t>(0, 1);
  if (in.failed()) return Errc::malformed;
  if (!ephemeral) return ephemeral.error();
  if (!ids) return ids.error();
  if (!ours) return ours.error();
  if (!theirs) return theirs.error();

  std::optional<Unanswered> unanswered;
  if (is_unanswered != 0) {
    auto read = Unanswered::read(in);
    if (!read) return read.error();
    unanswered = std::move(*read);
  }
  auto ratchet = Ratchet::read(in);
  if (!ratchet) return ratchet.error();
  return Session{std::move(*ratchet),  transcript, {*ephemeral, *ids}, *ours, *theirs,
                 std::move(unanswered)};
}

}  // namespace bisik::crypto
