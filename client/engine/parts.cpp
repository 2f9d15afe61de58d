#include "client/engine/parts.hpp"

#include "client/engine/sentences.hpp"

namespace bisik::client {

Engine::Parts::Parts(const RowSource& rows)
    : state{rows},
      outgoing{state, [this](Step& step, const Outcome& outcome) { settle(step, outcome); },
               [this](auto& step, auto& who, auto& row) { kept(step, who, row); },
               [this](auto& step, auto& who, auto& changes) { learned(step, who, changes); },
               [this](Step& step, Contact& contact) { alarm(step, contact); }},
      copies{state, outgoing.fetches()},
      readers{state, outgoing.owed_receipts(),
              [this](auto& step, auto& chat, auto number) { copies.read(step, chat, number); }},
      repairs{state, outgoing, readers, copies,
              [this](Step& step, auto witness, auto given_up_ms) {
                rollback.found_out(step, witness, given_up_ms);
              }},
      sends{state, outgoing},
      successors{state, outgoing, readers, sends, copies, [this] { backup.interrupt(); }},
      amendments{state, [this](Step& step, const Outcome& outcome) { further(step, outcome); }},
      incoming{state,
               outgoing,
               readers,
               copies,
               repairs,
               successors,
               amendments,
               [this](auto& step, auto device, auto& said) { own_news.take(step, device, said); },
               [this](auto& step, auto& who, auto& told) { own_list.suspect(step, who, told); }},
      mailbox{state, incoming},
      newcomers{state, mailbox},
      upkeep{state, mailbox, repairs, [this](Step& step) { renew_list(step); }},
      rollback{state, outgoing, mailbox, repairs, readers, upkeep, copies},
      own_list{state, mailbox, rollback, own_list_listeners()},
      joining{state, mailbox, outgoing, readers, copies},
      moving{state, joining, outgoing, copies},
      questions{state, outgoing, readers, mailbox, copies, repairs, rollback, own_list},
      secrets{state, mailbox, copies},
      people{state, outgoing, readers, sends, secrets, copies, repairs, successors},
      receipts{state, outgoing, readers, copies},
      deleting{state, amendments, readers},
      own_news{state,
               readers,
               copies,
               people,
               secrets,
               successors,
               moving,
               amendments,
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

OwnList::Listeners Engine::Parts::own_list_listeners() {
  return {.learned = [this](auto& step, auto& own, auto& changes) { learned(step, own, changes); },
          .alarm = [this](auto& step, auto& own) { readers.notice(step, own, foreign_own_list()); },
          .suspected = [this](auto& step, auto& who) { incoming.alarm_of_ours(step, who); },
          .cleared = [this](auto& step, auto& who) { readers.contact_changed(step, who); }};
}

void Engine::Parts::renew_list(Step& step) {
  own_list.look(step, 0, [this](Step& later, const std::optional<proto::pb::Failure>& why_not) {
    if (!why_not) upkeep.renew_list(later);
  });
}

void Engine::Parts::settle(Step& step, const Outcome& outcome) {
  sends.settle(step, outcome);
  if (outcome.state == proto::pb::MESSAGE_STATE_RELAY) {
    copies.message(step, outcome.account, outcome.number);
  }
  // What only waits longer has not changed for those who watch.
  if (outcome.state != proto::pb::MESSAGE_STATE_UNCONFIRMED) readers.state_changed(step, outcome);
}

// One of ours: what it says of another message holds from now on.
void Engine::Parts::kept(Step& step, Contact& contact, proto::pb::MessageRow row) {
  if (row.has_about()) {
    static_cast<void>(amendments.take(step, contact, row));
    state.save(step, row);
  }
  readers.kept(step, contact, row);
}

// As their receiver says, so that other devices hear it from him. Whoever waits for the relay goes
// on waiting: until that has answered, the cell is in the outbox.
void Engine::Parts::further(Step& step, const Outcome& outcome) const {
  readers.state_changed(step, outcome);
}

void Engine::Parts::learned(Step& step, Contact& contact, const DeviceChanges& changes) {
  incoming.learned(step, contact);
  if (contact.is_own()) {
    secrets.devices_learned();
    if (contact.row.gone()) outgoing.halt_all(step, was_removed());
    rollback.learned(step, changes);
    return copies.devices_learned(step);
  }
  readers.devices_changed(step, contact, changes);
}

void Engine::Parts::alarm(Step& step, Contact& contact) {
  if (contact.is_own()) return own_list.look(step, 0, [](Step&, const auto&) {});
  readers.notice(step, contact, two_histories(contact.row.name()));
  readers.contact_changed(step, contact);
  incoming.show_texts(step, contact);
}

// Of the new list: what they write from now on goes to the new device too.
void Engine::Parts::tell_contacts(Step& step) {
  for (auto& [account, contact] : state.contacts.all()) {
    if (contact.is_own() || !contact.may_be_written_to()) continue;
    contact.row.set_greeted(false);
    contact.save(step);
    outgoing.greet(contact);
  }
}

bool Engine::Parts::push(Step& step, const LineKey& key, const proto::pb::Cell& cell) {
  if (key.purpose == LinePurpose::rendezvous) {
    device_joining.push(step, cell);
  } else if (key.purpose != LinePurpose::own) {
    return false;
  } else if (linking.reads(cell.queue())) {
    linking.push(step, cell);
  } else {
    const bool is_new = mailbox.push(step, cell);
    rollback.arrived(step, cell, is_new);
  }
  return true;
}

Effects Engine::Parts::conclude(Step&& step) {
  // Twice: an ended line (a slow relay, a dead peer) leaves work for the parts.
  for (int round = 0; round < 2; ++round) {
    newcomers.pump(step, drained(step.now()));
    sends.expire(step);
    hand_out(step);
    readers.expire(step, drained(step.now()), why_deaf());
    incoming.pump(step);
    own_news.pump(step);
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
    mailbox.pump(step, reads());
    state.lines.maintain(step, wanted(step.now()), [this](const proto::RelayAddress& relay) {
      return state.may_be_private(relay);
    });
  }
  hand_out(step);
  wake_at = next_wake(step.now());
  return std::move(step).take();
}

bool Engine::Parts::reads() const { return readers.any() || linking.any() || newcomers.any(); }

void Engine::Parts::hand_out(Step& step) {
  readers.hand_out(step, mailbox.drained(step.now()) || why_deaf());
}

std::optional<proto::pb::Failure> Engine::Parts::why_deaf() const {
  return state.is_gone() ? std::optional{was_removed()} : mailbox.unreachable();
}

// What waited at the relay is here and shown.
bool Engine::Parts::drained(Time now) const {
  return mailbox.drained(now) && !incoming.waits_for_a_list(now);
}

std::optional<Time> Engine::Parts::next_wake(Time now) const {
  std::optional<Time> earliest;
  for (const auto& time :
       {sends.wake_at(), readers.wake_at(), mailbox.wake_at(now), outgoing.wake_at(now),
        copies.wake_at(now), linking.wake_at(), device_joining.wake_at(now), takeover.wake_at(now),
        set_up.wake_at(now), upkeep.wake_at(), secrets.wake_at(now), repairs.wake_at(),
        own_list.wake_at(now), incoming.wake_at(now), newcomers.wake_at(),
        state.lines.wake_at(wanted(now))}) {
    if (time && (!earliest || *time < *earliest)) earliest = time;
  }
  return earliest;
}

Lines::Wanted Engine::Parts::wanted(Time now) const {
  Lines::Wanted lines;
  outgoing.add_wanted(lines, now);
  copies.add_wanted(lines, now);
  device_joining.add_wanted(lines);
  takeover.add_wanted(lines);
  own_list.add_wanted(lines);
  if (mailbox.wants_line(reads())) lines.insert(*mailbox.line_key());
  return lines;
}

}  // namespace bisik::client
