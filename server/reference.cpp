#include "server/reference.hpp"

namespace bisik::server {
namespace {

constexpr const char* kIntroduction = R"(# Configuration of a relay

*Made by `bisik-relay config --reference` from the table in `server/settings.cpp`; a test compares.*

A relay needs no configuration. What it is to do otherwise stands in a TOML file:

    listen = ["[::]:7443"]
    advertise = "chat.example.org:7443"

    [limits]
    mailbox_bytes = "512 MiB"

| where | |
| --- | --- |
| `--config FILE`, else `BISIK_RELAY_CONFIG` | names the file |
| `relay.toml` in the data directory | is read where none is named |
| `bisik-relay config` | prints a file with every setting in it |
| `bisik-relay check` | says `ok`, or every fault with its line |

A flag goes before a variable, that before the file, that before the default. In a variable, the
texts of a list stand between commas. A fault in any of them keeps the relay from starting: unknown
names, wrong types, values out of range, settings that are given twice. The configuration is read
once, at the start.

)";

constexpr const char* kLimitsIntroduction = R"(
## [limits]

How much of everything there may be, and why. Clients can read them (`bisik-relay limits` shows
those in force), and what is refused because of one says when to ask again. Bytes may be written
`"256 MiB"` (KiB, MiB, GiB, TiB), seconds `"30m"` (s, m, h, d), days `"7d"`. Each has a variable:
`BISIK_RELAY_LIMITS_` and its name in capitals. Where there is no range, clients count on the value.

| setting | default | from | to | unit | why |
| --- | --- | --- | --- | --- | --- |
)";

std::string code(const std::string& text) { return "`" + text + "`"; }

bool is_limit(const Setting& setting) { return std::holds_alternative<LimitSetting>(setting.kind); }

std::string type_of(const Setting& setting) {
  if (std::holds_alternative<ListSetting>(setting.kind)) return "list of texts";
  if (std::holds_alternative<SwitchSetting>(setting.kind)) return "`true` or `false`";
  const auto* choice = std::get_if<ChoiceSetting>(&setting.kind);
  if (choice == nullptr) return "text";
  std::string words;
  for (const auto& word : choice->words)
    words += (words.empty() ? "`" : ", `") + std::string{word} + "`";
  return words;
}

std::string default_of(const Setting& setting) {
  return setting.default_words.empty() ? code(to_toml(setting, Config{})) : setting.default_words;
}

std::string section(const Setting& setting) {
  return "\n### `" + setting.name + "`\n\n" + setting.what + "\n\n| | |\n| --- | --- |\n" +
         "| type | " + type_of(setting) + " |\n" + "| default | " + default_of(setting) + " |\n" +
         "| flag | " + code(*setting.flag()) + " |\n" + "| variable | " + code(setting.variable()) +
         " |\n";
}

std::string limit_row(const LimitLine& line) {
  const bool fixed = line.least == line.most;
  const auto bound = [fixed](std::uint64_t value) {
    return fixed ? std::string{} : std::to_string(value);
  };
  return "| " + code(std::string{line.name}) + " | " + std::to_string(Limits{}.*line.value) +
         " | " + bound(line.least) + " | " + bound(line.most) + " | " + std::string{line.unit} +
         " | " + std::string{line.reason} + " |\n";
}

std::string example_line(const Setting& setting) {
  const auto name = setting.name.substr(setting.name.rfind('.') + 1);
  if (const auto* limit = std::get_if<LimitSetting>(&setting.kind)) {
    const auto& line = limit->line;
    if (line.least == line.most) return "";
    return "\n# " + std::string{line.unit} + ", " + std::to_string(line.least) + " to " +
           std::to_string(line.most) + ": " + setting.what + "\n#" + name + " = " +
           to_toml(setting, Config{}) + "\n";
  }
  auto out = "\n# " + setting.what + "\n";
  if (setting.default_words.empty())
    return out + "#" + name + " = " + to_toml(setting, Config{}) + "\n";
  out += "# Default: " + setting.default_words + ".\n#" + name + " = ";
  if (const auto* list = std::get_if<ListSetting>(&setting.kind)) {
    return out + "[\"" + std::string{list->example} + "\"]\n";
  }
  return out + "\"" + std::string{std::get<TextSetting>(setting.kind).example} + "\"\n";
}

}  // namespace

std::string reference_page() {
  std::string page = kIntroduction;
  page += "## Settings\n";
  for (const auto& setting : setting_table()) {
    if (!is_limit(setting)) page += section(setting);
  }
  page += kLimitsIntroduction;
  for (const auto& line : limit_table()) page += limit_row(line);
  return page;
}

std::string example_file() {
  std::string file =
      "# Configuration of bisik-relay: every setting, at its default. Remove the # of what is "
      "to\n# be otherwise; `bisik-relay check` says whether it is right.\n";
  bool in_limits = false;
  for (const auto& setting : setting_table()) {
    if (is_limit(setting) && !in_limits) {
      file += "\n[limits]\n";
      in_limits = true;
    }
    file += example_line(setting);
  }
  return file;
}

}  // namespace bisik::server
