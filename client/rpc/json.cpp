#include "client/rpc/json.hpp"

#include "client/rpc/limits.hpp"

namespace bisik::client::rpc {
namespace {

// Before anything is built: each level costs a hundred times its byte.
bool too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxDepth) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

}  // namespace

std::optional<Input> parse(std::string_view text) {
  if (too_deep(text)) return std::nullopt;
  constexpr bool kThrows = false;
  auto json = Input::parse(text, nullptr, kThrows);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

std::string to_line(const Json& json) {
  constexpr bool kAsciiOnly = true;
  return json.dump(-1, ' ', kAsciiOnly, Json::error_handler_t::replace);
}

}  // namespace bisik::client::rpc
