// A relay as a process of its own, to be ended in every way.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "server/descriptor.hpp"

namespace bisik::server::trouble {

struct RelayProgram {
  std::filesystem::path program;
  std::filesystem::path data;
  std::vector<std::string> environment = {};  // NAME=value, besides ours
};

class StartedRelay {
 public:
  // Serves when this returns, on a free loopback port. It ends with us, whatever ends us.
  // std::runtime_error, with what it has said, where it does not start.
  explicit StartedRelay(const RelayProgram& program);
  StartedRelay(const StartedRelay&) = delete;
  StartedRelay& operator=(const StartedRelay&) = delete;
  ~StartedRelay();  // by SIGKILL if it still runs

  void send(int signal) const;
  // Waits for its end: the exit code, or the number of the signal that ended it, negative.
  int end();
  int stop() {
    send(SIGTERM);
    return end();
  }
  // What it has said on stderr; once it has ended.
  [[nodiscard]] std::string errors() const;

 private:
  Descriptor errors_;
  Descriptor output_;  // held open: nobody reads it, and there is room for its few lines
  pid_t pid_ = 0;
};

}  // namespace bisik::server::trouble
