#include "crypto/linking_messages.hpp"

namespace bisik::crypto {
namespace {

// One with which no DH fails later.
Result<DhPublicKey> parse_contributory(ByteView encoded) {
  const auto key = DhPublicKey::parse(encoded);
  if (key && !is_contributory(*key)) return Errc::non_contributory_key;
  return key;
}

}  // namespace

Result<LinkingCode> LinkingCode::parse(ByteView ephemeral, ByteView commitment, ByteView secret) {
  const auto key = parse_contributory(ephemeral);
  if (!key) return key.error();
  const auto capability = Capability::parse(secret);
  if (!capability || commitment.size() != sizeof(Hash)) return Errc::malformed;
  return LinkingCode{*key, Decoder{commitment}.take_array<sizeof(Hash)>(), *capability};
}

Bytes LinkingOffer::encode() const {
  Encoder out{kSize};
  out.append(account_key.bytes).append(ephemeral.bytes).append(nonce);
  return std::move(out.append_int(number).append_time(created)).bytes();
}

Result<LinkingOffer> LinkingOffer::parse(ByteView bytes) {
  if (bytes.size() != kSize) return Errc::malformed;
  Decoder in{bytes};
  const VerifyKey account_key{in.take_array<VerifyKey::kSize>()};
  const auto ephemeral = parse_contributory(in.take(DhPublicKey::kSize));
  const auto nonce = in.take_array<sizeof(LinkingNonce)>();
  const auto number = in.take_int_between<DeviceNumber>(1, kMaxDeviceNumber);
  const auto created = in.take_time();
  if (!in.finish()) return Errc::malformed;
  if (!ephemeral) return ephemeral.error();
  return LinkingOffer{account_key, *ephemeral, nonce, number, created};
}

Bytes LinkingReveal::encode() const {
  Encoder out{kSize};
  out.append(nonce).append(signing_key.bytes).append(identity_key.bytes);
  return std::move(out.append(network_key.bytes).append(by_device)).bytes();
}

Result<LinkingReveal> LinkingReveal::parse(ByteView bytes) {
  if (bytes.size() != kSize) return Errc::malformed;
  Decoder in{bytes};
  const auto nonce = in.take_array<sizeof(LinkingNonce)>();
  const VerifyKey signing_key{in.take_array<VerifyKey::kSize>()};
  const auto identity_key = DhPublicKey::parse(in.take(DhPublicKey::kSize));
  const auto network_key = DhPublicKey::parse(in.take(DhPublicKey::kSize));
  const auto by_device = in.take_array<sizeof(Signature)>();
  if (!identity_key) return identity_key.error();
  if (!network_key) return network_key.error();
  return LinkingReveal{nonce, signing_key, *identity_key, *network_key, by_device};
}

Hash LinkingKeys::commitment(ByteView nonce) const {
  return LabelledHash{label::kLinkingCommitment}
      .update(nonce)
      .update(ephemeral.bytes)
      .update(signing_key.bytes)
      .update(identity_key.bytes)
      .update(network_key.bytes)
      .finish();
}

}  // namespace bisik::crypto
