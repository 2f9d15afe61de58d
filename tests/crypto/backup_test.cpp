#include "crypto/backup.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/crypto/people.hpp"

namespace bisik::crypto {
namespace {

constexpr PasswordCost kCheap{1, 8};  // what Argon2id costs is not looked at here
constexpr std::size_t kVersionAt = 8, kPassesAt = 9, kMemoryAt = 13, kSaltAt = 17;

SecretBuffer part(std::string_view text) {
  SecretBuffer buffer;
  buffer.append(as_bytes(text));
  return buffer;
}

struct Backup {
  RecoveryCode code = RecoveryCode::random();
  Bytes bytes;
  std::size_t second_part = 0, last_part = 0;  // where they begin

  Backup() {
    auto writer = BackupWriter::create(code, kCheap).value();
    bytes = copy_of(writer.header());
    add(writer.seal(part("one")));
    second_part = bytes.size();
    add(writer.seal(part("two")));
    last_part = bytes.size();
    add(std::move(writer).finish(part("three")));
  }
  void add(const Bytes& more) { bytes.insert(bytes.end(), more.begin(), more.end()); }
};

struct Restored {
  std::string text;
  boost::system::error_code error;
};

// All parts, one after the other, of a file that comes in pieces of that size.
Restored read_all(ByteView bytes, const RecoveryCode& code, std::size_t piece = 1'000) {
  auto reader = BackupReader::open(bytes.first(std::min(bytes.size(), BackupHeader::kSize)), code);
  if (!reader) return {"", reader.error()};
  Restored restored;
  for (auto rest = bytes.subspan(BackupHeader::kSize);;) {
    for (;;) {
      const auto next = reader->next();
      if (!next) return {restored.text, next.error()};
      if (!*next) break;
      restored.text += as_text((*next)->expose());
    }
    if (rest.empty()) break;
    const auto now = std::min(piece, rest.size());
    reader->append(rest.first(now));
    rest = rest.subspan(now);
  }
  const auto finished = reader->finish();
  if (!finished) restored.error = finished.error();
  return restored;
}

TEST(Backup, GivesBackItsPartsInPiecesOfAnySize) {
  const Backup backup;
  for (const std::size_t piece : {1U, 3U, 4U, 20U, 21U, 1000U}) {
    const auto restored = read_all(backup.bytes, backup.code, piece);
    EXPECT_EQ(restored.text, "onetwothree");
    EXPECT_FALSE(restored.error) << restored.error.message();
  }
}

TEST(Backup, TakesPartsOfUpTo64KiB) {
  const auto code = RecoveryCode::random();
  auto writer = BackupWriter::create(code, kCheap).value();
  auto bytes = copy_of(writer.header());
  SecretBuffer large(kMaxBackupPart);
  for (const auto& sealed : {writer.seal(large), std::move(writer).finish(SecretBuffer{})}) {
    bytes.insert(bytes.end(), sealed.begin(), sealed.end());
  }
  const auto restored = read_all(bytes, code);
  EXPECT_EQ(restored.text.size(), kMaxBackupPart);
  EXPECT_FALSE(restored.error);
}

TEST(Backup, OpensWithItsCodeAlone) {
  const Backup backup;
  EXPECT_EQ(read_all(backup.bytes, RecoveryCode::random()).error, Errc::wrong_password);
}

TEST(Backup, OpensUnderTheCostThatProfilesPay) {
  const auto code = RecoveryCode::random();
  const auto writer = BackupWriter::create(code).value();
  EXPECT_EQ(BackupHeader::parse(writer.header()).value().cost, kPasswordCost);
  EXPECT_TRUE(BackupReader::open(writer.header(), code));
}

TEST(Backup, WithAnyByteAlteredIsDamaged) {
  const Backup backup;
  for (std::size_t at = 0; at < backup.bytes.size(); ++at) {
    const auto error = read_all(with_flipped_bit(backup.bytes, at), backup.code).error;
    if (at == kVersionAt) continue;  // see below
    EXPECT_TRUE(error == Errc::malformed || error == Errc::authentication_failed)
        << at << ": " << error.message();
  }
}

TEST(Backup, CutAnywhereIsMalformed) {
  const Backup backup;
  for (std::size_t size = 0; size < backup.bytes.size(); ++size) {
    EXPECT_EQ(read_all(ByteView{backup.bytes}.first(size), backup.code).error, Errc::malformed)
        << size;
  }
}

TEST(Backup, WithSomethingBehindItsLastPartIsMalformed) {
  Backup backup;
  backup.bytes.push_back(0);
  EXPECT_EQ(read_all(backup.bytes, backup.code).error, Errc::malformed);
}

TEST(Backup, WithPartsLeftOutOrRepeatedIsDamaged) {
  const Backup backup;
  auto left_out = backup.bytes;
  const auto at = [&](std::size_t n) { return left_out.begin() + static_cast<std::ptrdiff_t>(n); };
  left_out.erase(at(backup.second_part), at(backup.last_part));
  EXPECT_EQ(read_all(left_out, backup.code).error, Errc::authentication_failed);

  auto repeated = Bytes(backup.bytes.begin(),
                        backup.bytes.begin() + static_cast<std::ptrdiff_t>(backup.last_part));
  repeated.insert(repeated.end(),
                  repeated.begin() + static_cast<std::ptrdiff_t>(backup.second_part),
                  repeated.begin() + static_cast<std::ptrdiff_t>(backup.last_part));
  EXPECT_EQ(read_all(repeated, backup.code).error, Errc::authentication_failed);
}

TEST(Backup, UnderTheHeaderOfAnotherIsRefused) {
  const Backup backup, other;
  auto mixed = other.bytes;
  std::ranges::copy(ByteView{backup.bytes}.subspan(BackupHeader::kSize),
                    mixed.begin() + BackupHeader::kSize);
  EXPECT_EQ(read_all(mixed, other.code).error, Errc::authentication_failed);
  EXPECT_EQ(read_all(mixed, backup.code).error, Errc::wrong_password);
}

TEST(Backup, OfANewerVersionSaysSo) {
  const Backup backup;
  EXPECT_EQ(read_all(overwritten(backup.bytes, kVersionAt, ByteArray<1>{2}), backup.code).error,
            Errc::newer_version);
  EXPECT_EQ(read_all(overwritten(backup.bytes, kVersionAt, ByteArray<1>{0}), backup.code).error,
            Errc::malformed);
  // Its header may have another length.
  const auto newer = overwritten(ByteView{backup.bytes}.first(20), kVersionAt, ByteArray<1>{2});
  EXPECT_EQ(BackupHeader::parse(newer).error(), Errc::newer_version);
}

TEST(Backup, WithACostThatWouldExhaustTheMachineIsMalformed) {
  const Backup backup;
  for (const auto& cost : {PasswordCost{kMaxPasswordCost.passes + 1, 8},
                           PasswordCost{1, kMaxPasswordCost.memory_kib + 1}, PasswordCost{0, 8}}) {
    auto header = BackupHeader::parse(ByteView{backup.bytes}.first(BackupHeader::kSize)).value();
    header.cost = cost;
    EXPECT_EQ(BackupReader::open(header.encode(), backup.code).error(), Errc::malformed);
    EXPECT_EQ(BackupWriter::create(backup.code, cost).error(), Errc::malformed);
  }
}

TEST(Backup, WithALengthThatNoPartHasIsMalformedBeforeItHasCome) {
  const Backup backup;
  for (const std::uint32_t length : {std::uint32_t{16}, std::uint32_t{64 * 1024 + 18}}) {
    auto reader =
        BackupReader::open(ByteView{backup.bytes}.first(BackupHeader::kSize), backup.code).value();
    reader.append(big_endian(length));
    EXPECT_EQ(reader.next().error(), Errc::malformed);
  }
}

TEST(BackupHeader, IsLaidOutAsTheProtocolSays) {
  const Backup backup;
  const auto header =
      BackupHeader::parse(ByteView{backup.bytes}.first(BackupHeader::kSize)).value();
  EXPECT_EQ(BackupHeader::kSize, 121U);
  EXPECT_EQ(as_text(ByteView{backup.bytes}.first(8)), "bisikbak");
  EXPECT_EQ(backup.bytes[kVersionAt], 1);
  Decoder in{ByteView{backup.bytes}.subspan(kPassesAt)};
  EXPECT_EQ(in.take_int<std::uint32_t>(), kCheap.passes);
  EXPECT_EQ(in.take_int<std::uint32_t>(), kCheap.memory_kib);
  EXPECT_EQ(in.take_array<16>(), header.salt);
  EXPECT_EQ(in.take_array<32>(), header.commitment);
  EXPECT_EQ(in.take_array<24>(), header.stream);
  EXPECT_EQ(kMemoryAt + 4, kSaltAt);
}

}  // namespace
}  // namespace bisik::crypto
