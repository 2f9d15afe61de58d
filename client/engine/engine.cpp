#include "client/engine/engine.hpp"

#include "client/engine/backup_writing.hpp"
#include "client/engine/device_joining.hpp"
#include "client/engine/device_linking.hpp"
#include "client/engine/joining.hpp"
#include "client/engine/moving.hpp"
#include "client/engine/own_list.hpp"
#include "client/engine/own_news.hpp"
#include "client/engine/people.hpp"
#include "client/engine/questions.hpp"
#include "client/engine/restoring.hpp"
#include "client/engine/rollback.hpp"
#include "client/engine/send_commands.hpp"
#include "client/engine/sentences.hpp"
#include "client/engine/upkeep.hpp"
#include "proto/frame.hpp"

namespace bisik::client {

using proto::pb::ApiRequest;

// The parts in the order in which they need each other.
struct Engine::Parts {
  Parts(const RowSource& rows)
      : state{rows},
        outgoing{state, [this](Step& step, const Outcome& outcome) { settle(step, outcome); },
                 [this](auto& step, auto& who, auto& row) { readers.kept(step, who, row); },
                 [this](auto& step, auto& who, auto& changes) { learned(step, who, changes); },
                 [this](Step& step, const Contact& contact) { alarm(step, contact); }},
        copies{state, outgoing.fetches()},
        readers{state},
        repairs{state, outgoing, readers, copies, [this](Step& step) { rollback.found_out(step); }},
        sends{state, outgoing},
        successors{state, outgoing, readers, sends, copies, [this] { backup.interrupt(); }},
        incoming{state,
                 outgoing,
                 readers,
                 copies,
                 repairs,
                 successors,
                 [this](auto& step, auto device, auto& said) { own_news.take(step, device, said); },
                 [this](auto& step, auto& who, auto& told) { own_list.suspect(step, who, told); }},
        mailbox{state, incoming},
        upkeep{state, mailbox, repairs, [this](Step& step) { renew_list(step); }},
        rollback{state, mailbox, repairs, readers, upkeep, copies},
        own_list{state, mailbox, rollback, own_list_listeners()},
        joining{state, mailbox, outgoing, readers, copies},
        moving{state, joining, outgoing, copies},
        questions{state, outgoing, readers, mailbox, copies, repairs, rollback},
        secrets{state, mailbox, copies},
        people{state, outgoing, readers, sends, secrets, copies, repairs, successors},
        own_news{state,
                 readers,
                 copies,
                 people,
                 secrets,
                 successors,
                 moving,
                 [this](Step& step, crypto::DeviceNumber device) {
                   linking.welcomed(step, device);
                   tell_contacts(step);
                 }},
        linking{state, mailbox, own_list, [this](Step& step) { tell_contacts(step); }},
        set_up{state, mailbox, copies, outgoing, repairs},
        device_joining{state, set_up},
        takeover{state, mailbox, set_up},
        restoring{state, takeover},
        backup{state} {}

  OwnList::Listeners own_list_listeners() {
    return {
        .learned = [this](auto& step, auto& own, auto& changes) { learned(step, own, changes); },
        .alarm = [this](auto& step, auto& own) { readers.notice(step, own, foreign_own_list()); },
        .suspected = [this](auto& step, auto& who) { incoming.alarm_of_ours(step, who); },
        .cleared = [this](auto& step, auto& who) { readers.contact_changed(step, who); }};
  }

  void renew_list(Step& step) {
    own_list.look(step, 0, [this](Step& later, const std::optional<proto::pb::Failure>& why_not) {
      if (!why_not) upkeep.renew_list(later);
    });
  }

  void send(Step& step, CommandId command, const proto::pb::SendCommand& request) {
    own_list.before_send(step, command, request.queue(),
                         [=, this](Step& later) { sends.start(later, command, request); });
  }

