#include "client/cli/duration.hpp"

#include <charconv>

namespace bisik::client {
namespace {

std::int64_t seconds_of(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3'600;
    case 'd':
      return 86'400;
    case 'w':
      return 7 * 86'400;
    default:
      return 0;
  }
}

}  // namespace

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  std::uint32_t count = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{} || rest + 1 != end || count == 0) return std::nullopt;
  const std::chrono::seconds duration{count * seconds_of(*rest)};
  if (duration.count() == 0 || duration > std::chrono::years{100}) return std::nullopt;
  return duration;
}

}  // namespace bisik::client
