// How a command comes to the owner of its profile: by becoming it, or through its socket.
//
// Whoever takes the profile's lock is the owner and serves everybody else until its own command is
// done. enter() tries both ways until one works, for a bounded time, so that twenty commands at
// once on one profile all find an owner, whoever of them it is, and however often it changes.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "client/limits.hpp"
#include "client/owner.hpp"
#include "client/vault_key.hpp"

namespace bisik::client {

class Gate {
 public:
  struct Ways {
    // The secret of a vault that exists: reads the key file, or asks for the passphrase.
    std::function<VaultSecret(VaultMethod)> open;
    // The secret of a new one. Empty: a profile that does not exist is a Problem.
    std::function<VaultSecret()> create;
    bool require_locked_memory = false;
  };

  // `patience`: of enter(), with a process that owns the profile and does not serve it. `answers`:
  // of who has entered, for the first word of the owner.
  Gate(Profile profile, Ways ways, std::chrono::milliseconds patience = kOwnerWait,
       std::chrono::milliseconds answers = kOwnerWait)
      : profile_{std::move(profile)},
        ways_{std::move(ways)},
        patience_{patience},
        answers_{answers} {}

  // A stream to the owner. Problem: no profile, a wrong secret, or nobody answers. Interrupted.
  [[nodiscard]] Descriptor enter();
  // Becomes the owner, however long that takes: the present one is not disturbed, and succeeded as
  // soon as it ends. `on_wait` is called once if there is one. Problem: no profile, or a wrong
  // secret. Interrupted.
  void take_over(const std::function<void()>& on_wait);
  // What has failed as our owner is gone, with its lock; enter() begins anew.
  void give_up() noexcept { owner_.reset(); }
  // leave() will be called, and others before it.
  void begin_to_leave();
  // Ends the owner if it is ours: others' commands first, then the log, then the lock.
  void leave();

  // The Problem that nobody answers.
  [[noreturn]] void throw_no_answer() const;

  [[nodiscard]] std::chrono::milliseconds answers() const noexcept { return answers_; }
  [[nodiscard]] const Profile& profile() const noexcept { return profile_; }
  [[nodiscard]] bool owns() const noexcept { return owner_.has_value(); }

 private:
  void have_profile() const;
  void own(ProfileLock lock);
  [[nodiscard]] std::unique_ptr<Vault> open_vault() const;
  [[nodiscard]] Descriptor connect() const;

  Profile profile_;
  Ways ways_;
  std::chrono::milliseconds patience_;
  std::chrono::milliseconds answers_;
  std::optional<Owner> owner_;
};

}  // namespace bisik::client
