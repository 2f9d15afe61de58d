// Frames of client/api, cut at any place, give the same messages; no length makes the reader grow.
#include <algorithm>
#include <cassert>

#include "client/api/frame.hpp"
#include "proto/api.pb.h"

namespace {

using namespace bisik;

constexpr std::size_t kLimit = 1'024;

std::vector<crypto::Bytes> read_all(crypto::ByteView bytes, std::size_t step) {
  client::FrameReader reader{kLimit};
  std::vector<crypto::Bytes> all;
  while (!bytes.empty()) {
    const auto space = reader.space();
    const auto taken = std::min({space.size(), bytes.size(), step});
    std::ranges::copy(bytes.first(taken), space.begin());
    reader.received(taken);
    bytes = bytes.subspan(taken);
    while (const auto message = reader.next()) {
      assert(message->size() <= kLimit);
      all.emplace_back(message->begin(), message->end());
    }
    if (reader.broken()) break;
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const crypto::ByteView bytes{data, size};
  const auto whole = read_all(bytes, size + 1);
  assert(read_all(bytes, 1) == whole);
  for (const auto& message : whole) {
    proto::pb::ApiRequest request;
    (void)request.ParseFromArray(message.data(), static_cast<int>(message.size()));
    proto::pb::ApiReply reply;
    (void)reply.ParseFromArray(message.data(), static_cast<int>(message.size()));
  }
  return 0;
}
