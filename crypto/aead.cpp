#include "crypto/aead.hpp"

#include <sodium.h>

#include <cassert>

#include "crypto/declassify.hpp"

namespace bisik::crypto {
namespace {

static_assert(kTagBytes == crypto_aead_chacha20poly1305_ietf_ABYTES);
static_assert(kTagBytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);

bool opened(int status, MutableBytes out) {
  declassify(status);
  if (status == 0) return true;
  std::ranges::fill(out, std::uint8_t{0});
  return false;
}

}  // namespace

void chacha::seal_raw(ByteView key, const Nonce& nonce, ByteView ad, ByteView plaintext,
                      MutableBytes out) {
  assert(key.size() == 32 && out.size() == plaintext.size() + kTagBytes);
  const int status = crypto_aead_chacha20poly1305_ietf_encrypt(
      out.data(), nullptr, plaintext.data(), plaintext.size(), ad.data(), ad.size(), nullptr,
      nonce.data(), key.data());
  assert(status == 0);
  static_cast<void>(status);
}

bool chacha::open_raw(ByteView key, const Nonce& nonce, ByteView ad, ByteView ciphertext,
                      MutableBytes out) {
  if (ciphertext.size() < kTagBytes) return opened(-1, out);
  assert(key.size() == 32 && out.size() == ciphertext.size() - kTagBytes);
  return opened(crypto_aead_chacha20poly1305_ietf_decrypt(
                    out.data(), nullptr, nullptr, ciphertext.data(), ciphertext.size(), ad.data(),
                    ad.size(), nonce.data(), key.data()),
                out);
}

void chacha::rekey_raw(ByteView key, MutableBytes out) {
  using Sealed = Secret<struct RekeyTag, 32 + kTagBytes>;
  static constexpr Nonce kLastNonce{0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255};
  static constexpr ByteArray<32> kZeros{};
  const auto sealed =
      Sealed::fill([&](auto all) { seal_raw(key, kLastNonce, {}, kZeros, MutableBytes{all}); });
  std::ranges::copy(sealed.expose().first(out.size()), out.begin());
}

void xchacha::seal_raw(ByteView key, const Nonce& nonce, ByteView ad, ByteView plaintext,
                       MutableBytes out) {
  assert(key.size() == 32 && out.size() == plaintext.size() + kTagBytes);
  const int status = crypto_aead_xchacha20poly1305_ietf_encrypt(
      out.data(), nullptr, plaintext.data(), plaintext.size(), ad.data(), ad.size(), nullptr,
      nonce.data(), key.data());
  assert(status == 0);
  static_cast<void>(status);
}

bool xchacha::open_raw(ByteView key, const Nonce& nonce, ByteView ad, ByteView ciphertext,
                       MutableBytes out) {
  if (ciphertext.size() < kTagBytes) return opened(-1, out);
  assert(key.size() == 32 && out.size() == ciphertext.size() - kTagBytes);
  return opened(crypto_aead_xchacha20poly1305_ietf_decrypt(
                    out.data(), nullptr, nullptr, ciphertext.data(), ciphertext.size(), ad.data(),
                    ad.size(), nonce.data(), key.data()),
                out);
}

xchacha::Nonce xchacha::random_nonce() {
  Nonce nonce;
  randombytes_buf(nonce.data(), nonce.size());
  return nonce;
}

}  // namespace bisik::crypto
