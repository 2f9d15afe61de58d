// What a command works with: the person's choices, where to write, and the way to the profile's
// owner, which is opened when it is first needed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/api/session.hpp"
#include "client/cli/output.hpp"
#include "client/cli/passphrase.hpp"

namespace bisik::client {

// Options that every command takes.
struct Globals {
  std::vector<std::string> profiles;  // several: for a daemon
  std::vector<std::string> accounts;  // the same, or the ids or UUIDs of their accounts
  bool json = false;
  bool quiet = false;
  bool require_mlock = false;
  PassphraseSource passphrase;

  // The one that is named; empty: none is.
  [[nodiscard]] std::string account() const { return accounts.empty() ? "" : accounts.front(); }
  [[nodiscard]] std::optional<std::string> profile() const {
    return profiles.empty() ? std::nullopt : std::optional{profiles.front()};
  }
};

class Context {
 public:
  explicit Context(const Globals& globals);

  [[nodiscard]] const Globals& globals() const noexcept { return globals_; }
  [[nodiscard]] bool json() const noexcept { return globals_.json; }
  [[nodiscard]] Output& out() noexcept { return out_; }
  [[nodiscard]] Output& err() noexcept { return err_; }

  // The profile that is there. Throws Problem if there is none.
  [[nodiscard]] Session& session();
  // The profile that is there or is made now, with a passphrase or a key file.
  [[nodiscard]] Session& new_session(bool with_passphrase);
  // The way to its owner, for who wants to be that or comes several times.
  [[nodiscard]] Gate& gate();
  // Throws Problem if several are named.
  [[nodiscard]] Profile profile() const;

  // Ends the owner, if this process is it. Throws what went wrong with the profile.
  void leave();

  // What to do next, for a person at a terminal.
  void hint(const SafeText& sentence);
  void hint(Literal sentence) { hint(SafeText{sentence}); }
  // What a person should know, on standard error.
  void say(const SafeText& sentence);

 private:
  Session& open(Gate::Ways ways);
  mutable std::optional<Profile> profile_;  // once it was looked for

  const Globals& globals_;
  Output out_;
  Output err_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Session> session_;
};

}  // namespace bisik::client
