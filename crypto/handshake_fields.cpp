#include "crypto/handshake_fields.hpp"

namespace bisik::crypto {

void PrekeyIds::encode(Encoder& out) const {
  out.append_int(signed_prekey).append_int(one_time_key);
  out.append_int(static_cast<std::uint8_t>(pq_kind)).append_int(pq_prekey);
}

Result<PrekeyIds> PrekeyIds::decode(Decoder& in) {
  const auto signed_prekey = in.take_int<PrekeyId>();
  const auto one_time_key = in.take_int<PrekeyId>();
  const auto kind =
      in.take_int_between<std::uint8_t>(static_cast<std::uint8_t>(PqKind::signed_prekey),
                                        static_cast<std::uint8_t>(PqKind::one_time));
  const auto pq_prekey = in.take_int<PrekeyId>();
  if (in.failed() || signed_prekey == kNoPrekey || pq_prekey == kNoPrekey) return Errc::malformed;
  return PrekeyIds{signed_prekey, one_time_key, static_cast<PqKind>(kind), pq_prekey};
}

void HandshakeFields::encode(Encoder& out) const {
  out.append(record).append(origin.ephemeral.bytes).append(ciphertext.bytes);
  origin.ids.encode(out);
}

Result<HandshakeFields> HandshakeFields::decode(Decoder& in) {
  const auto record = in.take_array<DeviceRecord::kSize>();
  const auto ephemeral = DhPublicKey::parse(in.take(DhPublicKey::kSize));
  const KemCiphertext ciphertext{in.take_array<KemCiphertext::kSize>()};
  const auto ids = PrekeyIds::decode(in);
  if (in.failed()) return Errc::malformed;
  if (!ephemeral) return ephemeral.error();
  if (!ids) return ids.error();
  return HandshakeFields{record, {*ephemeral, *ids}, ciphertext};
}

}  // namespace bisik::crypto
