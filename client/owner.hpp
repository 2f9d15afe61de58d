// The owner of a profile: engine, vault, lines to relays and client/api, on a thread of its own, so
// that a command that waits for its output (a slow pipe, a person) never holds up anybody else's.
// The command itself talks to it over a stream, as every other process does.
//
// Made with the lock and the open vault; both go, in the right order, when it ends.
#pragma once

#include <memory>

#include "client/profile.hpp"
#include "client/vault.hpp"

namespace bisik::client {

class Owner {
 public:
  // Loads the profile and begins to serve. Throws Problem, StorageError, or std::runtime_error if
  // the profile's rows make no sense.
  Owner(const Profile& profile, ProfileLock lock, std::unique_ptr<Vault> vault);
  ~Owner();

  // A new stream of client/api. Throws what ended the owner, if it has ended.
  [[nodiscard]] Descriptor connect();

  // finish() will be called: of several owners all begin with it before the first is waited for.
  void begin_to_finish();
  // A clean end: nobody new is served, others' commands may end for kFinishOthers, then the log is
  // emptied and the lock is free. Returns when that is done; throws what went wrong on the way.
  void finish();

 private:
  class Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace bisik::client
