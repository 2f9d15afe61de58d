#include "crypto/sending_chain.hpp"

#include <cassert>

#include "crypto/message_key.hpp"

namespace bisik::crypto {
namespace {

// Everything random about one message, drawn at once: on Linux each draw is a system call.
struct Randomness {
  xchacha::Nonce header;
  xchacha::Nonce kem_part;
  BodySalt salt;
};

Randomness draw() {
  Randomness drawn;
  static_assert(std::is_trivially_copyable_v<Randomness> && alignof(Randomness) == 1);
  randombytes_buf(&drawn, sizeof drawn);
  return drawn;
}

Result<SendingChain::Kem> read_kem(SecretReader& in, KemContents carries) {
  auto ours = in.take_secret<KemSeed>();
  const auto public_key = KemPublicKey::parse(in.take(KemPublicKey::kSize));
  if (in.failed()) return Errc::malformed;
  if (!public_key) return public_key.error();
  KemOffer offer{*public_key, std::nullopt};
  if (carries == KemContents::key_and_ciphertext) {
    offer.ciphertext = KemCiphertext{in.take_array<KemCiphertext::kSize>()};
  }
  if (in.failed()) return Errc::malformed;
  return SendingChain::Kem{std::move(ours), offer};
}

}  // namespace

std::size_t message_overhead(KemContents carries) {
  return kSealedHeaderBytes + kem_part_bytes(carries) + kBodyOverhead;
}

KemContents SendingChain::carries() const {
  return kem ? kem->offer.contents() : KemContents::nothing;
}

Bytes SendingChain::seal(ByteView associated, ByteView content, std::size_t wire_bytes) {
  assert(next_index <= kMaxIndex);
  assert(wire_bytes >= content.size() + message_overhead(carries()));
  auto [next, message_key] = step(key);
  const auto random = draw();

  Bytes wire(wire_bytes);
  const auto header = std::span{wire}.first<kSealedHeaderBytes>();
  seal_header(header_key, random.header, {carries(), dh.public_key, previous_length, next_index},
              header);
  const auto kem_part = std::span{wire}.subspan(header.size(), kem_part_bytes(carries()));
  if (kem) seal_kem_part(header_key, random.kem_part, header, kem->offer, kem_part);
  seal_body(std::move(message_key), {associated, header, kem_part}, random.salt, content,
            std::span{wire}.subspan(header.size() + kem_part.size()));

  key = std::move(next);
  ++next_index;
  return wire;
}

void SendingChain::write(SecretBuffer& out) const {
  out.append(header_key).append(key);
  out.append(dh.secret_key).append(dh.public_key.bytes);
  out.append_int(previous_length).append_int(next_index);
  out.append_int(static_cast<std::uint8_t>(carries()));
  if (!kem) return;
  out.append(kem->ours).append(kem->offer.key.bytes);
  if (kem->offer.ciphertext) out.append(kem->offer.ciphertext->bytes);
}

Result<SendingChain> SendingChain::read(SecretReader& in) {
  auto header_key = in.take_secret<HeaderKey>();
  auto key = in.take_secret<ChainKey>();
  auto secret_key = in.take_secret<DhSecretKey>();
  const auto public_key = DhPublicKey::parse(in.take(DhPublicKey::kSize));
  const auto previous_length = in.take_int<std::uint32_t>();
  const auto next_index = in.take_int_between<std::uint32_t>(0, kMaxIndex);
  const auto carries = parse_contents(in.take_int<std::uint8_t>());
  if (in.failed()) return Errc::malformed;
  if (!public_key) return public_key.error();
  if (!carries) return carries.error();
  SendingChain chain{std::move(header_key), std::move(key),  {std::move(secret_key), *public_key},
                     std::nullopt,          previous_length, next_index};
  if (*carries == KemContents::nothing) return chain;
  auto kem = read_kem(in, *carries);
  if (!kem) return kem.error();
  chain.kem = std::move(*kem);
  return chain;
}

}  // namespace bisik::crypto
