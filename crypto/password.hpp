// Argon2id (RFC 9106): from a passphrase to a key.
#pragma once

#include "crypto/error.hpp"
#include "crypto/secret.hpp"
#include "crypto/secret_buffer.hpp"

namespace bisik::crypto {

using PasswordSalt = ByteArray<16>;
using PasswordKey = Secret<struct PasswordKeyTag, 32>;

// Stored beside the salt, so that it can be raised later without locking anybody out.
struct PasswordCost {
  std::uint32_t passes;
  std::uint32_t memory_kib;
  friend bool operator==(const PasswordCost&, const PasswordCost&) = default;
};

// RFC 9106's second recommendation (64 MiB, 3 passes) with the one lane that libsodium has: about
// 0.1 s, paid once a process.
inline constexpr PasswordCost kPasswordCost{3, 64 * 1024};
// A profile is a file that somebody may have changed: refuse costs that would exhaust the machine.
inline constexpr PasswordCost kMaxPasswordCost{32, 1024 * 1024};

[[nodiscard]] PasswordSalt random_password_salt();

// malformed: a cost outside 1 pass, 8 KiB ... kMaxPasswordCost. Throws std::bad_alloc without
// memory.
[[nodiscard]] Result<PasswordKey> derive_password_key(const SecretBuffer& passphrase,
                                                      const PasswordSalt& salt, PasswordCost cost);

}  // namespace bisik::crypto
