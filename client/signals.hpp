// SIGINT and SIGTERM end a command cleanly, SIGWINCH redraws a chat. Handlers only note what came
// and wake up whoever polls fd(); system calls that block return with EINTR.
#pragma once

#include <stdexcept>

namespace bisik::client {

// The person wants the command to end.
class Interrupted : public std::runtime_error {
 public:
  explicit Interrupted(int signal) : std::runtime_error{"Interrupted."}, signal_{signal} {}
  [[nodiscard]] int signal() const noexcept { return signal_; }

 private:
  int signal_;
};

class Signals {
 public:
  // Once, at the beginning of main, before there is a second thread.
  static void install();
  // No signal is delivered to a thread that begins with this.
  static void block_in_this_thread();

  static void throw_if_interrupted();
  // The interruption is being obeyed: what is left to do may wait again. The next one kills.
  static void forget();
  // Readable when a signal came; drain() empties it.
  [[nodiscard]] static int fd();
  static void drain();
  // Whether the terminal's size changed since the last call.
  [[nodiscard]] static bool take_resized();
};

}  // namespace bisik::client
