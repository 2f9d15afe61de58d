#include "tests/simulation/sealing_oracle.hpp"

#include <sodium.h>

#include <unordered_map>

#include "crypto/bytes.hpp"

namespace bisik::simulation {
namespace {

// 64 bits tell a million pairs apart.
using Mark = std::uint64_t;

struct Seen {
  std::unordered_map<Mark, Mark> pairs;  // and what they sealed
  std::size_t repeated = 0;
};

Seen& seen() {
  static Seen all;
  return all;
}

Mark mark(crypto::ByteView first, crypto::ByteView second) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, crypto_generichash_BYTES_MIN);
  const auto size = first.size();
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&size), sizeof size);
  crypto_generichash_update(&state, first.data(), first.size());
  crypto_generichash_update(&state, second.data(), second.size());
  crypto::ByteArray<crypto_generichash_BYTES_MIN> hash;
  crypto_generichash_final(&state, hash.data(), hash.size());
  Mark out = 0;
  for (std::size_t i = 0; i < sizeof out; ++i) out = out << 8U | hash[i];
  return out;
}

void sealed(crypto::ByteView key, crypto::ByteView nonce, crypto::ByteView ad,
            crypto::ByteView plaintext) {
  const auto what = mark(ad, plaintext);
  const auto [pair, is_new] = seen().pairs.emplace(mark(key, nonce), what);
  if (!is_new && pair->second != what) ++seen().repeated;
}

}  // namespace

void watch_sealings() { seen() = {}; }

Sealings sealings() { return {seen().pairs.size(), seen().repeated}; }

}  // namespace bisik::simulation

// Names that the linker asks for: --wrap sends every call of the function without the prefix to
// __wrap_, and every call of __real_ to the function.
extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier)
using Seal = int(unsigned char* c, unsigned long long* c_bytes, const unsigned char* m,
                 unsigned long long m_bytes, const unsigned char* ad, unsigned long long ad_bytes,
                 const unsigned char* nsec, const unsigned char* npub, const unsigned char* key);

Seal __real_crypto_aead_chacha20poly1305_ietf_encrypt;
Seal __real_crypto_aead_xchacha20poly1305_ietf_encrypt;

int __wrap_crypto_aead_chacha20poly1305_ietf_encrypt(
    unsigned char* c, unsigned long long* c_bytes, const unsigned char* m,
    unsigned long long m_bytes, const unsigned char* ad, unsigned long long ad_bytes,
    const unsigned char* nsec, const unsigned char* npub, const unsigned char* key) {
  bisik::simulation::sealed({key, crypto_aead_chacha20poly1305_ietf_KEYBYTES},
                            {npub, crypto_aead_chacha20poly1305_ietf_NPUBBYTES}, {ad, ad_bytes},
                            {m, m_bytes});
  return __real_crypto_aead_chacha20poly1305_ietf_encrypt(c, c_bytes, m, m_bytes, ad, ad_bytes,
                                                          nsec, npub, key);
}

int __wrap_crypto_aead_xchacha20poly1305_ietf_encrypt(
    unsigned char* c, unsigned long long* c_bytes, const unsigned char* m,
    unsigned long long m_bytes, const unsigned char* ad, unsigned long long ad_bytes,
    const unsigned char* nsec, const unsigned char* npub, const unsigned char* key) {
  bisik::simulation::sealed({key, crypto_aead_xchacha20poly1305_ietf_KEYBYTES},
                            {npub, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES}, {ad, ad_bytes},
                            {m, m_bytes});
  return __real_crypto_aead_xchacha20poly1305_ietf_encrypt(c, c_bytes, m, m_bytes, ad, ad_bytes,
                                                           nsec, npub, key);
}
// NOLINTEND(bugprone-reserved-identifier)

}  // extern "C"
