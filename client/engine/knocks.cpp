#include "client/engine/knocks.hpp"

#include <algorithm>

#include "client/engine/compose.hpp"
#include "client/engine/outbox_row.hpp"

namespace bisik::client {
namespace {

// About 20 ms of an event.
constexpr std::uint64_t kTriesAtOnce = 100'000;

crypto::AccountId account_of(const proto::pb::OutboxRow& row) {
  return crypto::AccountId::parse(crypto::as_bytes(row.account())).value();
}

}  // namespace

bool Knocks::may_knock(const State& state, const Contact& contact) {
  return !contact.row.devices().empty() && contact.row.refresh_sequence() == 0 &&
         std::ranges::all_of(contact.row.devices(), [&](const auto& device) {
           return crypto::QueueId::parse(crypto::as_bytes(device.knock())) &&
                  state.sessions.can_send({contact.id, device.number()});
         });
}

void Knocks::knock(Step& step, Contact& contact) {
  contact.row.set_knocked_ms(step.now_ms());
  contact.save(step);
  const auto hello = compose(step, state_, contact, {});
  for (const auto& device : contact.row.devices()) {
    auto row = new_outbox_row(step, state_, contact, device.number(), hello);
    row.set_queue(device.knock());
    row.set_knocks(true);
    step.put(RowKind::outbox, outbox_id(row.order()), row);
    knocks_.push_back({std::move(row)});
  }
}

void Knocks::load(proto::pb::OutboxRow row) { knocks_.push_back({std::move(row)}); }

void Knocks::forget(Step& step, const crypto::AccountId& account) {
  std::erase_if(knocks_, [&](const Knock& knock) {
    if (account_of(knock.row) != account) return false;
    step.erase(RowKind::outbox, outbox_id(knock.row.order()));
    return true;
  });
}

// Null: nobody who may be written to now.
const Contact* Knocks::contact_of(const Knock& knock) const {
  const auto* contact = state_.contacts.find(account_of(knock.row));
  return contact != nullptr && contact->may_be_written_to() ? contact : nullptr;
}

void Knocks::pump(Step& step) {
  for (auto& knock : knocks_) {
    const auto* contact = contact_of(knock);
    if (contact == nullptr || knock.on_the_way || step.now() < knock.not_before) continue;
    auto& line = state_.lines.at({LinePurpose::sends, contact->relay()});
    if (line.is_up() && line.id() == knock.refused_on) line.hang_up(step);
    if (!line.is_up()) continue;
    work(step, knock, line);
    if (knock.stamp) transmit(step, knock, line);
  }
}

// The date is the relay's: ours may be wrong. A stamp of yesterday is made again.
void Knocks::work(Step& step, Knock& knock, Line& line) {
  const auto today = std::chrono::floor<std::chrono::days>(line.relay_time(step.now()));
  if (knock.search && knock.day != today) {
    knock.search.reset();
    knock.stamp.reset();
  }
  if (knock.stamp) return;
  if (!knock.search) {
    knock.day = today;
    knock.search.emplace(crypto::QueueId::parse(crypto::as_bytes(knock.row.queue())).value(), today,
                         crypto::sha256(crypto::as_bytes(knock.row.cell())));
  }
  knock.stamp = knock.search->try_some(kTriesAtOnce);
}

void Knocks::transmit(Step& step, Knock& knock, Line& line) {
  proto::pb::Request request;
  auto& operation = *request.mutable_send_cell();
  operation.set_queue(knock.row.queue());
  operation.set_stamp(*knock.stamp);
  operation.set_envelope_id(knock.row.envelope_id());
  operation.set_cell(knock.row.cell());
  knock.on_the_way = true;
  line.request(step, std::move(request),
               [this, order = knock.row.order()](Step& later, const proto::pb::Response* response) {
                 responded(later, order, response);
               });
}

// The answer is waited for from the moment when the relay has the knock. Had it refused, there
// would be nothing else to try.
void Knocks::responded(Step& step, std::uint64_t order, const proto::pb::Response* response) {
  const auto knock =
      std::ranges::find_if(knocks_, [&](const Knock& each) { return each.row.order() == order; });
  if (knock == knocks_.end()) return;
  knock->on_the_way = false;
  if (response == nullptr) return;
  if (response->status() == proto::pb::STATUS_BUSY ||
      response->status() == proto::pb::STATUS_QUOTA) {
    knock->not_before = step.now() + seconds{std::max(1U, response->retry_after_seconds())};
    const auto* contact = contact_of(*knock);
    if (contact != nullptr) {
      knock->refused_on = state_.lines.at({LinePurpose::sends, contact->relay()}).id();
    }
    return;
  }
  if (auto* contact = state_.contacts.find(account_of(knock->row))) {
    contact->row.set_knocked_ms(step.now_ms());
    contact->save(step);
  }
  step.erase(RowKind::outbox, outbox_id(order));
  knocks_.erase(knock);
}

void Knocks::add_wanted(Lines::Wanted& wanted, Time now) const {
  for (const auto& knock : knocks_) {
    const auto* contact = contact_of(knock);
    if (contact != nullptr && knock.not_before <= now) {
      wanted.insert({LinePurpose::sends, contact->relay()});
    }
  }
}

std::optional<Time> Knocks::wake_at(Time now) const {
  std::optional<Time> earliest;
  for (const auto& knock : knocks_) {
    const auto* contact = contact_of(knock);
    if (contact == nullptr || knock.on_the_way) continue;
    const bool line_is_up = state_.lines.at({LinePurpose::sends, contact->relay()}).is_up();
    const bool working = knock.search && !knock.stamp && line_is_up;
    if (!working && knock.not_before <= now) continue;  // the line wakes us
    const auto when = std::max(knock.not_before, now);
    if (!earliest || when < *earliest) earliest = when;
  }
  return earliest;
}

bool Knocks::settled(Time now) const {
  return std::ranges::all_of(knocks_, [&](const Knock& knock) {
    const auto* contact = contact_of(knock);
    if (contact == nullptr || now < knock.not_before) return true;
    return state_.lines.at({LinePurpose::sends, contact->relay()}).backing_off(now);
  });
}

}  // namespace bisik::client
