// How much memory a message may take while it is decoded, for each byte that a peer has sent: what
// is short on the wire (a field of no bytes) must not be long in memory. All memory of this program
// is counted; it is a program of its own for that.
#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <new>

#include "proto/frame.hpp"

namespace {

std::atomic<std::size_t> now_held = 0;
std::atomic<std::size_t> most_held = 0;

}  // namespace

// Not inlined, or the compiler takes the free() for one of what new has returned.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc{};
  now_held += ::malloc_usable_size(memory);
  if (now_held > most_held) most_held = now_held.load();
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  if (memory != nullptr) now_held -= ::malloc_usable_size(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace bisik::proto {
namespace {

// An empty message in a repeated field is two bytes on the wire and, with its place in the field,
// close to a hundred in memory.
constexpr double kMostPerByte = 64;
constexpr std::size_t kSize = 16'000;  // the same for each byte of a larger one

using Decode = std::function<bool(ByteView)>;

void append_varint(std::size_t value, Bytes& out) {
  for (; value >= 0x80; value >>= 7U) out.push_back(static_cast<std::uint8_t>(value | 0x80U));
  out.push_back(static_cast<std::uint8_t>(value));
}

Bytes field(std::size_t number, const Bytes& contents) {
  Bytes bytes;
  append_varint(number << 3U | 2U, bytes);
  append_varint(contents.size(), bytes);
  bytes.insert(bytes.end(), contents.begin(), contents.end());
  return bytes;
}

Bytes many(const Bytes& one) {
  Bytes bytes;
  while (bytes.size() + one.size() <= kSize) bytes.insert(bytes.end(), one.begin(), one.end());
  return bytes;
}

double heap_per_byte(const Decode& decode, const Bytes& bytes) {
  const std::size_t before = now_held;
  most_held = before;
  static_cast<void>(decode(bytes));
  return static_cast<double>(most_held - before) / static_cast<double>(bytes.size());
}

// Of fields of no bytes: alone, in another field, in one within that.
double worst(const Decode& decode) {
  constexpr std::size_t outer_fields = 40;
  constexpr std::size_t inner_fields = 12;
  double most = 0;
  const auto try_it = [&](const Bytes& bytes) {
    most = std::max(most, heap_per_byte(decode, bytes));
  };
  for (std::size_t outer = 1; outer <= outer_fields; ++outer) {
    try_it(many(field(outer, {})));
    for (std::size_t middle = 1; middle <= inner_fields; ++middle) {
      try_it(field(outer, many(field(middle, {}))));
      for (std::size_t inner = 1; inner <= inner_fields; ++inner) {
        try_it(field(outer, field(middle, many(field(inner, {})))));
        try_it(field(outer, many(field(middle, field(inner, {})))));
      }
    }
  }
  return most;
}

template <class Message>
Decode by(Result<Message> (*decode)(ByteView)) {
  return [decode](ByteView bytes) { return decode(bytes).has_value(); };
}

class HeapTest : public testing::TestWithParam<std::pair<const char*, Decode>> {};

TEST_P(HeapTest, WhatIsShortOnTheWireIsNotLongInMemory) {
  const double most = worst(GetParam().second);
  std::printf("%s: %.1f bytes for each byte\n", GetParam().first, most);
  EXPECT_GT(most, 1) << "nothing was counted";
  EXPECT_LE(most, kMostPerByte);
}

// What a handshake carries is a few hundred bytes.
INSTANTIATE_TEST_SUITE_P(Messages, HeapTest,
                         testing::Values(std::pair{"request", by(decode_request)},
                                         std::pair{"from relay", by(decode_from_relay)},
                                         std::pair{"content", by(decode_content)}),
                         [](const auto& tested) {
                           std::string name = tested.param.first;
                           std::erase(name, ' ');
                           return name;
                         });

}  // namespace
}  // namespace bisik::proto
