// Whom a daemon hands messages to, from the options of the command line.
#pragma once

#include "client/cli/commands.hpp"
#include "client/door/host.hpp"
#include "client/hook/courier.hpp"

namespace bisik::client {

class Hooks {
 public:
  // Throws Problem: no such program, an address that is none, or a secret that others may read.
  Hooks(Context& context, const DaemonOptions& options);

  // `gate` is that of the owner. Once.
  void open(Host& host, Gate& gate);
  // What it says when it is ready.
  [[nodiscard]] SafeText words() const;

 private:
  struct Hook {
    std::string consumer;
    std::string where;
    std::unique_ptr<Errands> errands;
  };
  Context& context_;
  const DaemonOptions& options_;
  std::vector<Hook> hooks_;
};

}  // namespace bisik::client
