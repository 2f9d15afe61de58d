// JSON as this interface reads and writes it. What is read is strict: UTF-8 alone, bounded depth.
// What is written is ASCII, so that nothing of a peer's can break a line or reach a terminal.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace bisik::client::rpc {

// Keys in the order in which they were written. Finding one takes as long as there are keys, so
// nothing of others is ever read into this.
using Json = nlohmann::ordered_json;
// What somebody else wrote.
using Input = nlohmann::json;

// Nothing: no JSON, or nested deeper than kMaxDepth.
[[nodiscard]] std::optional<Input> parse(std::string_view text);

// One line, without its end.
[[nodiscard]] std::string to_line(const Json& json);

}  // namespace bisik::client::rpc
