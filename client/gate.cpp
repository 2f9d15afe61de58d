#include "client/gate.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "client/limits.hpp"
#include "client/problem.hpp"
#include "client/signals.hpp"

namespace bisik::client {
namespace {

using std::chrono::steady_clock;

void pause_for(std::chrono::milliseconds time) {
  pollfd signals{Signals::fd(), POLLIN, 0};
  poll(&signals, 1, static_cast<int>(time.count()));
  Signals::throw_if_interrupted();
}

// It says nothing that was not asked for: readable is at its end.
void wait_for_end(const Descriptor& stream) {
  pollfd waited[] = {{stream.get(), POLLIN, 0}, {Signals::fd(), POLLIN, 0}};
  while (waited[0].revents == 0) {
    poll(waited, 2, -1);
    Signals::throw_if_interrupted();
    if (waited[1].revents != 0) Signals::drain();
  }
}

}  // namespace

Descriptor Gate::enter() {
  if (owner_) return owner_->connect();  // throws what ended it, if it ended
  have_profile();
  auto pause = kFirstOwnerPause;
  const auto deadline = steady_clock::now() + patience_;
  for (;;) {
    if (auto lock = ProfileLock::try_take(profile_)) {
      own(std::move(*lock));
      return owner_->connect();
    }
    if (auto stream = connect()) return stream;
    if (steady_clock::now() > deadline) throw_no_answer();
    pause_for(pause);
    pause = std::min(2 * pause, kLastOwnerPause);
  }
}

void Gate::throw_no_answer() const {
  throw Problem{ExitCode::unexpected,
                "Another process owns this profile but does not answer; its number is in " +
                    profile_.lock().string() +
                    ": end it, or let it go on if it was stopped, then try again."};
}

void Gate::have_profile() const {
  if (ways_.create) profile_.prepare();
  if (const auto why = profile_.why_not_writable()) throw Problem{ExitCode::user, *why + "."};
  if (ways_.create || profile_.exists()) return;
  throw Problem{ExitCode::user, "There is no profile in " + profile_.folder().string() +
                                    " yet: ask for an invite, then bisik join LINK --name NAME."};
}

void Gate::take_over(const std::function<void()>& on_wait) {
  have_profile();
  for (bool told = false; !owner_; told = true) {
    if (auto lock = ProfileLock::try_take(profile_)) return own(std::move(*lock));
    if (!told) on_wait();
    const auto stream = connect();
    if (stream) wait_for_end(stream);
    // It begins, or it ends, or it has too many visitors to bear one more.
    pause_for(stream ? kFirstOwnerPause : kLastOwnerPause);
  }
}

void Gate::begin_to_leave() {
  if (owner_) owner_->begin_to_finish();
}

void Gate::leave() {
  if (!owner_) return;
  owner_->finish();
  owner_.reset();
}

void Gate::own(ProfileLock lock) {
  auto vault = open_vault();
  if (ways_.require_locked_memory && !vault->keys_locked_in_memory()) {
    throw Problem{ExitCode::user,
                  "The system gives no locked memory for keys: raise `ulimit -l`, or go without "
                  "--require-mlock."};
  }
  owner_.emplace(profile_, std::move(lock), std::move(vault));
}

std::unique_ptr<Vault> Gate::open_vault() const {
  std::error_code unknown;
  const bool cut =
      profile_.exists() && std::filesystem::file_size(profile_.database(), unknown) == 0;
  const bool has_key = std::filesystem::exists(profile_.key_file(), unknown);
  ClosedVault closed{profile_};
  if (const auto method = closed.method()) return std::move(closed).open(ways_.open(*method));
  // A key without its database is a loss to be told, not a place for a new profile.
  if (!ways_.create || has_key) {
    throw Problem{ExitCode::unexpected, std::string{"This profile's database is "} +
                                            (cut ? "empty" : "damaged") +
                                            "; nothing was changed. Put a copy of " +
                                            profile_.folder().string() + " back."};
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  auto vault = std::move(closed).create(ways_.create(), now);
  settle_key_file(profile_.key_file());
  return vault;
}

Descriptor Gate::connect() const {
  const SocketName name{profile_};
  Descriptor stream{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!stream) throw Problem{ExitCode::unexpected, std::string{"No socket: "} + strerror(errno)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.path().copy(address.sun_path, sizeof address.sun_path - 1);
  // Not blocking: with the owner busy or ending, we would rather try for the lock again.
  if (::connect(stream.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return {};
  }
  return stream;
}

}  // namespace bisik::client
