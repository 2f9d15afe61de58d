#include "tests/layering/functions.hpp"

#include <sys/wait.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <stdexcept>
#include <string_view>

namespace bisik::layering {
namespace {

constexpr int kCommandNotFound = 127;  // what a POSIX shell exits with

std::string shell_word(std::string_view word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return out + "'";
}

std::string ctags_command(const std::filesystem::path& root,
                          const std::vector<std::string>& folders) {
  auto command = "{ cd " + shell_word(root.string()) +
                 " && ctags --options=NONE -R --languages=C++ --langmap=C++:.cpp.hpp"
                 " --c++-kinds=f --fields=ne --excmd=number --sort=no -o -";
  for (const auto& folder : folders) command += " " + shell_word(folder);
  return command + "; } 2>/dev/null";
}

std::string output_of(const std::string& command) {
  std::string out;
  std::FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error{"no shell to run ctags with"};
  std::array<char, 4096> part;
  while (const auto n = std::fread(part.data(), 1, part.size(), pipe)) out.append(part.data(), n);
  const int status = pclose(pipe);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kCommandNotFound) {
    throw std::runtime_error{
        "ctags is missing: install the Debian package universal-ctags to check function lengths"};
  }
  if (status != 0) throw std::runtime_error{"ctags failed: is it universal-ctags?"};
  return out;
}

int number_after(std::string_view row, std::string_view field) {
  int number = 0;
  const auto at = row.find(field);
  if (at == std::string_view::npos) return 0;
  const auto digits = row.substr(at + field.size());
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

// name, path, line;" then the fields, separated by tabs.
Function parse(std::string_view row) {
  const auto name_end = row.find('\t');
  const auto path_end = row.find('\t', name_end + 1);
  if (path_end == std::string_view::npos) throw std::runtime_error{"ctags said something else"};
  const auto first = number_after(row, "\tline:");
  const auto last = number_after(row, "\tend:");
  return {std::string{row.substr(name_end + 1, path_end - name_end - 1)},
          std::string{row.substr(0, name_end)}, first, last == 0 ? first : last};
}

}  // namespace

std::vector<Function> functions_in(const std::filesystem::path& root,
                                   const std::vector<std::string>& folders) {
  std::vector<Function> functions;
  const auto out = output_of(ctags_command(root, folders));
  for (std::string_view rest = out; !rest.empty();) {
    const auto end = rest.find('\n');
    functions.push_back(parse(rest.substr(0, end)));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return functions;
}

}  // namespace bisik::layering
