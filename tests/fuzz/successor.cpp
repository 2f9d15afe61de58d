// SuccessorStatement::parse, on the input as it is and signed by keys that verify.

#include "crypto/successor.hpp"

#include "tests/fuzz/identity.hpp"

namespace bisik::crypto::fuzz {
namespace {

void check(ByteView bytes) {
  const auto statement = SuccessorStatement::parse(bytes);
  if (!statement) return;
  require(std::ranges::equal(statement->bytes(), bytes));
  require(statement->old_key() != statement->new_key());
  require(statement->created().time_since_epoch() <= kMaxUnixTime);
}

void check_signed(ByteView input) {
  static const auto after = another_account();
  const auto& before = identity().account;
  Bytes bytes(input.begin(), input.end());
  overwrite(bytes, 0, before.verify_key().bytes);
  overwrite(bytes, 32, after.verify_key().bytes);
  if (bytes.size() >= SuccessorClaim::kSize) {
    const auto canonical = ByteView{bytes}.first(SuccessorClaim::kSize);
    overwrite(bytes, 72, before.sign(label::kSuccessorByOld, canonical));
    overwrite(bytes, 136, after.sign(label::kSuccessorByNew, canonical));
  }
  check(bytes);
}

}  // namespace
}  // namespace bisik::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bisik::crypto::fuzz::check({data, size});
  bisik::crypto::fuzz::check_signed({data, size});
  return 0;
}
