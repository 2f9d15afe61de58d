#include "client/engine/moved_rows.hpp"

#include "client/engine/consumers.hpp"

namespace bisik::client {
namespace {

struct Move {
  const crypto::AccountId& from;
  const crypto::AccountId& to;
  std::uint64_t shift;

  template <class Row>
  [[nodiscard]] bool takes(const Row& row) const {
    return row.account() == crypto::as_text(from.bytes);
  }
  template <class Row>
  void apply(Row& row) const {
    row.set_account(to_string(to.bytes));
    row.set_number(row.number() + shift);
  }
};

template <class Row>
void shift_edits(Row& row, const Move& move) {
  for (auto& each : *row.mutable_amendments()) {
    if (each.last_edit() != 0) each.set_last_edit(each.last_edit() + move.shift);
  }
}

// Without a number of their own: the contact's row says how many there are.
void move_early(Step& step, const State& state, const Move& move) {
  for (const auto& value : state.rows.all(RowKind::early)) {
    auto row = parse_row<proto::pb::EarlyRow>(value);
    if (!move.takes(row)) continue;
    step.erase(RowKind::early, row_of(move.from, row.content_id()));
    row.set_account(to_string(move.to.bytes));
    shift_edits(row, move);
    step.put(RowKind::early, row_of(move.to, row.content_id()), row);
  }
}

void move_messages(Step& step, const State& state, const Move& move) {
  each_row(state.rows, RowKind::message, move.from.bytes, 0, [&](const StoredRow& stored) {
    step.erase(RowKind::message, message_id(move.from, stored.order));
    return true;
  });
  each_row(state.rows, RowKind::message, move.from.bytes, 0, [&](const StoredRow& stored) {
    auto row = parse_row<proto::pb::MessageRow>(stored.value);
    move.apply(row);
    if (row.previous_edit() != 0) row.set_previous_edit(row.previous_edit() + move.shift);
    shift_edits(row, move);
    state.save(step, row);
    return true;
  });
}

// Where they stand from now on, for what is said about them later. That they came under the old key
// is remembered there.
void move_seen(Step& step, const State& state, const Move& move) {
  for (const auto& value : state.rows.all(RowKind::seen)) {
    auto row = parse_row<proto::pb::SeenRow>(value);
    if (!move.takes(row) || row.number() == 0) continue;
    move.apply(row);
    step.put(RowKind::seen, row_of(move.to, row.content_id()), row);
  }
}

void move_inbox(Step& step, const State& state, const Move& move) {
  for (const auto& group : inbox_groups(state.rows)) {
    each_row(state.rows, RowKind::inbox, group, 0, [&](const StoredRow& stored) {
      auto row = parse_row<proto::pb::InboxRow>(stored.value);
      if (!move.takes(row)) return true;
      move.apply(row);
      step.put(RowKind::inbox, {group, row.order()}, row);
      return true;
    });
  }
}

void move_idempotency(Step& step, const State& state, const Move& move) {
  for (const auto& value : state.rows.all(RowKind::idempotency)) {
    auto row = parse_row<proto::pb::IdempotencyRow>(value);
    if (!move.takes(row)) continue;
    step.erase(RowKind::idempotency, row_of(move.from, row.key()));
    move.apply(row);
    step.put(RowKind::idempotency, row_of(move.to, row.key()), row);
  }
}

}  // namespace

void move_rows(Step& step, const State& state, const crypto::AccountId& from,
               const crypto::AccountId& to, std::uint64_t shift) {
  const Move move{from, to, shift};
  move_messages(step, state, move);
  move_seen(step, state, move);
  move_early(step, state, move);
  move_inbox(step, state, move);
  move_idempotency(step, state, move);
}

}  // namespace bisik::client
