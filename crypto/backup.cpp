#include "crypto/backup.hpp"

#include <cassert>

#include "crypto/declassify.hpp"
#include "crypto/hash.hpp"
#include "crypto/kdf.hpp"

namespace bisik::crypto {
namespace {

constexpr std::string_view kMagic = "bisikbak";
constexpr std::uint8_t kBackupVersion = 1;
constexpr std::size_t kLengthBytes = sizeof(std::uint32_t);
constexpr std::size_t kMaxSealedPart = kMaxBackupPart + kStreamOverhead;

using BackupCommitment = Secret<struct BackupCommitmentTag, 32>;

struct BackupKeys {
  StreamKey key;
  BackupCommitment commitment;
};

Result<BackupKeys> derive_backup_keys(const RecoveryCode& code, const PasswordSalt& salt,
                                      PasswordCost cost) {
  const auto stretched = derive_password_key(code.password(), salt, cost);
  if (!stretched) return stretched.error();
  SecretBuffer input_key;
  input_key.append(*stretched);
  auto [key, commitment] =
      derive_keys<StreamKey, BackupCommitment>(salt, input_key, label::kBackupKeys);
  return BackupKeys{std::move(key), std::move(commitment)};
}

Hash checksum_of_header(ByteView all_before) {
  return LabelledHash{label::kBackupHeader}.update(all_before).finish();
}

}  // namespace

ByteArray<BackupHeader::kSize> BackupHeader::encode() const {
  Encoder out{kSize};
  out.append(as_bytes(kMagic)).append_int(kBackupVersion);
  out.append_int(cost.passes).append_int(cost.memory_kib).append(salt);
  out.append(commitment).append(stream);
  out.append(checksum_of_header(out.bytes()));
  return Decoder{out.bytes()}.take_array<kSize>();
}

Result<BackupHeader> BackupHeader::parse(ByteView bytes) {
  Decoder in{bytes};
  if (as_text(in.take(kMagic.size())) != kMagic) return Errc::malformed;
  const auto version = in.take_int<std::uint8_t>();
  if (version > kBackupVersion) return Errc::newer_version;
  BackupHeader header;
  header.cost.passes = in.take_int<std::uint32_t>();
  header.cost.memory_kib = in.take_int<std::uint32_t>();
  header.salt = in.take_array<sizeof(PasswordSalt)>();
  header.commitment = in.take_array<sizeof header.commitment>();
  header.stream = in.take_array<sizeof(StreamHeader)>();
  const auto checksum = in.take_array<sizeof(Hash)>();
  if (version != kBackupVersion || !in.finish() ||
      checksum != checksum_of_header(bytes.first(kSize - sizeof(Hash)))) {
    return Errc::malformed;
  }
  return header;
}

BackupWriter::BackupWriter(const BackupHeader& header, StreamSealer sealer)
    : header_{header.encode()}, sealer_{std::move(sealer)} {
  declassify(header_);
}

Result<BackupWriter> BackupWriter::create(const RecoveryCode& code, PasswordCost cost) {
  const auto salt = random_password_salt();
  const auto keys = derive_backup_keys(code, salt, cost);
  if (!keys) return keys.error();
  StreamSealer sealer{keys->key};
  BackupHeader header{salt, cost, {}, sealer.header()};
  std::ranges::copy(keys->commitment.expose(), header.commitment.begin());
  return BackupWriter{header, std::move(sealer)};
}

Bytes BackupWriter::seal(const SecretBuffer& part) {
  return seal(part, StreamPlace::before_the_last);
}

Bytes BackupWriter::finish(const SecretBuffer& last_part) && {
  return seal(last_part, StreamPlace::last);
}

Bytes BackupWriter::seal(const SecretBuffer& part, StreamPlace place) {
  assert(part.size() <= kMaxBackupPart);
  const auto sealed = sealer_.seal(header_, part, place);
  Encoder out{kLengthBytes + sealed.size()};
  out.append_int(static_cast<std::uint32_t>(sealed.size())).append(sealed);
  return std::move(out).bytes();
}

BackupReader::BackupReader(ByteView header, StreamOpener opener)
    : header_{Decoder{header}.take_array<BackupHeader::kSize>()}, opener_{std::move(opener)} {}

Result<BackupReader> BackupReader::open(ByteView header, const RecoveryCode& code) {
  const auto parsed = BackupHeader::parse(header);
  if (!parsed) return parsed.error();
  const auto keys = derive_backup_keys(code, parsed->salt, parsed->cost);
  if (!keys) return keys.error();
  const auto different = sodium_memcmp(keys->commitment.expose().data(), parsed->commitment.data(),
                                       BackupCommitment::kSize);
  declassify(different);  // the person is told
  if (different != 0) return Errc::wrong_password;
  return BackupReader{header, StreamOpener{keys->key, parsed->stream}};
}

void BackupReader::append(ByteView bytes) {
  waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
}

Result<std::optional<SecretBuffer>> BackupReader::next() {
  if (finished_) {
    if (!waiting_.empty()) return Errc::malformed;
    return std::nullopt;
  }
  if (waiting_.size() < kLengthBytes) return std::nullopt;
  Decoder in{waiting_};
  const auto size = in.take_int<std::uint32_t>();
  if (size < kStreamOverhead || size > kMaxSealedPart) return Errc::malformed;
  if (in.left() < size) return std::nullopt;
  auto opened = opener_.open(header_, in.take(size));
  if (!opened) return opened.error();
  finished_ = opened->place == StreamPlace::last;
  waiting_.erase(waiting_.begin(), waiting_.end() - static_cast<std::ptrdiff_t>(in.left()));
  return std::optional{std::move(opened->message)};
}

Result<void> BackupReader::finish() const {
  if (!finished_ || !waiting_.empty()) return Errc::malformed;
  return {};
}

}  // namespace bisik::crypto