  void settle(Step& step, const Outcome& outcome) {
    sends.settle(step, outcome);
    if (outcome.state == proto::pb::MESSAGE_STATE_RELAY) {
      copies.message(step, outcome.account, outcome.number);
    }
    // What only waits longer has not changed for those who watch.
    if (outcome.state != proto::pb::MESSAGE_STATE_UNCONFIRMED) readers.state_changed(step, outcome);
  }

  void learned(Step& step, Contact& contact, const DeviceChanges& changes) {
    incoming.learned(step, contact);
    if (contact.is_own()) {
      secrets.devices_learned();
      if (contact.row.gone()) outgoing.halt_all(step, was_removed());
      return copies.devices_learned(step);
    }
    const auto& name = contact.row.name();
    for (const auto one : changes.added) readers.notice(step, contact, new_device(name, one));
    for (const auto one : changes.removed) readers.notice(step, contact, device_removed(name, one));
  }

  void alarm(Step& step, const Contact& contact) {
    if (contact.is_own()) return own_list.look(step, 0, [](Step&, const auto&) {});
    readers.notice(step, contact, two_histories(contact.row.name()));
    readers.contact_changed(step, contact);
  }

  // Of the new list: what they write from now on goes to the new device too.
  void tell_contacts(Step& step) {
    for (auto& [account, contact] : state.contacts.all()) {
      if (contact.is_own() || !contact.may_be_written_to()) continue;
      contact.row.set_greeted(false);
      contact.save(step);
      outgoing.greet(contact);
    }
  }

  // False: nothing is pushed on such a line.
  bool push(Step& step, const LineKey& key, const proto::pb::Cell& cell) {
    if (key.purpose == LinePurpose::rendezvous) {
      device_joining.push(step, cell);
    } else if (key.purpose != LinePurpose::own) {
      return false;
    } else if (linking.reads(cell.queue())) {
      linking.push(step, cell);
    } else {
      mailbox.push(step, cell);
      rollback.arrived(step, cell);
    }
    return true;
  }

  void dispatch(Step& step, CommandId command, const ApiRequest& request);
  void dispatch_rest(Step& step, CommandId command, const ApiRequest& request);

  // After every event: whatever can be done now is done, and the lines follow what is wanted.
  Effects conclude(Step&& step) {
    // Twice: an ended line (a slow relay, a dead peer) leaves work for the parts.
    for (int round = 0; round < 2; ++round) {
      sends.expire(step);
      readers.expire(step, mailbox.drained(step.now()) && !incoming.waits_for_a_list(step.now()),
                     state.is_gone() ? std::optional{was_removed()} : mailbox.unreachable());
      outgoing.pump(step);
      copies.pump(step);
      linking.pump(step);
      device_joining.pump(step);
      rollback.pump(step);
      own_list.pump(step);
      takeover.pump(step);
      set_up.pump(step);
      upkeep.pump(step);
      secrets.pump(step);
      mailbox.pump(step, readers.any() || linking.any());
      state.lines.maintain(step, wanted(step.now()));
    }
    wake_at = next_wake(step.now());
    return std::move(step).take();
  }

  [[nodiscard]] std::optional<Time> next_wake(Time now) const {
    std::optional<Time> earliest;
    for (const auto& time :
         {sends.wake_at(), readers.wake_at(), mailbox.wake_at(now), outgoing.wake_at(now),
          copies.wake_at(now), linking.wake_at(), device_joining.wake_at(now),
          takeover.wake_at(now), set_up.wake_at(now), upkeep.wake_at(), secrets.wake_at(now),
          repairs.wake_at(), own_list.wake_at(now), state.lines.wake_at(wanted(now))}) {
      if (time && (!earliest || *time < *earliest)) earliest = time;
    }
    return earliest;
  }

  [[nodiscard]] Lines::Wanted wanted(Time now) const {
    Lines::Wanted lines;
    outgoing.add_wanted(lines, now);
    copies.add_wanted(lines, now);
    device_joining.add_wanted(lines);
    takeover.add_wanted(lines);
    own_list.add_wanted(lines);
    if (mailbox.wants_line(readers.any() || linking.any())) lines.insert(*mailbox.line_key());
    return lines;
  }

