// DeviceList::parse, on the input as it is and signed by the account, and the judgement of what
// parses as a successor.

#include "tests/fuzz/identity.hpp"

namespace bisik::crypto::fuzz {
namespace {

const DeviceList& seen() {
  static const auto list =
      DeviceList::first(identity().account, UnixTime{}, identity().device.record);
  return list;
}

void check(ByteView bytes) {
  const auto list = DeviceList::parse(bytes);
  if (!list) return;
  require(std::ranges::equal(list->bytes(), bytes));
  require(!list->records().empty() && list->records().size() <= kMaxDevices);
  for (const auto& record : list->records()) {
    require(record.account_key() == list->account_key());
    require(list->find(record.number()) == &record);
  }
  const auto succession = check_successor(seen(), *list);
  require(!succession || list->sequence() > seen().sequence());
}

void check_signed(ByteView input) {
  if (input.size() < sizeof(Signature)) return;
  Bytes bytes(input.begin(), input.end());
  overwrite(bytes, 0, identity().account.verify_key().bytes);
  const auto canonical = bytes.size() - sizeof(Signature);
  overwrite(bytes, canonical,
            identity().account.sign(label::kDeviceList, ByteView{bytes}.first(canonical)));
  check(bytes);
}

}  // namespace
}  // namespace bisik::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bisik::crypto::fuzz::check({data, size});
  bisik::crypto::fuzz::check_signed({data, size});
  return 0;
}
