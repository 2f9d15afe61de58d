// The stored state of a session, read from bytes that nobody has authenticated. Whatever is read
// writes the same bytes again, and is a session that opens and seals without an end to the process.

#include "tests/fuzz/sessions.hpp"

namespace bisik::crypto::fuzz {
namespace {

void check(ByteView state) {
  auto session = restore(state);
  if (!session) return;
  require(std::ranges::equal(dump(*session), state));
  for (const auto& shape : Sessions::fixed().shapes) open_and_check(*session, shape.next_cell);
}

}  // namespace
}  // namespace bisik::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bisik::crypto::fuzz::check({data, size});
  return 0;
}
