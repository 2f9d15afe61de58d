#include "crypto/transcript.hpp"

namespace bisik::crypto {
namespace {

// X25519 and ML-KEM-768, HKDF-SHA256, BLAKE2b, ChaCha20-Poly1305. There is no other.
constexpr ByteArray<1> kSuite{1};

}  // namespace

Transcript transcript(const HandshakeFields& initiator, const ResponderKeys& responder) {
  Encoder ids{PrekeyIds::kSize};
  initiator.origin.ids.encode(ids);
  const auto one_time_key = responder.one_time_key.value_or(DhPublicKey{});  // zeros
  return LabelledHash{label::kTranscript}
      .update(kSuite)
      .update(initiator.record)
      .update(responder.record.bytes())
      .update(initiator.origin.ephemeral.bytes)
      .update(responder.signed_prekey.bytes)
      .update(one_time_key.bytes)
      .update(responder.pq_prekey.bytes)
      .update(initiator.ciphertext.bytes)
      .update(ids.bytes())
      .finish();
}

AssociatedData associated_data(const Transcript& transcript, const DeviceAddress& sender,
                               const DeviceAddress& receiver) {
  AssociatedData associated;
  Encoder out{associated.size()};
  out.append(transcript);
  sender.encode(out);
  receiver.encode(out);
  std::ranges::copy(out.bytes(), associated.begin());
  return associated;
}

}  // namespace bisik::crypto
