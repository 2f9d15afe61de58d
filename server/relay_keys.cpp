#include "server/relay_keys.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "crypto/secret_buffer.hpp"
#include "server/descriptor.hpp"
#include "server/problem.hpp"
#include "server/replace_file.hpp"

namespace bisik::server {
namespace {

namespace fs = std::filesystem;
using crypto::DhKeyPair;
using crypto::SigningKeyPair;

constexpr std::size_t kSecretBytes = 64;
constexpr std::size_t kFileBytes = 128;
using KeySecrets = crypto::Secret<struct RelayKeySecretsTag, kSecretBytes>;
using KeyFile = crypto::Secret<struct RelayKeyFileTag, kFileBytes>;

struct Keys {
  DhKeyPair noise;
  SigningKeyPair signing;  // RS
};

[[noreturn]] void fail(const fs::path& path, const std::string& what) {
  throw Problem{Exit::user, "The key file " + path.string() + " " + what};
}

Keys take_keys(crypto::SecretReader& in) {
  auto noise = DhKeyPair::from(in.take_secret<crypto::DhSecretKey>());
  return {std::move(noise), SigningKeyPair::from(in.take_secret<crypto::SigningSeed>())};
}

Keys from_secrets(const KeySecrets& secrets) {
  crypto::SecretBuffer buffer;
  buffer.append(secrets);
  crypto::SecretReader in{buffer};
  return take_keys(in);
}

void create(const fs::path& path) {
  replace_file(path, [](int fd) {
    bool written = false;
    const auto secrets = KeySecrets::fill([&](auto out) {
      randombytes_buf(out.data(), out.size());
      written = write_all(fd, out.data(), out.size());
    });
    const auto keys = from_secrets(secrets);
    const auto& noise = keys.noise.public_key.bytes;
    const auto& signing = keys.signing.verify_key().bytes;
    return written && write_all(fd, noise.data(), noise.size()) &&
           write_all(fd, signing.data(), signing.size());
  });
}

// How many bytes there are, up to one more than there may be.
std::size_t read_all(int fd, std::span<std::uint8_t, kFileBytes> out) {
  std::size_t size = 0;
  std::uint8_t beyond = 0;
  for (;;) {
    const bool full = size == out.size();
    const auto got = ::read(fd, full ? &beyond : &out[size], full ? 1 : out.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return size;
    size += static_cast<std::size_t>(got);
    if (full) return size;
  }
}

Keys read(const fs::path& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file) fail(path, std::string{"cannot be read: "} + std::strerror(errno) + ".");
  struct stat status {};
  if (::fstat(file.get(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0 &&
      ::fchmod(file.get(), S_IRUSR | S_IWUSR) != 0) {
    fail(path, "is open to others, and that cannot be changed.");
  }
  std::size_t size = 0;
  const auto bytes = KeyFile::fill([&](auto out) { size = read_all(file.get(), out); });
  crypto::SecretBuffer buffer;
  buffer.append(bytes);
  crypto::SecretReader in{buffer};
  auto keys = take_keys(in);
  const bool sound = size == kFileBytes && in.take_array<32>() == keys.noise.public_key.bytes &&
                     in.take_array<32>() == keys.signing.verify_key().bytes;
  if (!sound) {
    fail(path,
         "is damaged: put a copy of it back. Without it this relay's address is gone for good.");
  }
  return keys;
}

}  // namespace

crypto::Locked<proto::Reception> open_reception(const fs::path& path) {
  if (!fs::exists(path)) create(path);
  return crypto::Locked<proto::Reception>::built_by([&] {
    auto keys = read(path);
    return proto::Reception{std::move(keys.noise), keys.signing.verify_key()};
  });
}

crypto::DhPublicKey read_public_key(const fs::path& path) { return read(path).noise.public_key; }

}  // namespace bisik::server
