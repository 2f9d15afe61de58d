// What a contact's device says inside the ratchet.

#include <cassert>

#include "proto/frame.hpp"
#include "proto/utf8.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace bisik::proto;
  const auto content = decode_content({bytes, size});
  if (!content) return 0;
  assert(is_utf8(content->text().body()) && is_utf8(content->introduction().name()));
  assert(is_utf8(content->text().about().text()));
  assert(content->receipt().read_size() <= static_cast<int>(kMaxReceiptIds));
  assert(decode_content(encode(*content)));
  return 0;
}
