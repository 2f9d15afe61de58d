// Another program that this one starts: for the demonstration, which types real commands.
// Its standard output is read here, its standard error is ours or read along. A child that is still
// there when this goes is ended.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "client/descriptor.hpp"

namespace bisik::client {

class Child {
 public:
  // argv[0] is a path. `environment`: "NAME=value", in place of ours of these names.
  // Throws Problem if it cannot be started.
  Child(const std::vector<std::string>& argv, const std::vector<std::string>& environment);
  Child(Child&& other) noexcept;
  ~Child();

  // The next line of its output, without its end. Nothing: the output ended or `patience` is over.
  [[nodiscard]] std::optional<std::string> line(std::chrono::seconds patience);
  // Waits for its end; its exit code, or 128 + the signal that killed it.
  [[nodiscard]] int wait();
  // Asks it to end, and waits.
  void end();

 private:
  pid_t pid_ = -1;
  Descriptor output_;
  std::string read_;
};

}  // namespace bisik::client
