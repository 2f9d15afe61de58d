#include "client/engine/newcomers.hpp"

#include <algorithm>

namespace bisik::client {

void Newcomers::look(Step& step, CommandId command, std::vector<std::string> names,
                     milliseconds patience, std::function<void(Step&)> then) {
  if (knows_all(names)) return then(step);
  begin(step, {.command = command,
               .names = std::move(names),
               .deadline = step.now() + patience,
               .then = std::move(then)});
}

void Newcomers::look_for_anybody(Step& step, CommandId command, milliseconds patience,
                                 std::function<void(Step&)> then) {
  begin(step, {.command = command,
               .names = {},
               .deadline = step.now() + patience,
               .then = std::move(then)});
}

void Newcomers::begin(Step& step, Look look) {
  if (!state_.joined() || state_.is_gone()) return look.then(step);
  const auto command = look.command;
  looks_.push_back(std::move(look));
  if (mailbox_.drained(step.now())) return;
  proto::pb::Request ping;
  ping.mutable_ping();
  mailbox_.ask(step, std::move(ping),
               [this, command](Step&, const proto::pb::Response*,
                               const std::optional<proto::pb::Failure>& unreachable) {
                 for (auto& each : looks_) {
                   if (each.command == command) each.unreachable = unreachable.has_value();
                 }
               });
}

void Newcomers::cancel(CommandId command) {
  std::erase_if(looks_, [=](const Look& look) { return look.command == command; });
}

void Newcomers::pump(Step& step, bool drained) {
  std::vector<std::function<void(Step&)>> over;
  std::erase_if(looks_, [&](Look& look) {
    if (!is_over(look, step.now(), drained)) return false;
    over.push_back(std::move(look.then));
    return true;
  });
  for (const auto& then : over) then(step);
}

bool Newcomers::is_over(const Look& look, Time now, bool drained) {
  return drained || look.unreachable || look.deadline <= now || state_.is_gone() ||
         (look.names && knows_all(*look.names));
}

bool Newcomers::knows_all(const std::vector<std::string>& names) {
  return std::ranges::all_of(names, [this](const std::string& name) {
    return state_.contacts.find_chat(name) != nullptr;
  });
}

std::optional<Time> Newcomers::wake_at() const {
  const auto first = std::ranges::min_element(looks_, {}, &Look::deadline);
  return first == looks_.end() ? std::nullopt : std::optional{first->deadline};
}

}  // namespace bisik::client
