#include "client/consumer_name.hpp"

#include <algorithm>

namespace bisik::client {
namespace {

// What a shell, a unit file and a path take without quotes.
bool is_taken_as_it_is(char c) {
  constexpr std::string_view kOthers = "._-";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kOthers.find(c) != std::string_view::npos;
}

}  // namespace

std::optional<std::string> why_no_consumer_name(std::string_view name) {
  const bool fits = !name.empty() && name.size() <= kMaxConsumerNameBytes;
  if (fits && std::ranges::all_of(name, is_taken_as_it_is)) return std::nullopt;
  return "A consumer's name has letters, digits, '.', '_' and '-': at most " +
         std::to_string(kMaxConsumerNameBytes) + ".";
}

}  // namespace bisik::client