  State state;
  Outgoing outgoing;
  Copies copies;
  Readers readers;
  Repairs repairs;
  SendCommands sends;
  Successors successors;
  Incoming incoming;
  Mailbox mailbox;
  Upkeep upkeep;
  Rollback rollback;
  OwnList own_list;
  Joining joining;
  Moving moving;
  Questions questions;
  WriteSecrets secrets;
  People people;
  OwnNews own_news;
  DeviceLinking linking;
  DeviceSetUp set_up;
  DeviceJoining device_joining;
  Takeover takeover;
  Restoring restoring;
  BackupWriting backup;
  std::optional<Time> wake_at;
};

Engine::Engine(const RowSource& rows) : parts_{std::make_unique<Parts>(rows)} {}
Engine::~Engine() = default;

Effects Engine::start(Now now) {
  Step step{now};
  parts_->restoring.load(step);
  parts_->outgoing.load(step);
  parts_->rollback.load();
  parts_->sends.load(step);
  parts_->copies.load(step);
  parts_->incoming.load();
  parts_->own_list.load();
  return parts_->conclude(std::move(step));
}

Effects Engine::command(CommandId command, const ApiRequest& request, Now now) {
  Step step{now};
  parts_->dispatch(step, command, request);
  return parts_->conclude(std::move(step));
}

void Engine::Parts::dispatch(Step& step, CommandId command, const ApiRequest& request) {
  switch (request.command_case()) {
    case ApiRequest::kJoin:
      if (device_joining.any()) return step.fail(command, is_being_linked());
      return joining.join(step, command, request.join());
    case ApiRequest::kInvite:
      return joining.invite(step, command, request.invite());
    case ApiRequest::kAdd:
      return joining.add(step, command, request.add());
    case ApiRequest::kContacts:
      return questions.contacts(step, command);
    case ApiRequest::kWhoAmI:
      return questions.who_am_i(step, command, request.who_am_i());
    case ApiRequest::kVerify:
      return questions.verify(step, command, request.verify());
    case ApiRequest::kSend:
      return send(step, command, request.send());
    case ApiRequest::kReceive:
      if (!state.joined()) return step.fail(command, not_joined());
      if (const auto key = mailbox.line_key()) state.lines.at(*key).hurry(step.now());
      return readers.start(step, command, request.receive());
    case ApiRequest::kAck:
      return readers.acknowledge(step, command, request.ack());
    case ApiRequest::kHistory:
      return questions.history(step, command, request.history());
    case ApiRequest::kOutbox:
      return questions.outbox(step, command);
    case ApiRequest::kOutboxCancel:
      return questions.outbox_cancel(step, command, request.outbox_cancel());
    case ApiRequest::kStatus:
      return questions.status(step, command);
    case ApiRequest::kRequests:
      return people.requests(step, command);
    case ApiRequest::kAccept:
      return people.accept(step, command, request.accept());
    case ApiRequest::kRemove:
      return people.remove(step, command, request.remove());
    case ApiRequest::kBlock:
      return people.block(step, command, request.block());
    case ApiRequest::kLink:
      return device_joining.link(step, command, request.link());
    case ApiRequest::kApprove:
      return linking.approve(step, command, request.approve());
    case ApiRequest::kConfirmDigits:
      return linking.confirm(step, command, request.confirm_digits());
    case ApiRequest::kAcceptLink:
      return device_joining.accept(step, command);
    case ApiRequest::kDevices:
      return linking.devices(step, command);
    case ApiRequest::kAcceptDevices:
      return own_list.accept(step, command);
    case ApiRequest::kRemoveDevice:
      return linking.remove(step, command, request.remove_device());
    case ApiRequest::kRepair:
      return people.repair(step, command, request.repair());
    default:
      return dispatch_rest(step, command, request);
  }
}

void Engine::Parts::dispatch_rest(Step& step, CommandId command, const ApiRequest& request) {
  switch (request.command_case()) {
    case ApiRequest::kBackup:
      return backup.begin(step, command);
    case ApiRequest::kBackupPart:
      return backup.next(step, command, request.backup_part().backup());
    case ApiRequest::kRestore:
      return restoring.begin(step, command, request.restore());
    case ApiRequest::kRestorePart:
      return restoring.part(step, command, request.restore_part());
    case ApiRequest::kRestoreEnd:
      return restoring.end(step, command, request.restore_end());
    case ApiRequest::kLimits:
      return questions.limits(step, command);
    case ApiRequest::kSuccessor:
      return moving.succeed(step, command, request.successor());
    case ApiRequest::kMove:
      return moving.move(step, command, request.move());
    default:
      break;
  }
  step.fail(command, failure(Exit::unexpected, "This bisik does not know that command."));
}

Effects Engine::cancel(CommandId command, Now now) {
  Step step{now};
  parts_->readers.cancel(command);
  parts_->sends.cancel(step, command);
  parts_->own_list.cancel(command);
  parts_->linking.cancel(command);
  parts_->device_joining.cancel(command);
  parts_->takeover.cancel(command);
  parts_->set_up.cancel(command);
  return parts_->conclude(std::move(step));
}

Effects Engine::line_up(LineId id, const LineFacts& facts, Now now) {
  Step step{now};
  if (auto* line = parts_->state.lines.find(id)) {
    line->up(facts, now.steady);
    if (line->key().purpose == LinePurpose::own) {
      parts_->mailbox.line_up(step, facts);
      parts_->upkeep.line_up();
    }
  }
  return parts_->conclude(std::move(step));
}

Effects Engine::line_down(LineId id, LineEnd why, Now now) {
  Step step{now};
  if (auto* line = parts_->state.lines.find(id)) {
    const bool was_up = line->is_up();
    line->down(step);
    if (line->key().purpose == LinePurpose::own) {
      parts_->mailbox.line_down(step, why, was_up);
    } else if (!was_up) {
      parts_->outgoing.line_failed(step, line->key(), why);
      parts_->device_joining.line_failed(step, line->key(), why);
      parts_->takeover.line_failed(step, line->key(), why);
      parts_->own_list.line_failed(step, line->key(), why);
    }
  }
  return parts_->conclude(std::move(step));
}

Effects Engine::frame(LineId id, crypto::ByteView frame, Now now) {
  Step step{now};
  if (auto* line = parts_->state.lines.find(id); line != nullptr && line->is_up()) {
    line->heard(now.steady);
    const auto message = proto::decode_from_relay(frame);
    const bool taken =
        message && (message->has_push()
                        ? parts_->push(step, line->key(), message->push())
                        : message->has_response() && line->response(step, message->response()));
    if (!taken) line->hang_up(step);  // a relay that breaks the protocol
  }
  return parts_->conclude(std::move(step));
}

Effects Engine::tick(Now now) {
  Step step{now};
  parts_->incoming.try_again(step);
  return parts_->conclude(std::move(step));
}

std::optional<Time> Engine::wake_at() const { return parts_->wake_at; }

bool Engine::idle(Time now) const {
  const auto& parts = *parts_;
  return !parts.sends.any() && !parts.state.lines.anything_unanswered() &&
         !parts.mailbox.wants_line(false) && parts.outgoing.settled(now) &&
         parts.copies.settled(now) && !parts.linking.any() && !parts.device_joining.any() &&
         !parts.takeover.any() && !parts.set_up.any() && !parts.own_list.any();
}

const crypto::DhKeyPair* Engine::network_key() const {
  const auto& identity = parts_->state.identity;
  return identity ? &identity->network_key : nullptr;
}

}  // namespace bisik::client
