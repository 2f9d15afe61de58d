// Recovery codes and backups: the code, its words and every key that comes from it are secret.
// Where a word ends and that a letter or a code is none is not. Argon2id itself reads its memory at
// places that depend on what is in it, by its definition; constant_time.supp says so.

#include "crypto/backup.hpp"
#include "tests/crypto/constant_time.hpp"

namespace bisik::crypto {
namespace {

constexpr PasswordCost kCheap{1, 8};

SecretBuffer buffer(ByteView bytes) {
  SecretBuffer out;
  out.append(bytes);
  return out;
}

bool is_same(const RecoveryCode& a, const RecoveryCode& b) {
  const bool same = equal(a, b);
  declassify(same);
  return same;
}

void expect_hello(const SecretBuffer& part) {
  assert_still_secret(part.expose());
  declassify(part.expose());
  assert(as_text(part.expose()) == "hello");
}

}  // namespace

void recovery_code() {
  const auto code = RecoveryCode::random();
  const auto words = code.words();
  const auto typed = RecoveryCode::parse(buffer(as_bytes(words.text()))).value();
  assert_still_secret(typed.password().expose());
  assert(is_same(typed, code));
}

// A wrong letter in each place of a word, a missing one, a checksum that does not fit.
void recovery_code_refused() {
  const auto words = RecoveryCode::random().words();
  for (std::size_t at = 0; at < 5; ++at) {
    Bytes typed{as_bytes(words.text()).begin(), as_bytes(words.text()).end()};
    typed[at] = 'x';
    assert(!RecoveryCode::parse(buffer(typed)));
  }
  assert(!RecoveryCode::parse(buffer(as_bytes(words.text()).first(52))));
  Bytes others{as_bytes(words.text()).begin(), as_bytes(words.text()).end()};
  const auto other = RecoveryCode::random().words();
  std::ranges::copy(as_bytes(other.text()).first(47), others.begin());
  assert(!RecoveryCode::parse(buffer(others)));
}

void backup() {
  const auto code = RecoveryCode::random();
  auto writer = BackupWriter::create(code, kCheap).value();
  auto rest = writer.seal(buffer(as_bytes("hello")));
  const Bytes header{writer.header().begin(), writer.header().end()};
  const auto last = std::move(writer).finish({});
  rest.insert(rest.end(), last.begin(), last.end());
  declassify(rest);

  auto reader = BackupReader::open(header, code).value();
  reader.append(rest);
  expect_hello(reader.next().value().value());
  assert(reader.next().value()->size() == 0);
  assert(reader.finish());
}

// Another code; a part that was damaged.
void backup_refused() {
  const auto code = RecoveryCode::random();
  auto writer = BackupWriter::create(code, kCheap).value();
  const Bytes header{writer.header().begin(), writer.header().end()};
  auto rest = std::move(writer).finish(buffer(as_bytes("hello")));
  declassify(rest);
  assert(!BackupReader::open(header, RecoveryCode::random()));
  rest.back() ^= 1;
  auto reader = BackupReader::open(header, code).value();
  reader.append(rest);
  assert(!reader.next());
}

}  // namespace bisik::crypto
