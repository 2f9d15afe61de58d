// A frame from a relay: any bytes are a message that a client may rely on, or an error.

#include <cassert>

#include "proto/frame.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace bisik::proto;
  const auto message = decode_from_relay({bytes, size});
  if (message) assert(decode_from_relay(encode(*message)));
  return 0;
}
