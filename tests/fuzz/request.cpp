// A frame from a client: any bytes are a request that a relay may rely on, or an error.

#include <cassert>

#include "proto/frame.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace bisik::proto;
  const auto request = decode_request({bytes, size});
  if (request) assert(decode_request(encode(*request)));
  return 0;
}
