// A backup: parts of at most 64 KiB, sealed under a recovery code (docs/protocol.md 9.3).
//
//     header   magic 8 | version u8 | passes u32 | memory KiB u32 | salt 16 | commit 32
//              | secretstream header 24 | checksum 32                                (121 bytes)
//     then     length u32 | secretstream message, AD = header          for each part, the last
//     FINAL
//
//     key | commit = HKDF(salt, Argon2id(code, salt, cost), label, 64)
//     checksum     = H(label, all before)
//
// commit tells a wrong code from a damaged file, and makes a backup open under one code only; the
// checksum does the same for damage in the header. Writer and reader do no I/O: bytes go in and
// come out as they are at hand. What the parts say is the caller's business.
#pragma once

#include <optional>

#include "crypto/password.hpp"
#include "crypto/recovery_code.hpp"
#include "crypto/secret_stream.hpp"

namespace bisik::crypto {

// Large enough that sealing is not paid for by the message, small enough to hold twice.
inline constexpr std::size_t kMaxBackupPart = 64 * 1024;

struct BackupHeader {
  static constexpr std::size_t kSize = 8 + 1 + 4 + 4 + 16 + 32 + 24 + 32;
  PasswordSalt salt;
  PasswordCost cost;
  ByteArray<32> commitment;
  StreamHeader stream;

  [[nodiscard]] ByteArray<kSize> encode() const;
  // newer_version: a backup of a later version, of which nothing else is known. malformed: no
  // backup, cut short, or damaged.
  [[nodiscard]] static Result<BackupHeader> parse(ByteView bytes);
};

class BackupWriter {
 public:
  // Runs Argon2id. The backup begins with header(). malformed: a cost outside its bounds.
  [[nodiscard]] static Result<BackupWriter> create(const RecoveryCode& code,
                                                   PasswordCost cost = kPasswordCost);

  [[nodiscard]] ByteView header() const noexcept { return header_; }
  // What follows in the backup. A part has at most kMaxBackupPart bytes and may be empty.
  [[nodiscard]] Bytes seal(const SecretBuffer& part);
  [[nodiscard]] Bytes finish(const SecretBuffer& last_part) &&;

 private:
  BackupWriter(const BackupHeader& header, StreamSealer sealer);
  [[nodiscard]] Bytes seal(const SecretBuffer& part, StreamPlace place);

  ByteArray<BackupHeader::kSize> header_;
  StreamSealer sealer_;
};

class BackupReader {
 public:
  // `header`: the first BackupHeader::kSize bytes. Runs Argon2id. wrong_password: another code.
  // malformed, newer_version: as BackupHeader::parse(), or a cost outside its bounds.
  [[nodiscard]] static Result<BackupReader> open(ByteView header, const RecoveryCode& code);

  // What comes next in the backup, in pieces of any size. Keeps what next() has not taken yet.
  void append(ByteView bytes);
  // The next part, nothing while it is not all there. malformed: a length that no part has, or
  // something after the last one. authentication_failed: damaged. After an error the backup is lost
  // from there on, and every further call fails.
  [[nodiscard]] Result<std::optional<SecretBuffer>> next();
  // When there is nothing more to append: malformed unless the last part has been taken.
  [[nodiscard]] Result<void> finish() const;

 private:
  BackupReader(ByteView header, StreamOpener opener);

  ByteArray<BackupHeader::kSize> header_;
  StreamOpener opener_;
  Bytes waiting_;
  bool finished_ = false;
};

}  // namespace bisik::crypto
