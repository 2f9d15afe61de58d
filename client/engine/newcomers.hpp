// Whom this profile does not know may have joined by its link, or written, since it last looked:
// before a command says that there is no such contact, or who there is, what waits at the relay is
// read once.
#pragma once

#include <vector>

#include "client/engine/mailbox.hpp"

namespace bisik::client {

class Newcomers {
 public:
  Newcomers(State& state, Mailbox& mailbox) : state_{state}, mailbox_{mailbox} {}

  // `then`: all are known, or the relay had nothing, cannot be reached or takes longer than
  // `patience`. At once if nobody is missing.
  void look(Step& step, CommandId command, std::vector<std::string> names, milliseconds patience,
            std::function<void(Step&)> then);
  // The same for whoever there may be.
  void look_for_anybody(Step& step, CommandId command, milliseconds patience,
                        std::function<void(Step&)> then);
  void cancel(CommandId command);

  // `drained`: what the relay had is here.
  void pump(Step& step, bool drained);
  [[nodiscard]] bool any() const noexcept { return !looks_.empty(); }
  [[nodiscard]] std::optional<Time> wake_at() const;

 private:
  struct Look {
    CommandId command;
    std::optional<std::vector<std::string>> names;  // nothing: anybody
    Time deadline;
    std::function<void(Step&)> then;
    bool unreachable = false;
  };
  void begin(Step& step, Look look);
  [[nodiscard]] bool is_over(const Look& look, Time now, bool drained);
  [[nodiscard]] bool knows_all(const std::vector<std::string>& names);

  State& state_;
  Mailbox& mailbox_;
  std::vector<Look> looks_;
};

}  // namespace bisik::client
