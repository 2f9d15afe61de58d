// The parts of one engine, in the order in which they need each other, and what passes between
// them. engine.cpp hands them the events, dispatch.cpp the commands.
#pragma once

#include "client/engine/backup_writing.hpp"
#include "client/engine/deleting.hpp"
#include "client/engine/device_joining.hpp"
#include "client/engine/device_linking.hpp"
#include "client/engine/engine.hpp"
#include "client/engine/joining.hpp"
#include "client/engine/moving.hpp"
#include "client/engine/newcomers.hpp"
#include "client/engine/own_list.hpp"
#include "client/engine/own_news.hpp"
#include "client/engine/people.hpp"
#include "client/engine/questions.hpp"
#include "client/engine/receipt_commands.hpp"
#include "client/engine/restoring.hpp"
#include "client/engine/rollback.hpp"
#include "client/engine/send_commands.hpp"
#include "client/engine/upkeep.hpp"

namespace bisik::client {

struct Engine::Parts {
  explicit Parts(const RowSource& rows);

  void dispatch(Step& step, CommandId command, const proto::pb::ApiRequest& request);
  // False: nothing is pushed on such a line.
  bool push(Step& step, const LineKey& key, const proto::pb::Cell& cell);
  // After every event: whatever can be done now is done, and the lines follow what is wanted.
  Effects conclude(Step&& step);

  State state;
  Outgoing outgoing;
  Copies copies;
  Readers readers;
  Repairs repairs;
  SendCommands sends;
  Successors successors;
  Amendments amendments;
  Incoming incoming;
  Mailbox mailbox;
  Newcomers newcomers;
  Upkeep upkeep;
  Rollback rollback;
  OwnList own_list;
  Joining joining;
  Moving moving;
  Questions questions;
  WriteSecrets secrets;
  People people;
  ReceiptCommands receipts;
  Deleting deleting;
  OwnNews own_news;
  DeviceLinking linking;
  DeviceSetUp set_up;
  DeviceJoining device_joining;
  Takeover takeover;
  Restoring restoring;
  BackupWriting backup;
  std::optional<Time> wake_at;

 private:
  void dispatch_rest(Step& step, CommandId command, const proto::pb::ApiRequest& request);
  void send(Step& step, CommandId command, proto::pb::SendCommand request);
  void receive(Step& step, CommandId command, const proto::pb::ReceiveCommand& request);
  // A command about this person.
  void ask_about(Step& step, CommandId command, const std::string& name,
                 std::function<void(Step&)> then);
  // One about whoever there is; where nobody could be looked for, that is said.
  void ask_about_all(Step& step, CommandId command, bool look, std::function<void(Step&)> then);

  void hand_out(Step& step);
  [[nodiscard]] bool reads() const;
  // Why nothing is heard from the relay now, if nothing is.
  [[nodiscard]] std::optional<proto::pb::Failure> why_deaf() const;
  [[nodiscard]] bool drained(Time now) const;
  [[nodiscard]] OwnList::Listeners own_list_listeners();
  void renew_list(Step& step);
  void settle(Step& step, const Outcome& outcome);
  void kept(Step& step, Contact& contact, proto::pb::MessageRow row);
  void further(Step& step, const Outcome& outcome) const;
  void learned(Step& step, Contact& contact, const DeviceChanges& changes);
  void alarm(Step& step, Contact& contact);
  void tell_contacts(Step& step);

  [[nodiscard]] std::optional<Time> next_wake(Time now) const;
  [[nodiscard]] Lines::Wanted wanted(Time now) const;
};

}  // namespace bisik::client
