#include "tests/simulation/sealing_oracle.hpp"

#include <sodium.h>

#include <cstring>
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

// Nobody looks for two that are alike: mixing is enough, and takes a tenth of what hashing does.
Mark mix(Mark into, crypto::ByteView bytes) {
  constexpr Mark kOdd = 0x9e37'79b9'7f4a'7c15;
  const auto stir = [&](Mark word) {
    into = (into ^ word) * kOdd;
    into ^= into >> 29U;
  };
  stir(bytes.size());
  for (; bytes.size() >= sizeof(Mark); bytes = bytes.subspan(sizeof(Mark))) {
    Mark word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    stir(word);
  }
  Mark rest = 0;
  if (!bytes.empty()) std::memcpy(&rest, bytes.data(), bytes.size());
  stir(rest);
  return into;
}

Mark mark(crypto::ByteView first, crypto::ByteView second) { return mix(mix(1, first), second); }

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
