#include "client/vault_key.hpp"

#include <fcntl.h>

#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "client/descriptor.hpp"
#include "client/problem.hpp"
#include "crypto/aead.hpp"
#include "crypto/kdf.hpp"

namespace bisik::client {
namespace {

using crypto::SecretBuffer;

using KeyFileBytes = crypto::Secret<struct KeyFileTag, kKeyFileBytes>;
using WrappingKey = crypto::Secret<struct VaultWrappingKeyTag, 32>;

constexpr std::uint8_t kRowIdKey = 0;  // no kind of row has this number

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw Problem{ExitCode::user, "The key file " + path.string() + " " + what};
}

bool write_all(int fd, crypto::ByteView bytes) {
  while (!bytes.empty()) {
    const auto written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

// How many bytes there are, up to one more than the key has.
std::size_t read_all(int fd, std::span<std::uint8_t, kKeyFileBytes> out) {
  std::size_t size = 0;
  std::uint8_t beyond = 0;
  for (;;) {
    const bool full = size == out.size();
    const auto got = read(fd, full ? &beyond : &out[size], full ? 1 : out.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return size;
    size += static_cast<std::size_t>(got);
    if (full) return size;
  }
}

void sync_folder(const std::filesystem::path& file) {
  const Descriptor folder{open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!folder || fsync(folder.get()) != 0) fail(file, "could not be written to the disk.");
}

std::filesystem::path beside_of(std::filesystem::path path) { return path += ".new"; }

template <std::size_t... kKind>
std::array<RowKey, sizeof...(kKind)> row_keys(const MasterKey& master,
                                              std::index_sequence<kKind...>) {
  return {derive_row_key(master, static_cast<std::uint8_t>(kKind))...};
}

crypto::HashKey row_id_key(const MasterKey& master) {
  SecretBuffer input;
  input.append(derive_row_key(master, kRowIdKey));
  return std::get<0>(crypto::derive_keys<crypto::HashKey>({}, input, crypto::label::kVaultTable));
}

crypto::Result<WrappingKey> wrapping_key(const VaultHeader& header, const VaultSecret& secret) {
  SecretBuffer input;
  if (header.method == VaultMethod::passphrase) {
    auto key = crypto::derive_password_key(secret.bytes, header.salt, header.cost);
    if (!key) return key.error();
    input.append(*key);
  } else {
    auto reader = crypto::SecretReader{secret.bytes};
    input.append(reader.take_secret<KeyFileBytes>());
    if (!reader.finish()) return crypto::Errc::wrong_password;
  }
  return std::get<0>(
      crypto::derive_keys<WrappingKey>(header.salt, input, crypto::label::kVaultMaster));
}

}  // namespace

VaultSecret create_key_file(const std::filesystem::path& path) {
  const auto beside = beside_of(path);
  const Descriptor file{open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  if (!file) fail(path, "cannot be created: " + std::string{std::strerror(errno)} + ".");
  bool written = false;
  const auto key = KeyFileBytes::fill([&](auto out) {
    randombytes_buf(out.data(), out.size());
    written = write_all(file.get(), out) && fsync(file.get()) == 0;
  });
  if (!written) fail(path, "cannot be written: " + std::string{std::strerror(errno)} + ".");
  sync_folder(path);
  VaultSecret secret{VaultMethod::key_file, {}};
  secret.bytes.append(key);
  return secret;
}

void settle_key_file(const std::filesystem::path& path) {
  if (rename(beside_of(path).c_str(), path.c_str()) == 0) sync_folder(path);
}

VaultSecret read_key_file(const std::filesystem::path& path) {
  if (access(path.c_str(), F_OK) != 0) settle_key_file(path);
  const Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file && errno == ENOENT) {
    fail(path, "is missing. Put it back: without it nothing in this profile can be read.");
  }
  if (!file) fail(path, "cannot be read: " + std::string{std::strerror(errno)} + ".");
  std::size_t size = 0;
  const auto key = KeyFileBytes::fill([&](auto out) { size = read_all(file.get(), out); });
  if (size != kKeyFileBytes) {
    fail(path, "is damaged: it does not have 32 bytes. Put a copy of the right one there.");
  }
  VaultSecret secret{VaultMethod::key_file, {}};
  secret.bytes.append(key);
  return secret;
}

RowKey derive_row_key(SecretBuffer key, std::uint8_t kind) {
  const auto info = std::move(crypto::Encoder{64}
                                  .append(crypto::label::kVaultTable.bytes())
                                  .append(crypto::kLabelEnd)
                                  .append_int(kind))
                        .bytes();
  return std::get<0>(crypto::derive_keys<RowKey>({}, key, info));
}

VaultKeys::VaultKeys(const MasterKey& master)
    : rows_{row_keys(master, std::make_index_sequence<kKinds>{})}, row_id_{row_id_key(master)} {}

const RowKey& VaultKeys::row(RowKind kind) const {
  const auto number = static_cast<std::size_t>(kind);
  assert(number != kRowIdKey && number < kKinds);
  return rows_[number];
}

NewVault create_vault_keys(const VaultSecret& secret, crypto::PasswordCost cost) {
  VaultHeader header{
      .method = secret.method,
      .salt = crypto::random_password_salt(),
      .cost = secret.method == VaultMethod::passphrase ? cost : crypto::PasswordCost{},
      .sealed_master = {}};
  const auto master = crypto::Locked<MasterKey>::built_by([] { return MasterKey::random(); });
  const auto wrapping = wrapping_key(header, secret).value();
  SecretBuffer plain;
  plain.append(*master);
  std::ranges::copy(crypto::xchacha::seal_buffer(wrapping, header.associated(), plain),
                    header.sealed_master.begin());
  return {header, crypto::Locked<VaultKeys>::built_by([&] { return VaultKeys{*master}; })};
}

crypto::Result<crypto::Locked<VaultKeys>> open_vault_keys(const VaultHeader& header,
                                                          const VaultSecret& secret) {
  const auto wrapping = wrapping_key(header, secret);
  if (!wrapping) return wrapping.error();
  auto plain = crypto::xchacha::open_buffer(*wrapping, header.associated(), header.sealed_master);
  if (!plain) return crypto::Errc::wrong_password;
  const auto master = crypto::Locked<MasterKey>::built_by(
      [&] { return crypto::SecretReader{*plain}.take_secret<MasterKey>(); });
  return crypto::Locked<VaultKeys>::built_by([&] { return VaultKeys{*master}; });
}

}  // namespace bisik::client
