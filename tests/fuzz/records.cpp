// Bytes on an open connection. With an even first byte they are what arrives; with an odd one they
// say how long genuine records are and where their stream is cut, and every frame must come out.

#include <cassert>

#include "crypto/sodium.hpp"
#include "proto/record_reader.hpp"

namespace {

using namespace bisik::proto;

CipherKey key() {
  return CipherKey::fill([](auto out) { std::ranges::fill(out, std::uint8_t{1}); });
}

// Hands `bytes` over in pieces of 1 ... `step` bytes; the number of frames that came out.
std::size_t deliver(ByteView bytes, std::size_t step, Channel& channel, RecordReader& reader) {
  std::size_t frames = 0;
  while (!bytes.empty()) {
    const auto space = reader.space();
    const auto n = std::min({space.size(), bytes.size(), step});
    std::ranges::copy(bytes.first(n), space.begin());
    reader.received(n);
    bytes = bytes.subspan(n);
    for (;;) {
      const auto frame = reader.next(channel);
      if (!frame) return frames;
      if (!*frame) break;
      ++frames;
    }
    reader.release();
  }
  return frames;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  bisik::crypto::initialise();
  if (size < 2) return 0;
  const std::size_t step = std::size_t{bytes[1]} * 16 + 1;
  const ByteView rest{bytes + 2, size - 2};
  Channel sender{key(), key()};
  Channel receiver{key(), key()};
  RecordReader reader;
  if (bytes[0] % 2 == 0) {
    deliver(rest, step, receiver, reader);
    return 0;
  }
  Bytes records;
  const auto count = std::min<std::size_t>(rest.size(), 64);
  for (const auto length : rest.first(count)) {
    assert(sender.seal(Bytes(std::size_t{length} * 100, length), records));
  }
  assert(deliver(records, step, receiver, reader) == count);
  assert(reader.empty());
  return 0;
}
