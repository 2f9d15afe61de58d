// How a value that was written becomes one that is used: server/settings.hpp.
#include <algorithm>
#include <array>
#include <charconv>

#include "server/settings.hpp"

namespace bisik::server {
namespace {

struct Unit {
  std::string_view of;    // which limits
  std::string_view name;  // as written behind a number
  std::uint64_t factor;
};
constexpr std::uint64_t kKiB = 1024;
constexpr std::array kUnits{
    Unit{"bytes", "KiB", kKiB},
    Unit{"bytes", "MiB", kKiB* kKiB},
    Unit{"bytes", "GiB", kKiB* kKiB* kKiB},
    Unit{"bytes", "TiB", kKiB* kKiB* kKiB* kKiB},
    Unit{"seconds", "s", 1},
    Unit{"seconds", "m", 60},
    Unit{"seconds", "h", 3600},
    Unit{"seconds", "d", 24 * 3600},
    Unit{"days", "d", 1},
};

std::string example_of(const LimitLine& line) {
  if (line.unit == "bytes") return "1048576 or \"1 MiB\"";
  if (line.unit == "seconds") return "90 or \"90s\", \"30m\", \"24h\", \"7d\"";
  if (line.unit == "days") return "7 or \"7d\"";
  return "1000";
}

std::string range_of(const LimitLine& line) {
  return "from " + std::to_string(line.least) + " to " + std::to_string(line.most) + " " +
         std::string{line.unit};
}

std::string is_no(const Setting& setting, const std::string& value, const std::string& what,
                  std::string_view example) {
  return setting.name + " is " + value + ", which is no " + what + ": write it like " +
         std::string{example} + ".";
}

std::string shown(const Given& value) {
  struct Shower {
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(const std::string& text) const { return "\"" + text + "\""; }
    std::string operator()(const std::vector<std::string>&) const { return "a list"; }
    std::string operator()(const Unusable& other) const { return other.what; }
  };
  return std::visit(Shower{}, value);
}

// "256 MiB". Nothing: not a number with a unit of this kind, or out of all bounds.
std::optional<std::uint64_t> amount(std::string_view text, std::string_view kind) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{}) return std::nullopt;
  std::string_view name{rest, static_cast<std::size_t>(end - rest)};
  if (name.starts_with(' ')) name.remove_prefix(1);
  for (const auto& unit : kUnits) {
    if (unit.of != kind || unit.name != name) continue;
    if (number > UINT64_MAX / unit.factor) return UINT64_MAX;  // beyond every range
    return number * unit.factor;
  }
  return std::nullopt;
}

std::optional<std::string> repeated(std::vector<std::string> texts) {
  std::ranges::sort(texts);
  const auto found = std::ranges::adjacent_find(texts);
  return found == texts.end() ? std::nullopt : std::optional{*found};
}

// Takes one value for the setting it was made for.
struct Taker {
  const Setting& setting;
  const Given& value;
  Config& config;
  using Fault = std::optional<std::string>;

  Fault operator()(const TextSetting& text) const {
    const auto* given = std::get_if<std::string>(&value);
    if (given == nullptr || !text.right(*given)) {
      return is_no(setting, shown(value), std::string{text.form},
                   "\"" + std::string{text.example} + "\"");
    }
    config.*text.value = *given;
    return std::nullopt;
  }

  Fault operator()(const ListSetting& list) const {
    const auto example = "[\"" + std::string{list.example} + "\"]";
    const auto* given = std::get_if<std::vector<std::string>>(&value);
    if (given == nullptr) return is_no(setting, shown(value), "list of texts", example);
    for (const auto& text : *given) {
      if (!list.right(text)) {
        return setting.name + " has \"" + text + "\" in it, which is no " + std::string{list.form} +
               ": write it like " + example + ".";
      }
    }
    const auto twice = list.each_once ? repeated(*given) : std::nullopt;
    if (twice) return setting.name + " has \"" + *twice + "\" twice.";
    config.*list.value = *given;
    return std::nullopt;
  }

  Fault operator()(const ChoiceSetting& choice) const {
    const auto* given = std::get_if<std::string>(&value);
    if (given == nullptr || std::ranges::find(choice.words, *given) == choice.words.end()) {
      std::string words;
      for (const auto& word : choice.words) {
        words += (words.empty() ? "" : ", ") + std::string{word};
      }
      return setting.name + " is " + shown(value) + ": it must be one of " + words + ".";
    }
    config.*choice.value = *given;
    return std::nullopt;
  }

  Fault operator()(const SwitchSetting& flag) const {
    const auto* given = std::get_if<bool>(&value);
    if (given == nullptr) {
      return setting.name + " is " + shown(value) + ": it must be true or false, without quotes.";
    }
    config.*flag.value = *given;
    return std::nullopt;
  }

  Fault operator()(const LimitSetting& limit) const {
    const auto& line = limit.line;
    auto number = as_number(line);
    if (!number && !std::holds_alternative<std::int64_t>(value)) {
      return is_no(setting, shown(value), "whole number", example_of(line));
    }
    if (line.least == line.most && number != line.least) {
      return setting.name + " is not to be chosen: clients count on " + std::to_string(line.least) +
             " " + std::string{line.unit} + ".";
    }
    if (!number || *number < line.least || *number > line.most) {
      return setting.name + " is " + shown(value) + ": it must be " + range_of(line) + ".";
    }
    config.limits.*line.value = *number;
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::uint64_t> as_number(const LimitLine& line) const {
    if (const auto* text = std::get_if<std::string>(&value)) return amount(*text, line.unit);
    const auto* number = std::get_if<std::int64_t>(&value);
    if (number == nullptr || *number < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*number);
  }
};

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    auto part = text.substr(begin, end - begin);
    part.erase(0, std::min(part.find_first_not_of(' '), part.size()));
    part.erase(part.find_last_not_of(' ') + 1);
    parts.push_back(std::move(part));
    begin = end + 1;
  }
  return parts;
}

}  // namespace

std::optional<std::string> assign(const Setting& setting, const Given& value, Config& config) {
  return std::visit(Taker{setting, value, config}, setting.kind);
}

Given from_text(const Setting& setting, const std::string& text) {
  if (std::holds_alternative<ListSetting>(setting.kind)) return split_at_commas(text);
  if (std::holds_alternative<SwitchSetting>(setting.kind) && (text == "true" || text == "false")) {
    return text == "true";
  }
  if (std::holds_alternative<LimitSetting>(setting.kind)) {
    std::int64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc{} && rest == end) return number;
  }
  return text;
}

}  // namespace bisik::server
