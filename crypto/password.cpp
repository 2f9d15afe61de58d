#include "crypto/password.hpp"

#include <sodium.h>

#include <new>

namespace bisik::crypto {

PasswordSalt random_password_salt() {
  PasswordSalt salt;
  static_assert(salt.size() == crypto_pwhash_argon2id_SALTBYTES);
  randombytes_buf(salt.data(), salt.size());
  return salt;
}

Result<PasswordKey> derive_password_key(const SecretBuffer& passphrase, const PasswordSalt& salt,
                                        PasswordCost cost) {
  if (cost.passes < 1 || cost.passes > kMaxPasswordCost.passes) return Errc::malformed;
  if (cost.memory_kib < 8 || cost.memory_kib > kMaxPasswordCost.memory_kib) return Errc::malformed;
  // An empty one is allowed, a null pointer is not.
  const auto* bytes = reinterpret_cast<const char*>(passphrase.expose().data());
  const char* password = passphrase.size() == 0 ? "" : bytes;
  return PasswordKey::fill([&](auto out) {
    const int status = crypto_pwhash_argon2id(
        out.data(), out.size(), password, passphrase.size(), salt.data(), cost.passes,
        std::size_t{cost.memory_kib} * 1024, crypto_pwhash_argon2id_ALG_ARGON2ID13);
    if (status != 0) throw std::bad_alloc{};
  });
}

}  // namespace bisik::crypto
