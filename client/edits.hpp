// How far two words are apart, for whoever has mistyped one.
#pragma once

#include <cstddef>
#include <string_view>

namespace bisik::client {

// Two words within this many edits are taken for a slip of the finger.
inline constexpr std::size_t kNearestEdits = 3;

// Bytes that are put in, left out or replaced to make one of the other.
[[nodiscard]] std::size_t edits_between(std::string_view a, std::string_view b);

}  // namespace bisik::client
