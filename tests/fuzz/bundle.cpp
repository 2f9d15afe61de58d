// Bundle::parse, on the input as it is and signed by the device that it is offered for.

#include "tests/fuzz/identity.hpp"

namespace bisik::crypto::fuzz {
namespace {

void check(ByteView bytes) {
  const auto bundle = Bundle::parse(bytes, identity().device.record);
  if (!bundle) return;
  require(std::ranges::equal(bundle->bytes(), bytes));
  const auto& contents = bundle->contents();
  require(contents.sequence >= 1 && contents.sequence <= kMaxSequence);
  require(contents.signed_prekey.id != kNoPrekey && contents.pq_signed_prekey.id != kNoPrekey);
  require(KemPublicKey::parse(contents.seal.kem.bytes).has_value());
}

void check_signed(ByteView input) {
  Bytes bytes(input.begin(), input.end());
  overwrite(bytes, 0, identity().device.record.hash());
  sign_again(bytes, identity().device.signing_key, label::kBundle);
  check(bytes);
}

}  // namespace
}  // namespace bisik::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bisik::crypto::fuzz::check({data, size});
  bisik::crypto::fuzz::check_signed({data, size});
  return 0;
}
