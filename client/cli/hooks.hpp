// Whom a daemon hands messages to, from the options of the command line.
#pragma once

#include "client/cli/commands.hpp"
#include "client/door/host.hpp"
#include "client/hook/courier.hpp"

namespace bisik::client {

class Hooks {
 public:
  // `options` are sound (daemon_options.hpp). Throws Problem: a secret that others may read.
  // `folder`: where the secret is that has no place of its own.
  Hooks(Context& context, const std::filesystem::path& folder, const DaemonOptions& options,
        Tenants& tenants);

  // Once; this outlives the host, and lasts as long as tenants are tried again. Throws Problem: a
  // consumer cannot begin.
  void open(Host& host);
  // What it says when it is ready.
  [[nodiscard]] SafeText words() const;

 private:
  struct Hook {
    std::size_t tenant;
    std::string consumer;
    std::string where;
    std::function<std::unique_ptr<Errands>()> make_errands;
  };
  void add(std::size_t tenant, const std::filesystem::path& folder);
  void begin_consumers(std::size_t tenant) const;
  [[nodiscard]] Courier::Options options_of(const Hook& hook) const;

  Context& context_;
  Tenants& tenants_;
  const DaemonOptions& options_;
  std::vector<Hook> hooks_;
};

}  // namespace bisik::client
