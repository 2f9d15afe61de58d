// Hands a message to a program: started anew for each, without a shell, with the message on its
// standard input. Exit 0 is success. What it prints goes to our standard error.
//
// It is a process group of its own. After its deadline that is asked to end, and killed
// kErrandEnds later; it is killed with us, if we are.
#pragma once

#include "client/hook/errand.hpp"

namespace bisik::client {

class ProgramRuns final : public Errands {
 public:
  // argv[0] is looked for in PATH if it has no slash. `environment`: "NAME=value", in place of ours
  // of these names. Problem: there is no such program.
  ProgramRuns(std::vector<std::string> argv, const std::vector<std::string>& environment);

  [[nodiscard]] std::unique_ptr<Errand> begin(const std::string& json,
                                              Errand::Clock::time_point deadline) override;

 private:
  std::string path_;
  std::vector<std::string> argv_;
  std::vector<std::string> environment_;
};

}  // namespace bisik::client
