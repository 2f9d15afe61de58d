#include "client/engine/planned.hpp"

#include <algorithm>

namespace bisik::client {
namespace {

// What was moved in this very step is found in the next one.
constexpr milliseconds kLookAgain{1'000};
// A clock that is set is noticed within so long.
constexpr milliseconds kLongestWait{60'000};

crypto::AccountId account_in(const proto::pb::OutboxRow& place) {
  return crypto::AccountId::parse(crypto::as_bytes(place.account())).value();
}

bool is_of(const proto::pb::OutboxRow& place, const crypto::AccountId& account) {
  return place.account() == crypto::as_text(account.bytes);
}

}  // namespace

void Planned::load(const proto::pb::OutboxRow& place) {
  places_[{place.at_ms(), place.order()}] = place;
}

void Planned::add(Step& step, std::uint64_t order, const proto::pb::MessageRow& row) {
  proto::pb::OutboxRow place;
  place.set_order(order);
  place.set_account(row.account());
  place.set_number(row.number());
  place.set_at_ms(row.at_ms());
  step.put(RowKind::outbox, {{}, order}, place);
  load(place);
}

std::vector<proto::pb::MessageRow> Planned::take_due(Step& step) {
  std::vector<proto::pb::MessageRow> due;
  wake_at_.reset();
  for (auto next = places_.begin(); next != places_.end();) {
    const auto& place = next->second;
    if (place.at_ms() > step.now_ms()) {
      const auto left =
          std::min(place.at_ms() - step.now_ms(), static_cast<std::uint64_t>(kLongestWait.count()));
      const auto then = step.now() + milliseconds{static_cast<std::int64_t>(left)};
      wake_at_ = wake_at_ ? std::min(*wake_at_, then) : then;
      break;
    }
    auto row = state_.message(account_in(place), place.number());
    if (!row || row->at_ms() != place.at_ms()) {
      wake_at_ = step.now() + kLookAgain;
      ++next;
      continue;
    }
    step.erase(RowKind::outbox, {{}, place.order()});
    due.push_back(std::move(*row));
    next = places_.erase(next);
  }
  return due;
}

bool Planned::holds(const crypto::AccountId& account, std::uint64_t number) const {
  return std::ranges::any_of(places_, [&](const auto& entry) {
    return entry.second.number() == number && is_of(entry.second, account);
  });
}

bool Planned::withdraw(Step& step, const crypto::AccountId& account, std::uint64_t number) {
  const auto found = std::ranges::find_if(places_, [&](const auto& entry) {
    return entry.second.number() == number && is_of(entry.second, account);
  });
  if (found == places_.end()) return false;
  const auto row = state_.message(account, number);
  if (row && !row->idempotency_key().empty()) {  // sent again, it is another one
    step.erase(RowKind::idempotency, row_of(account, row->idempotency_key()));
  }
  step.erase(RowKind::outbox, {{}, found->second.order()});
  step.erase(RowKind::message, message_id(account, number));
  places_.erase(found);
  return true;
}

void Planned::forget(Step& step, const crypto::AccountId& account) {
  std::erase_if(places_, [&](const auto& entry) {
    if (!is_of(entry.second, account)) return false;
    step.erase(RowKind::outbox, {{}, entry.second.order()});
    return true;
  });
}

void Planned::renumber(Step& step, const crypto::AccountId& from, const crypto::AccountId& to,
                       std::uint64_t shift) {
  for (auto& [key, place] : places_) {
    if (!is_of(place, from)) continue;
    place.set_account(to_string(to.bytes));
    place.set_number(place.number() + shift);
    step.put(RowKind::outbox, {{}, place.order()}, place);
  }
}

std::size_t Planned::count(const crypto::AccountId& account) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      places_, [&](const auto& entry) { return is_of(entry.second, account); }));
}

std::vector<proto::pb::MessageRow> Planned::of(const crypto::AccountId& account) const {
  std::vector<proto::pb::MessageRow> rows;
  for (const auto& [key, place] : places_) {
    if (!is_of(place, account)) continue;
    if (auto row = state_.message(account, place.number())) rows.push_back(std::move(*row));
  }
  return rows;
}

}  // namespace bisik::client
