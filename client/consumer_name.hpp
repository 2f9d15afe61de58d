// What those are called who receive messages under a name of their own: the command line looks
// before it opens anything, the engine when one begins.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bisik::client {

inline constexpr std::size_t kMaxConsumerNameBytes = 64;

// Why this is no such name, as a sentence; nothing: it is one.
[[nodiscard]] std::optional<std::string> why_no_consumer_name(std::string_view name);

}  // namespace bisik::client
