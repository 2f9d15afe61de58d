// What a device that has got its place in an account, by linking or from a backup, does before it
// can be written to: it makes its mailbox and knock queue, publishes its keys and says hello to the
// account's other devices; a restored one to the contacts too. All of it may be repeated, and what
// a process did not finish goes on at the next start.
#pragma once

#include "client/engine/copies.hpp"
#include "client/engine/mailbox.hpp"
#include "client/engine/repairs.hpp"

namespace bisik::client {

class DeviceSetUp {
 public:
  DeviceSetUp(State& state, Mailbox& mailbox, Copies& copies, Outgoing& outgoing, Repairs& repairs)
      : state_{state}, mailbox_{mailbox}, copies_{copies}, outgoing_{outgoing}, repairs_{repairs} {}

  // The command is told how it ends: WhoAmI, or why not now.
  void watch(CommandId command) { command_ = command; }
  void cancel(CommandId command);

  void pump(Step& step);
  [[nodiscard]] bool any() const noexcept { return command_.has_value(); }
  [[nodiscard]] std::optional<Time> wake_at(Time now) const;

 private:
  [[nodiscard]] bool is_due() const;
  void ask(Step& step);
  void finish(Step& step, const proto::pb::Response* response,
              const std::optional<proto::pb::Failure>& unreachable);
  void greet_everybody(Step& step);

  State& state_;
  Mailbox& mailbox_;
  Copies& copies_;
  Outgoing& outgoing_;
  Repairs& repairs_;
  std::optional<CommandId> command_;
  bool asked_ = false;
  bool some_failed_ = false;  // of what was asked before the last
  Time not_before_{};
};

}  // namespace bisik::client
