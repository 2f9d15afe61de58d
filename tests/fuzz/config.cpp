// The configuration file: whatever it is, either one line of it is a mistake or each setting has a
// name and a line; and what was read, written again, is read as the same.
#include "client/cli/config.hpp"

#include <cassert>

#include "crypto/bytes.hpp"

namespace {

using bisik::client::Config;

std::string written(const Config& config) {
  std::string text;
  for (const auto& [command, option, value, line] : config.settings) {
    if (!command.empty()) text += "[" + command + "]\n";
    text += option + " = \"";
    for (const char c : value) text += (c == '"' || c == '\\' ? "\\" : "") + std::string{c};
    text += "\"\n";
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto config = bisik::client::parse_config(bisik::crypto::as_text({data, size}));
  assert(!config.mistake || config.settings.empty());
  for (const auto& setting : config.settings) assert(!setting.option.empty() && setting.line > 0);
  if (size > 16 * 1024) return 0;  // with what is written in front of quotes it may be too long
  const auto again = bisik::client::parse_config(written(config));
  assert(!again.mistake);
  assert(again.settings.size() == config.settings.size());
  for (std::size_t i = 0; i < config.settings.size(); ++i) {
    assert(again.settings[i].command == config.settings[i].command);
    assert(again.settings[i].option == config.settings[i].option);
    assert(again.settings[i].value == config.settings[i].value);
  }
  return 0;
}
