// What --help shows of a command: each option as it is typed, and with which others it is not.
#pragma once

#include <CLI/Formatter.hpp>
#include <string>

namespace bisik::client {

class Help : public CLI::Formatter {
 public:
  Help() { column_width(26); }

  std::string make_option_name(const CLI::Option* option, bool is_positional) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_usage(const CLI::Option* option) const override;
};

// Of the innermost command that was typed.
[[nodiscard]] std::string help_of(const CLI::App& app);

}  // namespace bisik::client
