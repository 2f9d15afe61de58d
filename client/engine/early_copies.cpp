#include "client/engine/early_copies.hpp"

#include <algorithm>

namespace bisik::client {
namespace {

crypto::AccountId chat_of(const proto::pb::Copies::Copy& copy) {
  return crypto::AccountId::parse(crypto::as_bytes(copy.account())).value();
}

}  // namespace

void EarlyCopies::load() {
  for (const auto& value : state_.rows.all(RowKind::early_copy)) {
    const auto row = parse_row<proto::pb::EarlyCopyRow>(value);
    places_.push_back({chat_of(row.copy()), row.order(), row.received_ms()});
  }
  std::ranges::sort(places_, {}, &Place::order);
}

void EarlyCopies::keep(Step& step, const proto::pb::Copies::Copy& copy) {
  if (places_.size() >= kMaxEarlyCopies) {
    erase(step, places_.front());
    places_.pop_front();
  }
  proto::pb::EarlyCopyRow row;
  row.set_order(state_.next_inbox(step));
  row.set_received_ms(step.now_ms());
  *row.mutable_copy() = copy;
  const auto& place = places_.emplace_back(Place{chat_of(copy), row.order(), row.received_ms()});
  step.put(RowKind::early_copy, row_of(place.chat, place.order), row);
}

proto::pb::Copies EarlyCopies::take_known(Step& step) {
  proto::pb::Copies known;
  std::erase_if(places_, [&](const Place& place) {
    if (state_.contacts.find(place.chat) == nullptr) return false;
    auto row = latest<proto::pb::EarlyCopyRow>(step, state_.rows, RowKind::early_copy,
                                               row_of(place.chat, place.order));
    if (row) *known.add_copies() = std::move(*row->mutable_copy());
    erase(step, place);
    return true;
  });
  return known;
}

void EarlyCopies::forget_old(Step& step) {
  std::erase_if(places_, [&](const Place& place) {
    const bool old = step.has_passed(place.received_ms, kEarlyCopyLifetime);
    if (old) erase(step, place);
    return old;
  });
}

void EarlyCopies::erase(Step& step, const Place& place) {
  step.erase(RowKind::early_copy, row_of(place.chat, place.order));
}

}  // namespace bisik::client
