// A backup: the first byte says how the rest is taken.
//
//     0  a header
//     1  the fields of a header whose checksum fits, which no fuzzer guesses
//     2  what differs, byte by byte, from a genuine backup, or is more or less than it; the second
//        byte is the size of the pieces in which it comes

#include "crypto/backup.hpp"

#include "crypto/sodium.hpp"
#include "tests/crypto/seeded_random.hpp"
#include "tests/fuzz/identity.hpp"

namespace bisik::crypto::fuzz {
namespace {

constexpr std::size_t kHeader = BackupHeader::kSize;
constexpr PasswordCost kCheap{1, 8};

void check_header(ByteView bytes) {
  const auto header = BackupHeader::parse(bytes);
  require(!header || std::ranges::equal(header->encode(), bytes));
}

void check_fields(ByteView bytes) {
  Decoder in{bytes};
  BackupHeader header;
  header.cost = {in.take_int<std::uint32_t>(), in.take_int<std::uint32_t>()};
  header.salt = in.take_array<sizeof(PasswordSalt)>();
  header.commitment = in.take_array<32>();
  header.stream = in.take_array<sizeof(StreamHeader)>();
  const auto encoded = header.encode();
  require(BackupHeader::parse(encoded).has_value());
  if (header.cost.passes > 2 || header.cost.memory_kib > 64) return;  // a fuzzer has other things
  require(!BackupReader::open(encoded, RecoveryCode::random()));
}

struct Genuine {
  RecoveryCode code = RecoveryCode::random();
  Bytes bytes;

  explicit Genuine(const SeededRandom&) {
    auto writer = BackupWriter::create(code, kCheap).value();
    bytes.assign(writer.header().begin(), writer.header().end());
    for (const auto& part : {writer.seal(SecretBuffer(40)), writer.seal(SecretBuffer(0)),
                             std::move(writer).finish(SecretBuffer(7))}) {
      bytes.insert(bytes.end(), part.begin(), part.end());
    }
  }
};

const Genuine& genuine() {
  static const Genuine one{SeededRandom{1}};
  return one;
}

// True when all of it was read to its end.
bool read_all(BackupReader& reader, ByteView rest, std::size_t piece) {
  for (;;) {
    const auto now = std::min(piece, rest.size());
    reader.append(rest.first(now));
    rest = rest.subspan(now);
    for (;;) {
      const auto part = reader.next();
      if (!part) return false;
      if (!*part) break;
    }
    if (rest.empty()) return reader.finish().has_value();
  }
}

void check_altered(ByteView bytes, std::size_t piece) {
  const auto& whole = genuine();
  Bytes altered(bytes.begin(), bytes.end());
  for (std::size_t i = 0; i < std::min(altered.size(), whole.bytes.size()); ++i) {
    altered[i] ^= whole.bytes[i];
  }
  if (altered.size() < kHeader) return;
  auto reader = BackupReader::open(ByteView{altered}.first(kHeader), whole.code);
  if (!reader) return;
  require(read_all(*reader, ByteView{altered}.subspan(kHeader), piece + 1) ==
          (altered == whole.bytes));
}

void check_chosen(std::uint8_t choice, ByteView bytes) {
  if (choice == 0) check_header(bytes);
  if (choice == 1) check_fields(bytes);
  if (choice == 2 && !bytes.empty()) check_altered(bytes.subspan(1), bytes.front());
}

}  // namespace
}  // namespace bisik::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bisik::crypto::initialise();
  if (size > 0) bisik::crypto::fuzz::check_chosen(data[0], {data + 1, size - 1});
  return 0;
}
