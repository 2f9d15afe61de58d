// What ends a command: one sentence for the person and the exit code that goes with it. Thrown
// where the environment or the person is at fault, caught in main.
#pragma once

#include <stdexcept>
#include <string>

namespace bisik::client {

// A contract with scripts (docs/scripting.md).
enum class ExitCode : int {
  done = 0,
  user = 1,        // the person can fix it
  unexpected = 2,  // disk, database, or a defect
  relay = 3,       // relay or network
  untrusted = 4,   // a key is not the one that was trusted
  rate = 5,        // too much; try later
  refused = 6,     // the relay or the other side said no
  conflict = 7,    // an idempotency key that names another message
};

class Problem : public std::runtime_error {
 public:
  Problem(ExitCode code, const std::string& sentence) : std::runtime_error{sentence}, code_{code} {}

  [[nodiscard]] ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

}  // namespace bisik::client
