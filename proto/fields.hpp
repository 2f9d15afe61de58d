// What single fields of messages may be: the words that validation is written in.
#pragma once

#include <algorithm>
#include <concepts>
#include <string>

#include "crypto/device_list.hpp"
#include "proto/limits.hpp"
#include "proto/utf8.hpp"

namespace bisik::proto {

[[nodiscard]] inline bool has_size(const std::string& bytes, std::size_t size) {
  return bytes.size() == size;
}

// A queue, an account, a hash, a key, a capability.
[[nodiscard]] inline bool is_id(const std::string& bytes) { return has_size(bytes, kIdBytes); }

[[nodiscard]] inline bool is_absent_or(const std::string& bytes, std::size_t size) {
  return bytes.empty() || has_size(bytes, size);
}

// Entries of one width, one after the other, at most `count` of them.
[[nodiscard]] inline bool is_array(const std::string& bytes, std::size_t width, std::size_t count) {
  return bytes.size() % width == 0 && bytes.size() / width <= count;
}

[[nodiscard]] inline bool is_text(const std::string& text, std::size_t max_bytes) {
  return text.size() <= max_bytes && is_utf8(text);
}

template <std::integral Int>
[[nodiscard]] constexpr bool is_between(Int value, Int lowest, Int highest) {
  return lowest <= value && value <= highest;
}

// Its size alone: whoever takes it verifies it.
[[nodiscard]] inline bool is_device_list(const std::string& bytes) {
  return is_between(bytes.size(), crypto::DeviceList::kFixedSize, crypto::DeviceList::kMaxSize);
}

// A number that the relay gave to something that it keeps: from 1 up.
[[nodiscard]] constexpr bool is_sequence(std::uint64_t value) {
  return is_between(value, std::uint64_t{1}, kMaxStoredInteger);
}

// At most `count` elements, each of them right.
template <class Repeated, class Check>
[[nodiscard]] bool is_list_of(const Repeated& elements, int count, Check check) {
  return elements.size() <= count && std::ranges::all_of(elements, check);
}

}  // namespace bisik::proto
