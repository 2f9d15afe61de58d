#include "server/settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>

#include "server/addresses.hpp"
#include "server/prefix.hpp"

namespace bisik::server {
namespace {

constexpr std::array<std::string_view, 5> kLogLevels{"debug", "info", "warn", "error", "off"};

bool is_path(std::string_view text) {
  return !text.empty() && text.find('\0') == std::string_view::npos;
}

std::vector<Setting> make_table() {
  std::vector<Setting> table{
      {"data", TextSetting{&Config::data, is_path, "DIR", "/var/lib/bisik-relay"},
       "$XDG_STATE_HOME/bisik-relay, else ~/.local/state/bisik-relay",
       "Directory of the relay's keys and database."},
      {"listen", ListSetting{&Config::listen, is_listen, "HOST:PORT", "[::]:7443", true},
       "every address, IPv4 and IPv6, port 7443",
       "Where to listen: HOST:PORT. Port 0 takes a free one."},
      {"advertise",
       TextSetting{&Config::advertise, is_advertised, "HOST:PORT", "chat.example.org:7443"},
       "the addresses that it listens on",
       "What links name: HOST or HOST:PORT, as others reach this relay."},
      {"log_level", ChoiceSetting{&Config::log_level, kLogLevels}, "",
       "How much the log says, on stderr."},
      {"require_mlock", SwitchSetting{&Config::require_mlock}, "",
       "Refuse to start where keys may be swapped out."},
      {"sandbox", SwitchSetting{&Config::sandbox}, "",
       "Give up, once everything is open, what a relay does not need: files outside its data "
       "directory, programs, connections to elsewhere."},
      {"shared_addresses", ListSetting{&Config::shared_addresses, is_address, "IP", "192.0.2.7"},
       "",
       "Addresses behind which many people are: a TCP proxy, an onion service. Who comes from "
       "one is not counted by limits.*_per_prefix."},
  };
  for (const auto& line : limit_table()) {
    table.push_back({std::string{kLimitsSection} + "." + std::string{line.name}, LimitSetting{line},
                     "", std::string{line.reason}});
  }
  return table;
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string with_capitals(std::string text) {
  std::ranges::replace(text, '.', '_');
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// Insertions, deletions, replacements and swapped neighbours between them.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> steps(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  std::iota(steps[0].begin(), steps[0].end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    steps[i][0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      steps[i][j] = std::min(
          {steps[i - 1][j] + 1, steps[i][j - 1] + 1, steps[i - 1][j - 1] + (same ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) steps[i][j] = std::min(steps[i][j], steps[i - 2][j - 2] + 1);
    }
  }
  return steps[a.size()][b.size()];
}

constexpr std::size_t kLongestName = 64;  // of what is compared with the table

}  // namespace

std::string Setting::variable() const { return std::string{kVariablePrefix} + with_capitals(name); }

std::optional<std::string> Setting::flag() const {
  if (std::holds_alternative<LimitSetting>(kind)) return std::nullopt;
  auto words = "--" + name;
  std::ranges::replace(words, '_', '-');
  return words;
}

const std::vector<Setting>& setting_table() {
  static const auto table = make_table();
  return table;
}

const Setting* find_setting(std::string_view name) {
  const auto& table = setting_table();
  const auto found = std::ranges::find(table, name, &Setting::name);
  return found == table.end() ? nullptr : &*found;
}

std::string to_toml(const Setting& setting, const Config& config) {
  struct Writer {
    const Config& config;
    std::string operator()(const TextSetting& text) const { return in_quotes(config.*text.value); }
    std::string operator()(const ChoiceSetting& choice) const {
      return in_quotes(config.*choice.value);
    }
    std::string operator()(const SwitchSetting& flag) const {
      return config.*flag.value ? "true" : "false";
    }
    std::string operator()(const LimitSetting& limit) const {
      return std::to_string(config.limits.*limit.line.value);
    }
    std::string operator()(const ListSetting& list) const {
      std::string out;
      for (const auto& text : config.*list.value)
        out += (out.empty() ? "" : ", ") + in_quotes(text);
      return "[" + out + "]";
    }
  };
  return std::visit(Writer{config}, setting.kind);
}

std::optional<std::string> nearest(std::string_view text,
                                   const std::vector<std::string>& candidates) {
  if (text.size() > kLongestName) return std::nullopt;
  auto best = std::clamp<std::size_t>(text.size() / 4, 1, 3) + 1;
  std::optional<std::string> found;
  for (const auto& candidate : candidates) {
    const auto steps = distance(text, candidate);
    if (steps >= best) continue;
    best = steps;
    found = candidate;
  }
  return found;
}

std::string unknown_setting(std::string_view name) {
  const auto sentence = std::string{name} + " is no setting";
  std::vector<std::string> names;
  const auto last = name.substr(name.rfind('.') + 1);
  for (const auto& setting : setting_table()) {
    // Known, but in another section.
    if (setting.name.substr(setting.name.rfind('.') + 1) == last) {
      return sentence + ": " +
             (setting.flag() ? "write " + setting.name + " above [limits]."
                             : "write " + std::string{last} + " below [limits].");
    }
    names.push_back(setting.name);
  }
  auto near = nearest(name, names);
  if (!near && name.find('.') == std::string_view::npos) {
    near = nearest(std::string{kLimitsSection} + "." + std::string{name}, names);
  }
  if (near) return sentence + ": did you mean " + *near + "?";
  return sentence + ": remove it, or see `bisik-relay config`.";
}

}  // namespace bisik::server
