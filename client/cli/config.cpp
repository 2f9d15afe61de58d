#include "client/cli/config.hpp"

#include <algorithm>

namespace bisik::client {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool is_word(std::string_view text) {
  return !text.empty() && !text.starts_with('-') && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// "send" or "devices remove", with single spaces.
bool is_command(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return is_word(text);
  return is_word(text.substr(0, space)) && is_word(text.substr(space + 1));
}

std::string_view without_comment(std::string_view text) {
  return trimmed(text.substr(0, text.find('#')));
}

// Behind the opening quote.
std::optional<std::string> quoted_value(std::string_view text) {
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      return without_comment(text.substr(i + 1)).empty() ? std::optional{value} : std::nullopt;
    }
    if (text[i] == '\\') {
      if (++i == text.size() || (text[i] != '"' && text[i] != '\\')) return std::nullopt;
    }
    value += text[i];
  }
  return std::nullopt;
}

std::optional<std::string> value_in(std::string_view text) {
  if (text.starts_with('"')) return quoted_value(text.substr(1));
  text = without_comment(text);
  if (text.empty() || text.find_first_of("\" \t") != std::string_view::npos) return std::nullopt;
  return std::string{text};
}

class Reading {
 public:
  // False: it is nothing.
  [[nodiscard]] bool take(std::string_view line, std::size_t number) {
    line = trimmed(line);
    if (without_comment(line).empty()) return true;
    if (line.starts_with('[')) return begin(without_comment(line));
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return false;
    const auto option = trimmed(line.substr(0, equals));
    auto value = value_in(trimmed(line.substr(equals + 1)));
    if (!is_word(option) || !value || value->find('\0') != std::string::npos) return false;
    settings.push_back({command_, std::string{option}, std::move(*value), number});
    return true;
  }

  std::vector<Setting> settings;

 private:
  [[nodiscard]] bool begin(std::string_view line) {
    if (!line.ends_with(']')) return false;
    const auto command = trimmed(line.substr(1, line.size() - 2));
    command_ = command;
    return is_command(command);
  }

  std::string command_;
};

}  // namespace

Config parse_config(std::string_view text) {
  if (text.size() > kMaxConfigBytes) return {{}, "it is longer than 64 KiB"};
  Reading reading;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (!reading.take(text.substr(0, end), ++number)) {
      return {{}, "line " + std::to_string(number) + " is no setting"};
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {std::move(reading.settings), {}};
}

}  // namespace bisik::client
