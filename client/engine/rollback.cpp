#include "client/engine/rollback.hpp"

#include "client/engine/sentences.hpp"

namespace bisik::client {
namespace {

RowId epochs_id() { return {{}, 0}; }
RowId place_id() { return {{}, 1}; }

}  // namespace

void Rollback::load() {
  if (const auto row = state_.rows.get(RowKind::state_epoch, epochs_id())) {
    epochs_ = StateEpochs::read(*row);
  }
  if (const auto row = state_.rows.get(RowKind::state_epoch, place_id())) {
    const auto place = parse_row<proto::pb::MailboxPlaceRow>(*row);
    last_sequence_ = place.sequence();
    last_ms_ = place.received_ms();
    restored_ms_ = place.restored_ms();
    expired_ = place.expired();
    untold_ = place.untold();
  }
  for (const auto& [account, contact] : state_.contacts.all()) {
    const auto newest =
        state_.rows.range(RowKind::message, account.bytes, {.limit = 1, .newest_first = true});
    if (newest.empty()) continue;
    const auto row = parse_row<proto::pb::MessageRow>(newest.front().value);
    newest_ms_ = std::max(newest_ms_, row.received_ms());
  }
}

void Rollback::save_epochs(Step& step) const {
  step.put(RowKind::state_epoch, epochs_id(), epochs_->row());
}

void Rollback::save_place(Step& step) const {
  proto::pb::MailboxPlaceRow row;
  row.set_sequence(last_sequence_);
  row.set_received_ms(last_ms_);
  row.set_restored_ms(restored_ms_);
  row.set_expired(expired_);
  row.set_untold(untold_);
  step.put(RowKind::state_epoch, place_id(), row);
}

void Rollback::pump(Step& step) {
  note_end(step);
  if (is_answered_ || !state_.joined()) return;
  const auto& line = state_.lines.at(*mailbox_.line_key());
  if (!line.is_up() || line.id() == asked_on_) return;
  asked_on_ = line.id();
  if (!is_next_) begin_process(step);
  raise(step);
}

// Since the mailbox was read to its end last, or was made.
bool Rollback::may_have_expired(const Step& step) const {
  constexpr auto kExpiry = static_cast<std::uint64_t>(milliseconds{kNoCellExpiresWithin}.count());
  const auto made = milliseconds{state_.identity->device.record.created().time_since_epoch()};
  const auto since_ms = last_ms_ != 0 ? last_ms_ : static_cast<std::uint64_t>(made.count());
  return since_ms + kExpiry < step.now_ms();
}

// In a mailbox where nothing comes for weeks, what was missing later could have expired otherwise.
void Rollback::note_end(Step& step) {
  if (!mailbox_.has_all() || may_have_expired(step)) return;
  if (!step.has_passed(last_ms_, kNotedAgain)) return;
  last_ms_ = step.now_ms();
  save_place(step);
}

void Rollback::begin_process(Step& step) {
  is_next_ = true;
  if (!epochs_) epochs_ = StateEpochs::first();
  epochs_->advance();
  save_epochs(step);
}

void Rollback::raise_again(Step& step, Then then) {
  begin_process(step);
  raise(step, std::move(then));
}

void Rollback::raise(Step& step, Then then) {
  proto::pb::Request request;
  request.mutable_raise_state_epoch()->set_epoch(to_string(epochs_->ours().bytes));
  mailbox_.ask(step, std::move(request),
               [this, then = std::move(then)](Step& later, const proto::pb::Response* response,
                                              const auto& unreachable) {
                 answered(later, response);
                 if (then) then(later, unreachable);
               });
}

void Rollback::answered(Step& step, const proto::pb::Response* response) {
  if (response == nullptr || !response->has_state_epoch()) return;
  is_answered_ = true;
  if (!epochs_->go_above_foreign(crypto::as_bytes(response->state_epoch().epoch()))) return;
  save_epochs(step);
  raise(step);
  state_.key_ring.replace(step);
  upkeep_.hurry();
  doubt_own_list(step);
  any_arrived_ = true;  // a gap before what comes next tells nothing new
  restored(step);
}

// The other copy may have signed lists.
void Rollback::doubt_own_list(Step& step) {
  auto& own = state_.contacts.all().at(state_.identity->id());
  own.row.set_restored(true);
  own.save(step);
}

// Sequences of one mailbox follow each other without gaps, except where cells have expired. What is
// missing between two cells that this process has seen the relay has lost, or withholds. A relay
// can make such a gap, while it cannot make an epoch: so a gap costs sessions, which are begun
// anew, but no prekeys, without which what contacts have under way could not be read.
//
// Nor does a place that a relay has made up end this: one that no mailbox reaches is not taken, and
// what is new under a lower one than we know shows that this was not so.
void Rollback::arrived(Step& step, const proto::pb::Cell& cell, bool is_new) {
  if (cell.queue() != crypto::as_text(state_.identity->mailbox.id.bytes)) return;
  const bool is_behind = cell.sequence() <= last_sequence_;
  if (is_behind && !is_new) return;
  const auto missing = is_behind ? 0 : cell.sequence() - last_sequence_ - 1;
  if (missing > kMostCellsMissing) return;
  const bool gap = missing != 0;
  const bool expiry = may_have_expired(step);
  last_sequence_ = cell.sequence();
  last_ms_ = step.now_ms();
  if (gap && expiry) return expired(step, missing);
  save_place(step);
  const bool since_the_last_process = !std::exchange(any_arrived_, true);
  if (gap && since_the_last_process) restored(step);
}

// What they said the account's other devices know, if there are any.
void Rollback::expired(Step& step, std::uint64_t cells) {
  any_arrived_ = true;
  expired_ += cells;
  save_place(step);
  const bool asks = state_.identity->device_count > 1;
  readers_.notice(step, were_expired(cells, asks));
  if (asks) ask_own_devices(step);
}

// What this copy has sealed before anybody noticed was in sessions that may be too old for whoever
// got it even to ask: it goes again. The other copy may have changed the write secret, too, so that
// nobody may write any more whom this one tells the one that it knows.
void Rollback::restored(Step& step) {
  state_.replace_secret(step);
  state_.sessions.archive_all(step);
  for (auto& [account, contact] : state_.contacts.all()) {
    if (contact.is_own()) continue;
    contact.row.set_repairs(0);  // they have asked what this is a copy of
    outgoing_.forget_knock(step, contact);
    repairs_.begin(step, contact);
    repairs_.send_again(step, contact);
  }
  tell(step);
  ask_own_devices(step);
}

// A contact could say it without end, to keep us busy, or to have every conversation begun anew.
// Of a session that was given up before this was found out last, nothing new is said.
void Rollback::found_out(Step& step, Repairs::Witness witness, std::uint64_t given_up_ms) {
  if (given_up_ms <= restored_ms_) return;
  const bool is_news = step.has_passed(restored_ms_, kRetryAgain);
  if (is_news && witness == Repairs::Witness::own_device) return restored(step);
  if (is_news) ask_contacts();
  tell(step);
  ask_own_devices(step);
}

// Each in the session that there is. Whoever has seen more of it than we know says so as well, and
// only that one is begun anew; what we were sent and have forgotten the mailbox tells (arrived()).
void Rollback::ask_contacts() {
  for (const auto& [account, contact] : state_.contacts.all()) {
    const bool is_asked = !contact.is_own() && !contact.is_stranger();
    if (is_asked && contact.may_be_written_to()) outgoing_.greet(contact);
  }
}

void Rollback::tell(Step& step) {
  restored_ms_ = step.now_ms();
  untold_ = !readers_.person_reads();
  save_place(step);
  readers_.notice(step, was_restored());
}

void Rollback::tell_untold(Step& step) {
  if (!untold_ || !readers_.person_reads()) return;
  untold_ = false;
  save_place(step);
  readers_.notice(step, was_restored());
}

// What is gone from the history only the account's other devices know.
void Rollback::ask_own_devices(Step& step) {
  if (state_.contacts.find(state_.identity->id()) == nullptr) return;
  state_.sessions.archive_all(step, state_.identity->id());
  repairs_.try_set_aside_again(step);
  ask_own(step, 0);
}

// Those that were linked by what this is a copy of write to it in sessions that are not known here,
// and were not known when the others were asked.
void Rollback::learned(Step& step, const DeviceChanges& changes) {
  if (restored_ms_ == 0) return;
  const auto list = state_.identity->list();
  const crypto::UnixTime found_out{seconds{restored_ms_ / 1000}};
  for (const auto number : changes.added) {
    const auto* record = list.find(number);
    const bool is_older = record != nullptr && record->created() <= found_out + kMostClockError;
    if (is_older && number != state_.identity->device.number()) ask_own(step, number);
  }
}

void Rollback::ask_own(Step& step, crypto::DeviceNumber device) {
  proto::pb::Repair repair;
  // What the copy may lack, however old it is: also what was written before its newest message and
  // came after that. What came since it was put back is here.
  constexpr auto kSpan = static_cast<std::uint64_t>(milliseconds{kToldAgain}.count());
  const auto sure_ms = newest_ms_ - std::min(newest_ms_, kSpan);
  repair.mutable_sessions_lost()->set_since_ms(std::min(sure_ms, told_again_since(step)));
  copies_.say(step, device, repair);
  // And what this copy has told them before anybody noticed.
  constexpr auto kToday = static_cast<std::uint64_t>(milliseconds{kSentLifetime}.count());
  copies_.again(step, device, step.now_ms() - std::min(step.now_ms(), kToday));
}

}  // namespace bisik::client
