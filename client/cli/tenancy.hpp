// The profiles that one daemon serves together: found, opened, and ended. What goes wrong with one
// of them is a line on standard error, and no end of the others.
#pragma once

#include <deque>

#include "client/cli/commands.hpp"
#include "client/cli/ending.hpp"
#include "client/door/tenants.hpp"

namespace bisik::client {

// Whether the line asks for several, or for all.
[[nodiscard]] bool wants_several(const Context& context, const DaemonOptions& options);

class Tenancy {
 public:
  // Throws Problem: no profile is found, or the line asks for what several cannot have.
  Tenancy(Context& context, const DaemonOptions& options);

  [[nodiscard]] Tenants& tenants() noexcept { return tenants_; }
  // Becomes the owner of each; of one that another command owns as soon as that has ended.
  void open();
  // Ends the owners: all of them at once. The highest code of what goes wrong in this.
  [[nodiscard]] ExitCode leave();
  // The highest code of all that has gone wrong.
  [[nodiscard]] ExitCode code() const noexcept { return code_; }

 private:
  using Find = std::function<Profile()>;

  void add(const std::string& said, const Find& find);
  [[nodiscard]] bool is_there(const Profile& profile) const;
  [[nodiscard]] std::string unused_name(const Profile& profile, const std::string& said) const;
  [[nodiscard]] Gate::Ways ways_of(const Profile& profile) const;
  std::string note(const std::string& name, const std::string& before);
  void say_back(const std::string& name);

  Context& context_;
  std::deque<Gate> gates_;  // by tenant
  Tenants tenants_{[this](const auto& name, const auto& before) { return note(name, before); },
                   [this](const auto& name) { say_back(name); }};
  ExitCode code_ = ExitCode::done;
};

}  // namespace bisik::client
