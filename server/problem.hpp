// What ends the program: one sentence for the person and the exit code that goes with it. Thrown
// where the environment or the person is at fault, caught in main.
#pragma once

#include <stdexcept>
#include <string>

#include "storage/error.hpp"

namespace bisik::server {

// A contract with scripts (docs/operations.md).
enum class Exit : int {
  done = 0,
  user = 1,        // the person can fix it
  unexpected = 2,  // disk, database, or a defect
  relay = 3,       // network
};

class Problem : public std::runtime_error {
 public:
  Problem(Exit code, const std::string& sentence) : std::runtime_error{sentence}, code_{code} {}

  [[nodiscard]] Exit code() const noexcept { return code_; }

 private:
  Exit code_;
};

// What a person is told when the database fails.
[[nodiscard]] Problem to_problem(const storage::StorageError& error);

}  // namespace bisik::server
