#include "client/engine/own_list.hpp"

#include <algorithm>

#include "client/engine/sentences.hpp"

namespace bisik::client {
namespace {

using proto::pb::Bundles;
using proto::pb::Failure;
using proto::pb::Response;

bool is_known(const Identity& identity, const proto::pb::ListState& told) {
  if (told.sequence() != identity.list_sequence) return told.sequence() < identity.list_sequence;
  return told.hash() == crypto::as_text(identity.list_hash());
}

}  // namespace

LineKey OwnList::line_key() const { return {LinePurpose::own_fetches, state_.identity->relay}; }

Contact& OwnList::own() { return state_.contacts.all().at(state_.identity->id()); }

void OwnList::look(Step& step, CommandId command, OnSeen on_seen) {
  looks_.push_back({command, std::move(on_seen)});
  begin(step);
}

void OwnList::accept(Step& step, CommandId command) {
  if (!state_.joined()) return step.fail(command, not_joined());
  const auto finish = [command](Step& later, const std::optional<Failure>& why_not) {
    if (why_not) return later.fail(command, *why_not);
    later.done(command);
  };
  looks_.push_back({command, finish, true});
  begin(step);
}

// Of those who ask at once the first begins.
void OwnList::begin(Step& step) {
  state_.lines.at(line_key()).hurry(step.now());
  if (!state_.identity->primary || raising_ || asked_) return;
  raising_ = true;
  rollback_.raise_again(step, [this](Step& later, const std::optional<Failure>& unreachable) {
    raising_ = false;
    if (unreachable) tell(later, unreachable, false);
  });
}

void OwnList::cancel(CommandId command) {
  std::erase_if(looks_, [=](const Look& look) { return look.command == command; });
}

void OwnList::load() {
  for (const auto& [account, contact] : state_.contacts.all()) {
    if (contact.row.has_suspected()) suspects_.emplace(account, 0);
  }
}

void OwnList::suspect(Step& step, Contact& contact, const proto::pb::ListState& told) {
  contact.row.set_trust_before(contact.row.trust());
  contact.row.set_trust(proto::pb::TRUST_CHANGED);
  *contact.row.mutable_suspected() = told;
  suspects_.emplace(contact.id, 0);
  if (looks_.empty() && step.now() >= look_again_) look(step, 0, [](Step&, const auto&) {});
}

void OwnList::before_send(Step& step, CommandId command, bool queued,
                          std::function<void(Step&)> then) {
  if (state_.is_gone()) return step.fail(command, was_removed());
  if (queued || !is_overdue(step)) return then(step);
  look(step, command,
       [=, this, then = std::move(then)](Step& later, const std::optional<Failure>& why_not) {
         if (state_.is_gone()) return later.fail(command, was_removed());
         if (why_not) return later.fail(command, list_not_seen(*why_not));
         then(later);
       });
}

bool OwnList::is_overdue(const Step& step) const {
  if (!state_.joined() || state_.identity->primary) return false;
  const auto seen = state_.contacts.all().at(state_.identity->id()).row.list_seen_ms();
  return step.has_passed(seen, kOwnListSeenWithin);
}

void OwnList::pump(Step& step) {
  if (!state_.joined() || state_.contacts.find(state_.identity->id()) == nullptr) return;
  hear_of_registration(step);
  const bool doubts = !suspects_.empty() || own().row.restored();
  if (doubts && looks_.empty() && step.now() >= look_again_ &&
      state_.lines.at(*mailbox_.line_key()).is_up()) {
    look(step, 0, [](Step&, const auto&) {});
  }
  if (looks_.empty() || asked_ || raising_) return;
  auto& line = state_.lines.at(line_key());
  if (line.is_up()) fetch(step, line);
}

// A relay that lets us read knows us; one that does not has perhaps been told that we are no more.
void OwnList::hear_of_registration(Step& step) {
  const auto registration = mailbox_.registration();
  const auto line = state_.lines.at(*mailbox_.line_key()).id();
  if (registration == Mailbox::Registration::unknown || line == heard_on_) return;
  heard_on_ = line;
  if (registration == Mailbox::Registration::refused) {
    return look(step, 0, [](Step&, const auto&) {});
  }
  if (!step.has_passed(own().row.list_seen_ms(), kNoteOwnListSeen)) return;
  own().row.set_list_seen_ms(step.now_ms());
  own().save(step);
}

void OwnList::fetch(Step& step, Line& line) {
  asked_ = true;
  const bool accepts = std::ranges::any_of(looks_, &Look::accepts);
  proto::pb::Request request;
  auto& operation = *request.mutable_fetch_bundle();
  operation.set_account(to_string(state_.identity->id().bytes));
  operation.set_after_sequence(accepts ? 0 : state_.identity->list_sequence);
  line.request(step, std::move(request),
               [this](Step& later, const Response* response) { fetched(later, response); });
}

void OwnList::fetched(Step& step, const Response* response) {
  asked_ = false;
  if (looks_.empty()) return;
  if (response == nullptr) {
    return tell(step, failure(LineEnd::unreachable, state_.identity->relay), false);
  }
  if (response->status() != proto::pb::STATUS_OK || !response->has_bundles()) {
    return tell(step, failure(*response), false);
  }
  judge(step, response->bundles());
}

void OwnList::judge(Step& step, const Bundles& bundles) {
  auto& contact = own();
  if (std::ranges::any_of(looks_, &Look::accepts)) {
    if (const auto why = take_any(step, bundles)) return tell(step, why, true);
    contact.row.set_trust(proto::pb::TRUST_VERIFIED);
  }
  // The relay's answer to it was lost.
  const auto& next = state_.identity->next_device_list;
  for (const auto& list : bundles.device_lists()) {
    if (!next.empty() && list == crypto::as_text(next)) state_.list_published(step, next);
  }
  const auto learned = learn_devices(step, state_, contact, bundles, false);
  const bool is_alarm = !learned && learned.error() == crypto::Errc::conflicting;
  if (is_alarm && contact.row.trust() != proto::pb::TRUST_CHANGED) {
    contact.row.set_trust(proto::pb::TRUST_CHANGED);
    contact.save(step);
    listeners_.alarm(step, contact);
  }
  if (is_alarm) return tell(step, failure(Exit::trust, foreign_own_list()), true);
  if (!learned) return tell(step, bad_keys("this account", learned.error()), true);
  contact.row.set_list_seen_ms(step.now_ms());
  contact.save(step);
  listeners_.learned(step, contact, *learned);
  tell(step, contact.row.gone() ? std::optional{was_removed()} : std::nullopt, true);
}

// Whatever was known before. Only what is behind it is not taken: its sequences would come again.
std::optional<Failure> OwnList::take_any(Step& step, const Bundles& bundles) {
  auto& identity = *state_.identity;
  const auto list = newest_list(std::nullopt, identity.account_key, bundles);
  if (!list) return bad_keys("this account", list.error());
  if (list->sequence() < identity.list_sequence) {
    return bad_keys("this account", crypto::Errc::not_newer);
  }
  const auto* record = list->find(identity.device.number());
  if (record == nullptr || *record != identity.device.record) return was_removed();
  identity.last_number = std::max(identity.last_number, highest_number(bundles));
  identity.take_list(step, *list);
  return std::nullopt;
}

void OwnList::tell(Step& step, const std::optional<Failure>& why_not, bool answered) {
  look_again_ = step.now() + kAskForOwnKeysAgain;
  for (const auto& look : std::exchange(looks_, {})) look.on_seen(step, why_not);
  if (!suspects_.empty()) resolve_suspects(step, answered);
}

// While the relay cannot be reached nothing is known, and the contact will say the same again. A
// relay that brings cells and keeps its lists back is not waited for without end.
void OwnList::resolve_suspects(Step& step, bool answered) {
  const bool is_there = state_.lines.at(*mailbox_.line_key()).is_up();
  const auto suspects = std::exchange(suspects_, {});
  for (const auto& [account, looks] : suspects) {
    auto* contact = state_.contacts.find(account);
    if (contact == nullptr || !contact->row.has_suspected()) continue;  // settled by the person
    const int so_far = looks + (!answered && is_there ? 1 : 0);
    const bool known = is_known(*state_.identity, contact->row.suspected());
    if (!known && !answered && so_far < kLooksForOwnList) {
      suspects_.emplace(account, so_far);
      continue;
    }
    contact->row.clear_suspected();
    if (known) contact->row.set_trust(contact->row.trust_before());
    contact->save(step);
    (known ? listeners_.cleared : listeners_.suspected)(step, *contact);
  }
}

void OwnList::line_failed(Step& step, const LineKey& key, LineEnd why) {
  if (!state_.identity || looks_.empty() || raising_ || key != line_key()) return;
  tell(step, failure(why, key.relay), false);
}

void OwnList::add_wanted(Lines::Wanted& wanted) const {
  if (!looks_.empty() && !raising_) wanted.insert(line_key());
}

std::optional<Time> OwnList::wake_at(Time now) const {
  if (suspects_.empty() || !looks_.empty() || look_again_ <= now) return std::nullopt;
  return look_again_;
}

}  // namespace bisik::client
