// DeviceRecord::parse, on the input as it is and signed by keys that verify.

#include "tests/fuzz/identity.hpp"

namespace bisik::crypto::fuzz {
namespace {

void check(ByteView bytes) {
  const auto record = DeviceRecord::parse(bytes);
  if (!record) return;
  require(std::ranges::equal(record->bytes(), bytes));
  require(record->number() >= 1 && record->number() <= kMaxDeviceNumber);
  require(record->created().time_since_epoch() <= kMaxUnixTime);
  require(DhPublicKey::parse(record->identity_key().bytes).has_value());
}

void check_signed(ByteView input) {
  Bytes bytes(input.begin(), input.end());
  overwrite(bytes, 0, identity().account.verify_key().bytes);
  overwrite(bytes, 32, identity().device.signing_key.verify_key().bytes);
  if (bytes.size() >= DeviceStatement::kSize) {
    const auto canonical = ByteView{bytes}.first(DeviceStatement::kSize);
    const auto by_account = identity().account.sign(label::kDeviceRecordByAccount, canonical);
    const auto by_device =
        identity().device.signing_key.sign(label::kDeviceRecordByDevice, canonical);
    overwrite(bytes, 108, by_account);
    overwrite(bytes, 172, by_device);
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
