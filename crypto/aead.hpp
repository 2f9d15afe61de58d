// The two AEADs: ChaCha20-Poly1305-IETF (RFC 8439) and XChaCha20-Poly1305.
//
// `seal` writes plaintext.size() + kTagBytes bytes to `out`; `open` writes ciphertext.size() -
// kTagBytes. Sizes are the caller's to get right (asserted); a ciphertext shorter than a tag is a
// peer's doing and opens as false. open is false when anything was altered; `out` then holds zeros.
// `out` may be the input's own place.
#pragma once

#include "crypto/error.hpp"
#include "crypto/secret.hpp"
#include "crypto/secret_buffer.hpp"

namespace bisik::crypto {

inline constexpr std::size_t kTagBytes = 16;

namespace chacha {

using Nonce = ByteArray<12>;
inline constexpr Nonce kZeroNonce{};  // for keys that encrypt exactly one message

void seal_raw(ByteView key, const Nonce&, ByteView ad, ByteView plaintext, MutableBytes out);
[[nodiscard]] bool open_raw(ByteView key, const Nonce&, ByteView ad, ByteView ciphertext,
                            MutableBytes out);

template <class Tag>
void seal(const Secret<Tag, 32>& key, const Nonce& nonce, ByteView ad, ByteView plaintext,
          MutableBytes out) {
  seal_raw(key.expose(), nonce, ad, plaintext, out);
}

template <class Tag>
[[nodiscard]] bool open(const Secret<Tag, 32>& key, const Nonce& nonce, ByteView ad,
                        ByteView ciphertext, MutableBytes out) {
  return open_raw(key.expose(), nonce, ad, ciphertext, out);
}

// REKEY of Noise, 4.2: the first 32 bytes of 32 zeros sealed under the last nonce.
void rekey_raw(ByteView key, MutableBytes out);

template <class Tag>
[[nodiscard]] Secret<Tag, 32> rekey(const Secret<Tag, 32>& key) {
  return Secret<Tag, 32>::fill([&](auto out) { rekey_raw(key.expose(), out); });
}

}  // namespace chacha

namespace xchacha {

using Nonce = ByteArray<24>;

void seal_raw(ByteView key, const Nonce&, ByteView ad, ByteView plaintext, MutableBytes out);
[[nodiscard]] bool open_raw(ByteView key, const Nonce&, ByteView ad, ByteView ciphertext,
                            MutableBytes out);
[[nodiscard]] Nonce random_nonce();

template <class Tag>
void seal(const Secret<Tag, 32>& key, const Nonce& nonce, ByteView ad, ByteView plaintext,
          MutableBytes out) {
  seal_raw(key.expose(), nonce, ad, plaintext, out);
}

template <class Tag>
[[nodiscard]] bool open(const Secret<Tag, 32>& key, const Nonce& nonce, ByteView ad,
                        ByteView ciphertext, MutableBytes out) {
  return open_raw(key.expose(), nonce, ad, ciphertext, out);
}

// How a buffer of secrets leaves memory: random nonce || ciphertext || tag.
template <class Tag>
[[nodiscard]] Bytes seal_buffer(const Secret<Tag, 32>& key, ByteView ad,
                                const SecretBuffer& plaintext) {
  const auto nonce = random_nonce();
  Bytes out(nonce.size() + plaintext.size() + kTagBytes);
  std::ranges::copy(nonce, out.begin());
  seal(key, nonce, ad, plaintext.expose(), MutableBytes{out}.subspan(nonce.size()));
  return out;
}

// authentication_failed for anything that seal_buffer did not make with this key and `ad`.
template <class Tag>
[[nodiscard]] Result<SecretBuffer> open_buffer(const Secret<Tag, 32>& key, ByteView ad,
                                               ByteView sealed) {
  Nonce nonce;
  if (sealed.size() < nonce.size() + kTagBytes) return Errc::authentication_failed;
  std::ranges::copy(sealed.first(nonce.size()), nonce.begin());
  const auto ciphertext = sealed.subspan(nonce.size());
  SecretBuffer plaintext(ciphertext.size() - kTagBytes);
  if (!open(key, nonce, ad, ciphertext, plaintext.expose_mutable())) {
    return Errc::authentication_failed;
  }
  return plaintext;
}

}  // namespace xchacha

}  // namespace bisik::crypto
