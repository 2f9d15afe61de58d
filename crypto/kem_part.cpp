#include "crypto/kem_part.hpp"

#include <cassert>

#include "crypto/declassify.hpp"

namespace bisik::crypto {
namespace {

std::size_t plain_bytes(KemContents contents) {
  switch (contents) {
    case KemContents::nothing:
      return 0;
    case KemContents::key:
      return KemPublicKey::kSize;
    case KemContents::key_and_ciphertext:
      break;
  }
  return KemPublicKey::kSize + KemCiphertext::kSize;
}

}  // namespace

std::size_t kem_part_bytes(KemContents contents) {
  if (contents == KemContents::nothing) return 0;
  return std::tuple_size_v<xchacha::Nonce> + plain_bytes(contents) + kTagBytes;
}

void seal_kem_part(const HeaderKey& key, const xchacha::Nonce& nonce, SealedHeader header,
                   const KemOffer& offer, MutableBytes out) {
  Encoder plain{plain_bytes(offer.contents())};
  plain.append(offer.key.bytes);
  if (offer.ciphertext) plain.append(offer.ciphertext->bytes);
  std::ranges::copy(nonce, out.begin());
  xchacha::seal(key, nonce, header, plain.bytes(), out.subspan(nonce.size()));
}

Result<KemOffer> open_kem_part(const HeaderKey& key, SealedHeader header, ByteView sealed) {
  xchacha::Nonce nonce;
  assert(sealed.size() >= nonce.size() + kTagBytes);
  std::ranges::copy(sealed.first(nonce.size()), nonce.begin());
  const auto ciphertext = sealed.subspan(nonce.size());
  Bytes plain(ciphertext.size() - kTagBytes);
  if (!xchacha::open(key, nonce, header, ciphertext, plain)) return Errc::authentication_failed;
  declassify(plain);  // a public key and a ciphertext

  Decoder in{plain};
  const auto their_key = KemPublicKey::parse(in.take(KemPublicKey::kSize));
  if (!their_key) return their_key.error();
  KemOffer offer{*their_key, std::nullopt};
  if (in.left() > 0) offer.ciphertext = KemCiphertext{in.take_array<KemCiphertext::kSize>()};
  if (!in.finish()) return Errc::malformed;
  return offer;
}

}  // namespace bisik::crypto
