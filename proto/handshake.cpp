#include "proto/handshake.hpp"

#include <cassert>

namespace bisik::proto {
namespace {

constexpr std::string_view kXk = "Noise_XK_25519_ChaChaPoly_SHA256";
constexpr std::string_view kNk = "Noise_NK_25519_ChaChaPoly_SHA256";
constexpr std::string_view kPrologue = "bisik";
constexpr std::size_t kSealedKeyBytes = crypto::DhPublicKey::kSize + kRecordTagBytes;

// The first `n` bytes of a message, which loses them.
Result<ByteView> take(ByteView& message, std::size_t n) {
  if (message.size() < n) return Errc::handshake_failed;
  const auto part = message.first(n);
  message = message.subspan(n);
  return part;
}

Result<crypto::DhPublicKey> parse_key(ByteView bytes) {
  const auto key = crypto::DhPublicKey::parse(bytes);
  if (!key) return Errc::handshake_failed;
  return *key;
}

// The two messages that both patterns begin with.

Result<Bytes> write_first(HandshakeState& state, const crypto::DhPublicKey& rs, ByteView payload) {
  Bytes message;
  state.write_e(message);
  if (const auto es = state.mix_dh(state.e(), rs); !es) return es.error();
  state.symmetric().seal(payload, message);
  return message;
}

Result<Bytes> read_first(HandshakeState& state, const crypto::DhKeyPair& s, ByteView message) {
  if (const auto e = state.read_e(message); !e) return e.error();
  if (const auto es = state.mix_dh(s.secret_key, state.re()); !es) return es.error();
  return state.symmetric().open(message);
}

Result<Bytes> write_second(HandshakeState& state, ByteView payload) {
  Bytes message;
  state.write_e(message);
  if (const auto ee = state.mix_dh(state.e(), state.re()); !ee) return ee.error();
  state.symmetric().seal(payload, message);
  return message;
}

Result<Bytes> read_second(HandshakeState& state, ByteView message) {
  if (const auto e = state.read_e(message); !e) return e.error();
  if (const auto ee = state.mix_dh(state.e(), state.re()); !ee) return ee.error();
  return state.symmetric().open(message);
}

Channel initiator_channel(SymmetricState::Split& split) {
  return {std::move(split.initiator), std::move(split.responder)};
}

Channel responder_channel(SymmetricState::Split& split) {
  return {std::move(split.responder), std::move(split.initiator)};
}

}  // namespace

HandshakeSetup HandshakeSetup::fresh() {
  const auto prologue = crypto::as_bytes(kPrologue);
  return {Bytes{prologue.begin(), prologue.end()}, std::nullopt};
}

HandshakeSetup HandshakeSetup::fixed_for_tests(ByteView prologue, crypto::DhKeyPair ephemeral) {
  return {Bytes{prologue.begin(), prologue.end()}, std::move(ephemeral)};
}

HandshakeState::HandshakeState(std::string_view protocol_name, HandshakeSetup setup,
                               const crypto::DhPublicKey& rs)
    : symmetric_{protocol_name, setup.prologue_}, e_{std::move(setup.ephemeral_)} {
  symmetric_.mix_hash(rs.bytes);
}

void HandshakeState::write_e(Bytes& message) {
  if (!e_) e_ = crypto::DhKeyPair::generate();
  const auto& e = e_->public_key.bytes;
  message.insert(message.end(), e.begin(), e.end());
  symmetric_.mix_hash(e);
}

Result<void> HandshakeState::read_e(ByteView& message) {
  const auto bytes = take(message, crypto::DhPublicKey::kSize);
  if (!bytes) return bytes.error();
  const auto key = parse_key(*bytes);
  if (!key) return key.error();
  re_ = *key;
  symmetric_.mix_hash(*bytes);
  return {};
}

Result<crypto::DhPublicKey> HandshakeState::read_s(ByteView& message) {
  const auto sealed = take(message, kSealedKeyBytes);
  if (!sealed) return sealed.error();
  const auto bytes = symmetric_.open(*sealed);
  if (!bytes) return bytes.error();
  return parse_key(*bytes);
}

Result<void> HandshakeState::mix_dh(const crypto::DhSecretKey& ours,
                                    const crypto::DhPublicKey& theirs) {
  const auto shared = crypto::agree(ours, theirs);
  if (!shared) return Errc::handshake_failed;
  symmetric_.mix_key(*shared);
  return {};
}

Result<NkStarted> start_nk(const crypto::DhPublicKey& rs, ByteView payload, HandshakeSetup setup) {
  HandshakeState state{kNk, std::move(setup), rs};
  auto message = write_first(state, rs, payload);
  if (!message) return message.error();
  return NkStarted{std::move(*message), NkAwaitingAnswer{std::move(state)}};
}

Result<XkStarted> start_xk(const crypto::DhPublicKey& rs, const crypto::DhKeyPair& s,
                           ByteView payload, HandshakeSetup setup) {
  HandshakeState state{kXk, std::move(setup), rs};
  auto message = write_first(state, rs, payload);
  if (!message) return message.error();
  return XkStarted{std::move(*message), XkAwaitingAnswer{std::move(state), s.duplicate()}};
}

Result<NkAwaitingAnswer::Finished> NkAwaitingAnswer::finish(ByteView message) && {
  auto state = std::move(state_);
  auto payload = read_second(state, message);
  if (!payload) return payload.error();
  auto split = std::move(state.symmetric()).split();
  return Finished{std::move(*payload), initiator_channel(split), split.handshake_hash};
}

Result<XkAwaitingAnswer::Finished> XkAwaitingAnswer::finish(ByteView message,
                                                            ByteView our_payload) && {
  auto state = std::move(state_);
  const auto s = std::move(s_);
  auto payload = read_second(state, message);
  if (!payload) return payload.error();

  Bytes third;
  state.write_s(s.public_key, third);
  if (const auto se = state.mix_dh(s.secret_key, state.re()); !se) return se.error();
  state.symmetric().seal(our_payload, third);
  auto split = std::move(state.symmetric()).split();
  return Finished{std::move(*payload), std::move(third), initiator_channel(split),
                  split.handshake_hash};
}

Result<NkReceived> receive_nk(const crypto::DhKeyPair& s, ByteView message, HandshakeSetup setup) {
  HandshakeState state{kNk, std::move(setup), s.public_key};
  auto payload = read_first(state, s, message);
  if (!payload) return payload.error();
  return NkReceived{std::move(*payload), NkAnswering{std::move(state)}};
}

Result<XkReceived> receive_xk(const crypto::DhKeyPair& s, ByteView message, HandshakeSetup setup) {
  HandshakeState state{kXk, std::move(setup), s.public_key};
  auto payload = read_first(state, s, message);
  if (!payload) return payload.error();
  return XkReceived{std::move(*payload), XkAnswering{std::move(state)}};
}

Result<NkAnswering::Answered> NkAnswering::answer(ByteView payload) && {
  auto state = std::move(state_);
  auto message = write_second(state, payload);
  if (!message) return message.error();
  auto split = std::move(state.symmetric()).split();
  return Answered{std::move(*message), responder_channel(split), split.handshake_hash};
}

Result<XkAnswering::Answered> XkAnswering::answer(ByteView payload) && {
  auto state = std::move(state_);
  auto message = write_second(state, payload);
  if (!message) return message.error();
  return Answered{std::move(*message), XkAwaitingIdentity{std::move(state)}};
}

Result<XkAwaitingIdentity::Finished> XkAwaitingIdentity::finish(ByteView message) && {
  auto state = std::move(state_);
  const auto rs = state.read_s(message);
  if (!rs) return rs.error();
  if (const auto se = state.mix_dh(state.e(), *rs); !se) return se.error();
  auto payload = state.symmetric().open(message);
  if (!payload) return payload.error();
  auto split = std::move(state.symmetric()).split();
  return Finished{std::move(*payload), *rs, responder_channel(split), split.handshake_hash};
}

}  // namespace bisik::proto
