// `send`: the commands that wait for the relay to have their messages, with the state of each
// recipient. A send that could not be confirmed may be repeated for a while without being doubled,
// and one with an idempotency key for longer (send_commands_again.cpp).
#pragma once

#include "client/engine/about_message.hpp"
#include "client/engine/outgoing.hpp"

namespace bisik::client {

class SendCommands {
 public:
  SendCommands(State& state, Outgoing& outgoing) : state_{state}, outgoing_{outgoing} {}

  void load(Step& step);
  void start(Step& step, CommandId command, const proto::pb::SendCommand& request);
  void settle(Step& step, const Outcome& outcome);
  // A contact goes: whoever waits for a message to it is told that it was not sent.
  void forget(Step& step, const crypto::AccountId& account);
  // The messages of `from` are those of `to` now, with numbers higher by so much.
  void renumber(Step& step, const crypto::AccountId& from, const crypto::AccountId& to,
                std::uint64_t shift);
  void expire(Step& step);
  void cancel(Step& step, CommandId command);
  [[nodiscard]] bool any() const noexcept { return !waiting_.empty(); }
  [[nodiscard]] std::optional<Time> wake_at() const;

 private:
  struct Waiting {
    CommandId command;
    Time deadline;
    proto::pb::Sent sent;
    std::vector<std::pair<crypto::AccountId, std::uint64_t>> messages;  // as sent.recipients
    [[nodiscard]] bool over() const;
  };
  [[nodiscard]] std::optional<proto::pb::Failure> hindrance(const Contact& contact) const;
  [[nodiscard]] std::optional<proto::pb::Failure> why_not_written_to(const Contact& contact) const;
  [[nodiscard]] std::variant<AboutFound, proto::pb::Failure> about(
      const Contact& contact, const proto::pb::AboutMessage& wanted) const;
  [[nodiscard]] static proto::pb::MessageRow new_row(const Step& step, const Contact& contact,
                                                     const proto::pb::SendCommand& request,
                                                     const proto::pb::Reference& reference);
  void send_to(Step& step, Waiting& waiting, const std::string& name,
               const proto::pb::SendCommand& request);
  [[nodiscard]] static bool is_planned(const Step& step, const proto::pb::SendCommand& request);
  // A person chose the key, or a script: it may be one that was used before.
  [[nodiscard]] static bool has_chosen_key(const proto::pb::SendCommand& request);
  [[nodiscard]] std::optional<proto::pb::Failure> conflict(
      const proto::pb::SendCommand& request) const;
  // The number of the message that this key names.
  [[nodiscard]] std::optional<std::uint64_t> keyed(const Contact& contact,
                                                   const std::string& key) const;
  [[nodiscard]] std::optional<proto::pb::MessageRow> row_of_ours(const Contact& contact,
                                                                 std::uint64_t number) const;
  [[nodiscard]] std::optional<std::uint64_t> repeated(const Step& step, const Contact& contact,
                                                      const proto::pb::SendCommand& request) const;
  [[nodiscard]] bool awaited(const crypto::AccountId& account, std::uint64_t number) const;
  void adopt(Step& step, Waiting& waiting, Contact& contact, std::uint64_t number,
             const proto::pb::SendCommand& request);
  void try_again(Step& step, Contact& contact, proto::pb::MessageRow row,
                 const proto::pb::SendCommand& request);
  using MessageName = std::pair<crypto::AccountId, std::uint64_t>;
  void settle_unseen(Step& step, const Outcome& outcome);
  void doubt(Step& step, const MessageName& message);
  void be_sure(Step& step, const MessageName& message);
  void give_up(Step& step, Waiting& waiting);
  void finish(Step& step, Waiting& waiting);

  State& state_;
  Outgoing& outgoing_;
  std::vector<Waiting> waiting_;
  // Not confirmed to whoever sent them, and since when.
  std::map<MessageName, Time> uncertain_;
};

}  // namespace bisik::client
