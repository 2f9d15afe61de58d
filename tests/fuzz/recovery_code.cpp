// A recovery code as a person types it. Whatever is accepted is the same code in one form.

#include "crypto/recovery_code.hpp"

#include "crypto/sodium.hpp"
#include "tests/fuzz/identity.hpp"

namespace bisik::crypto::fuzz {
namespace {

void check(ByteView typed) {
  SecretBuffer buffer;
  const auto code = RecoveryCode::parse(buffer.append(typed));
  if (!code) return;
  SecretBuffer again;
  again.append(as_bytes(code->words().text()));
  require(equal(RecoveryCode::parse(again).value(), *code));
}

}  // namespace
}  // namespace bisik::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bisik::crypto::initialise();
  bisik::crypto::fuzz::check({data, size});
  return 0;
}
