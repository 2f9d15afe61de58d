#include "client/cli/context.hpp"

#include <unistd.h>

#include "client/cli/account_profile.hpp"
#include "client/problem.hpp"

namespace bisik::client {

Context::Context(const Globals& globals)
    : globals_{globals}, out_{STDOUT_FILENO}, err_{STDERR_FILENO} {}

Session& Context::session() {
  return open({.open =
                   [this](VaultMethod method) {
                     return method == VaultMethod::key_file ? read_key_file(profile().key_file())
                                                            : ask_passphrase(globals_.passphrase);
                   },
               .create = nullptr,
               .require_locked_memory = globals_.require_mlock});
}

Session& Context::new_session(bool with_passphrase) {
  return open({.open =
                   [this, with_passphrase](VaultMethod method) {
                     if (method == VaultMethod::passphrase) {
                       return ask_passphrase(globals_.passphrase);
                     }
                     if (with_passphrase) {
                       throw Problem{ExitCode::user,
                                     "This profile has a key file already: leave --passphrase out, "
                                     "or choose another --profile."};
                     }
                     return read_key_file(profile().key_file());
                   },
               .create =
                   [this, with_passphrase] {
                     return with_passphrase ? choose_passphrase(globals_.passphrase)
                                            : create_key_file(profile().key_file());
                   },
               .require_locked_memory = globals_.require_mlock});
}

Session& Context::open(Gate::Ways ways) {
  if (!session_) {
    gate_ = std::make_unique<Gate>(profile(), std::move(ways));
    session_ = std::make_unique<Session>(*gate_);
  }
  return *session_;
}

Gate& Context::gate() {
  (void)session();
  return *gate_;
}

Profile Context::profile() const {
  if (globals_.profiles.size() > 1 || globals_.accounts.size() > 1) {
    throw Problem{ExitCode::user,
                  "Several profiles are served by bisik daemon alone: name one of them."};
  }
  if (!profile_) {
    profile_ = globals_.accounts.empty() ? Profile::find(globals_.profile())
                                         : find_profile_of(globals_.account(), globals_);
  }
  return *profile_;
}

void Context::leave() {
  session_.reset();
  if (gate_) gate_->leave();
}

void Context::hint(const SafeText& sentence) {
  if (globals_.quiet || globals_.json || !err_.is_terminal()) return;
  out_.flush();
  err_.styled(Style::dim, sentence) << "\n";
  err_.flush();
}

void Context::say(const SafeText& sentence) {
  if (globals_.quiet) return;
  out_.flush();
  err_ << sentence << "\n";
  err_.flush();
}

}  // namespace bisik::client
