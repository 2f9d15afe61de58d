// Every setting of the relay in one table: its name in the file, its default, what it may be and
// why. The parser, the checks, the flags, the environment variables and the reference page
// (docs/relay-configuration.md) are made from it, so that none of them can say anything else.
//
// Nothing here throws: what cannot be taken is said in one sentence.
#pragma once

#include <optional>
#include <span>
#include <variant>

#include "server/config.hpp"

namespace bisik::server {

// What stands in a file and no setting can take: a date, a fraction, a table.
struct Unusable {
  std::string what;  // "a date"
};
// A value as it was written, before it is known whether its setting can take it.
using Given = std::variant<bool, std::int64_t, std::string, std::vector<std::string>, Unusable>;

struct TextSetting {
  std::string Config::*value;
  bool (*right)(std::string_view text);
  std::string_view form;  // HOST:PORT
  std::string_view example;
};
struct ListSetting {
  std::vector<std::string> Config::*value;
  bool (*right)(std::string_view text);  // of each
  std::string_view form;
  std::string_view example;
  bool each_once = false;
};
struct ChoiceSetting {
  std::string Config::*value;
  std::span<const std::string_view> words;
};
struct SwitchSetting {
  bool Config::*value;
};
struct LimitSetting {
  LimitLine line;
};

struct Setting {
  std::string name;  // as in the file: listen, limits.mailbox_cells
  std::variant<TextSetting, ListSetting, ChoiceSetting, SwitchSetting, LimitSetting> kind;
  std::string default_words;  // what an empty default means; otherwise empty
  std::string what;

  [[nodiscard]] std::string variable() const;  // BISIK_RELAY_LIMITS_MAILBOX_CELLS
  // Limits have none: they belong into a file.
  [[nodiscard]] std::optional<std::string> flag() const;  // --require-mlock
};

inline constexpr std::string_view kVariablePrefix = "BISIK_RELAY_";
inline constexpr std::string_view kLimitsSection = "limits";

[[nodiscard]] const std::vector<Setting>& setting_table();
[[nodiscard]] const Setting* find_setting(std::string_view name);

// Nothing: done. Otherwise what is wrong and what would be right, one sentence; nothing changed.
[[nodiscard]] std::optional<std::string> assign(const Setting& setting, const Given& value,
                                                Config& config);
// Of a variable or a flag, where everything is text.
[[nodiscard]] Given from_text(const Setting& setting, const std::string& text);
// As it would stand in the file.
[[nodiscard]] std::string to_toml(const Setting& setting, const Config& config);

// "x is no setting", and which one may have been meant.
[[nodiscard]] std::string unknown_setting(std::string_view name);
// The candidate that somebody who wrote `text` has meant; nothing: none is near.
[[nodiscard]] std::optional<std::string> nearest(std::string_view text,
                                                 const std::vector<std::string>& candidates);

}  // namespace bisik::server
