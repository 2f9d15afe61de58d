// Argon2id through libsodium. RFC 9106's own vector needs a secret and associated data, which
// libsodium does not take; these are from libsodium's tests (test/default/pwhash_argon2id.c, tv3),
// written there as $argon2id$v=19$m=...,t=...,p=1$salt$hash in base64.

#include "crypto/password.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "tests/crypto/vectors.hpp"

namespace bisik::crypto {
namespace {

constexpr PasswordCost kCheap{1, 8};

Bytes from_base64(std::string_view text) {
  Bytes bytes(text.size());
  std::size_t size = 0;
  EXPECT_EQ(0, sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr,
                                 &size, nullptr, sodium_base64_VARIANT_ORIGINAL_NO_PADDING));
  bytes.resize(size);
  return bytes;
}

Result<PasswordKey> derived(std::string_view passphrase, const PasswordSalt& salt,
                            PasswordCost cost) {
  SecretBuffer buffer;
  buffer.append(as_bytes(passphrase));
  return derive_password_key(buffer, salt, cost);
}

struct PasswordVector {
  std::string_view passphrase;
  PasswordCost cost;
  std::string_view salt, key;
};

constexpr PasswordVector kLibsodiumVectors[] = {
    {"", {2, 4882}, "bA81arsiXysd3WbTRzmEOw", "Nm8QBM+7RH1DXo9rvp5cwKEOOOfD2g6JuxlXihoNcpE"},
    {"^T5H$JYt39n%K*j:W]!1s?vg!:jGi]Ax?..l7[p0v:1jHTpla9;]bUN;?bWyCbtqg ",
     {19, 4096},
     "PkEgMTYtYnl0ZXMgc2FsdA",
     "ltB/ue1kPtBMBGfsysMpPigE6hiNEKZ9vs8vLNVDQGA"},
};

TEST(PasswordKey, IsDerivedAsPublished) {
  for (const auto& vector : kLibsodiumVectors) {
    const auto salt = sized<16>(from_base64(vector.salt)).value();
    const auto key = derived(vector.passphrase, salt, vector.cost);
    ASSERT_TRUE(key);
    EXPECT_EQ(hex(key->expose()), hex(from_base64(vector.key)));
  }
}

TEST(PasswordKey, DependsOnPassphraseSaltAndCost) {
  const auto salt = random_password_salt();
  const auto key = derived("open sesame", salt, kCheap).value();
  EXPECT_TRUE(equal(key, derived("open sesame", salt, kCheap).value()));
  EXPECT_FALSE(equal(key, derived("Open sesame", salt, kCheap).value()));
  EXPECT_FALSE(equal(key, derived("open sesame", random_password_salt(), kCheap).value()));
  EXPECT_FALSE(equal(key, derived("open sesame", salt, {2, 8}).value()));
  EXPECT_FALSE(equal(key, derived("open sesame", salt, {1, 16}).value()));
}

// A cost comes from a file that somebody may have changed.
TEST(PasswordKey, WithACostOutsideItsRangeIsRefused) {
  const auto salt = random_password_salt();
  const auto [most_passes, most_memory] = kMaxPasswordCost;
  for (const auto cost : {PasswordCost{0, 8}, PasswordCost{most_passes + 1, 8}, PasswordCost{1, 7},
                          PasswordCost{1, 0}, PasswordCost{1, most_memory + 1},
                          PasswordCost{0xffff'ffff, 0xffff'ffff}}) {
    EXPECT_EQ(derived("x", salt, cost).error(), Errc::malformed)
        << cost.passes << " " << cost.memory_kib;
  }
}

TEST(PasswordSalt, DiffersEachTime) { EXPECT_NE(random_password_salt(), random_password_salt()); }

}  // namespace
}  // namespace bisik::crypto
