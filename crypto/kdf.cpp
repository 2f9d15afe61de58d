#include "crypto/kdf.hpp"

#include <sodium.h>

#include <algorithm>
#include <cassert>

namespace bisik::crypto {
namespace {

using Block = Secret<struct HkdfBlockTag, crypto_auth_hmacsha256_BYTES>;

// An HMAC in progress. The state contains key material, so it is wiped like a key.
class Hmac {
 public:
  explicit Hmac(ByteView key) {
    static constexpr std::uint8_t kNone =
        0;  // sodium's key must not be null, not even an empty one
    crypto_auth_hmacsha256_init(&state_, key.empty() ? &kNone : key.data(), key.size());
  }
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;
  ~Hmac() { sodium_memzero(&state_, sizeof state_); }

  Hmac& update(ByteView data) {
    crypto_auth_hmacsha256_update(&state_, data.data(), data.size());
    return *this;
  }
  void finish(std::span<std::uint8_t, Block::kSize> out) {
    crypto_auth_hmacsha256_final(&state_, out.data());
  }

 private:
  crypto_auth_hmacsha256_state state_;
};

}  // namespace

void hkdf_sha256(ByteView input_key, ByteView salt, ByteView info, MutableBytes out) {
  assert(out.size() <= 255 * Block::kSize);

  const auto extracted = Block::fill([&](auto prk) { Hmac{salt}.update(input_key).finish(prk); });

  auto previous = Block::fill([](auto t) { std::ranges::fill(t, std::uint8_t{0}); });
  for (std::uint8_t counter = 1; !out.empty(); ++counter) {
    previous = Block::fill([&](auto t) {
      Hmac hmac{extracted.expose()};
      if (counter > 1) hmac.update(previous.expose());
      hmac.update(info).update({&counter, 1}).finish(t);
    });
    const auto n = std::min(out.size(), Block::kSize);
    std::ranges::copy(previous.expose().first(n), out.begin());
    out = out.subspan(n);
  }
}

void hmac_sha256(ByteView key, ByteView data, std::span<std::uint8_t, 32> out) {
  Hmac{key}.update(data).finish(out);
}

}  // namespace bisik::crypto
