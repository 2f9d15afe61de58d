#include "server/config_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "proto/utf8.hpp"
#include "server/descriptor.hpp"

namespace bisik::server {
namespace {

// The reference with every setting in it has a tenth of that.
constexpr std::size_t kMaxFileBytes = 128 * 1024;

// The content, or why there is none.
std::variant<std::string, Fault> content_of(const std::filesystem::path& path) {
  const auto name = path.string();
  const auto failed = [&](const std::string& why) { return Fault{name, 0, why}; };
  const Descriptor file{::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) {
    if (errno == ENOENT) return failed("there is no such file: name another one with --config.");
    if (errno == EACCES) return failed("it may not be read: change its rights or owner.");
    return failed(std::string{"it cannot be read: "} + std::strerror(errno) + ".");
  }
  if (S_ISDIR(status.st_mode)) return failed("it is a directory: name the file in it.");
  if (!S_ISREG(status.st_mode)) return failed("it is no file: name one with --config.");
  if (status.st_size > static_cast<off_t>(kMaxFileBytes)) {
    return failed("it is larger than any configuration: is it another file?");
  }
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t read = 0;
  while (read < text.size()) {
    const auto n = ::read(file.get(), text.data() + read, text.size() - read);
    if (n < 0) return failed(std::string{"it cannot be read: "} + std::strerror(errno) + ".");
    if (n == 0) break;
    read += static_cast<std::size_t>(n);
  }
  text.resize(read);
  return text;
}

// The first line that is not UTF-8, from 1.
std::optional<std::size_t> broken_line(std::string_view text) {
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size() - 1);
    if (!proto::is_utf8(text.substr(0, end + 1))) return line;
    text.remove_prefix(end + 1);
  }
  return std::nullopt;
}

Given value_of(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* array = node.as_array()) {
    std::vector<std::string> texts;
    for (const auto& element : *array) {
      const auto* text = element.as_string();
      if (text == nullptr) return Unusable{"a list of other things than texts"};
      texts.push_back(text->get());
    }
    return texts;
  }
  if (node.is_floating_point()) return Unusable{"a fraction"};
  return Unusable{node.is_table() ? "a section" : "a date or time"};
}

void read_section(const toml::table& section, const std::string& prefix, const std::string& file,
                  ConfigFile& out) {
  for (const auto& [key, node] : section) {
    const auto name = prefix + std::string{key.str()};
    const std::size_t line = key.source().begin.line;
    const auto* inner = node.as_table();
    if (inner != nullptr && name == kLimitsSection) {
      read_section(*inner, name + ".", file, out);
    } else if (inner != nullptr && find_setting(name) == nullptr) {
      out.faults.push_back({file, line, "[" + name + "] is no section: there is only [limits]."});
    } else {
      out.entries.push_back({name, value_of(node), line});
    }
  }
}

Fault not_toml(const std::string& file, const toml::parse_error& error) {
  const std::size_t line = error.source().begin.line;
  const std::string_view why = error.description();
  if (why.find("redefine") != std::string_view::npos) {
    return {file, line, "this was said before, further up: keep one of the two."};
  }
  return {file, line, "this is not TOML: " + std::string{why} + "."};
}

}  // namespace

std::string Fault::text() const {
  auto out = source + (line == 0 ? "" : ":" + std::to_string(line)) + ": " + sentence;
  const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; };
  std::ranges::replace_if(out, is_control, '?');  // what a value may hold: it stays one line
  return out;
}

ConfigFile read_config_file(const std::filesystem::path& path) {
  ConfigFile out;
  const auto content = content_of(path);
  if (const auto* fault = std::get_if<Fault>(&content)) {
    out.faults.push_back(*fault);
    return out;
  }
  const auto& text = std::get<std::string>(content);
  const auto file = path.string();
  if (const auto line = broken_line(text)) {
    out.faults.push_back({file, *line, "this is not UTF-8: save the file as UTF-8."});
    return out;
  }
  try {
    read_section(toml::parse(text, file), "", file, out);
  } catch (const toml::parse_error& error) {
    out.faults.push_back(not_toml(file, error));
  }
  // toml++ has them by name, people read them by line.
  std::ranges::stable_sort(out.entries, {}, &ConfigFile::Entry::line);
  return out;
}

}  // namespace bisik::server
