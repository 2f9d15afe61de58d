#include "client/engine/send_log.hpp"

#include <algorithm>

namespace bisik::client {
namespace {

// Both keep pace with what is added, however seldom the whole is swept.
constexpr std::uint64_t kForgottenAtOnce = 2;

void add_number(std::vector<std::uint64_t>& numbers, std::uint64_t number) {
  if (number == 0 || std::ranges::find(numbers, number) != numbers.end()) return;
  numbers.push_back(number);
}

// Also what is from the future: somebody has set the clock.
bool is_past(const Step& step, std::uint64_t since_ms, milliseconds lifetime) {
  const auto lifetime_ms = static_cast<std::uint64_t>(lifetime.count());
  return since_ms + lifetime_ms <= step.now_ms() || since_ms > step.now_ms() + lifetime_ms;
}

}  // namespace

// What was sent in a session that nobody has answered yet may have to go again with the next one.
// Those weeks count from the first time: or what nobody ever reads would go again for good.
bool SendLog::is_forgotten(const Step& step, const proto::pb::SentRow& row) const {
  if (!is_past(step, row.sent_ms(), kSentLifetime)) return false;
  if (state_.sessions.has_been_read(transcript_in(row.session()))) return true;
  const auto first_ms = row.first_sent_ms() != 0 ? row.first_sent_ms() : row.sent_ms();
  return is_past(step, first_ms, kUnansweredSentLifetime);
}

SendLog::Orders& SendLog::orders_of(const crypto::AccountId& account) {
  const auto known = orders_.find(account);
  if (known != orders_.end()) return known->second;
  const auto& rows = state_.rows;
  const auto oldest = rows.range(RowKind::sent, account.bytes, {.limit = 1});
  const auto newest = rows.range(RowKind::sent, account.bytes, {.limit = 1, .newest_first = true});
  const Orders orders{.first = oldest.empty() ? 1 : oldest.front().order,
                      .next = newest.empty() ? 1 : newest.front().order + 1};
  return orders_.emplace(account, orders).first->second;
}

void SendLog::remember(Step& step, const proto::pb::OutboxRow& cell) {
  const auto account = crypto::AccountId::parse(crypto::as_bytes(cell.account())).value();
  forget_old(step, account);
  auto& orders = orders_of(account);
  proto::pb::SentRow row;
  row.set_order(orders.next++);
  row.set_number(cell.number());
  row.set_envelope_id(cell.envelope_id());
  row.set_session(cell.session());
  row.set_sent_ms(step.now_ms());
  const auto message = cell.again() ? state_.message(account, cell.number()) : std::nullopt;
  if (message) row.set_first_sent_ms(message->relay_ms());
  step.put(RowKind::sent, row_of(account, row.order()), row);
}

void SendLog::forget_old(Step& step, const crypto::AccountId& account) {
  auto& orders = orders_of(account);
  const auto oldest = state_.rows.range(RowKind::sent, account.bytes,
                                        {.first = orders.first, .limit = kForgottenAtOnce});
  for (const auto& stored : oldest) {
    const bool full = orders.next - stored.order >= kMaxSentPerContact;
    if (!full && !is_forgotten(step, parse_row<proto::pb::SentRow>(stored.value))) return;
    step.erase(RowKind::sent, row_of(account, stored.order));
    orders.first = stored.order + 1;
  }
}

std::vector<proto::pb::SentRow> SendLog::rows_of(const Step& step,
                                                 const crypto::AccountId& account) const {
  std::vector<proto::pb::SentRow> rows;
  for (const auto& stored : state_.rows.range(RowKind::sent, account.bytes, {})) {
    auto row = parse_row<proto::pb::SentRow>(stored.value);
    if (!is_forgotten(step, row)) rows.push_back(std::move(row));
  }
  return rows;
}

std::optional<SendLog::Since> SendLog::since_envelope(const Step& step,
                                                      const crypto::AccountId& account,
                                                      const std::string& envelope_id) const {
  const auto rows = rows_of(step, account);
  auto row = std::ranges::find(rows, envelope_id, &proto::pb::SentRow::envelope_id);
  if (row == rows.end()) return std::nullopt;
  Since since{.session = transcript_in(row->session()), .numbers = {}};
  for (; row != rows.end(); ++row) add_number(since.numbers, row->number());
  return since;
}

std::vector<std::uint64_t> SendLog::sent_in(const Step& step, const crypto::AccountId& account,
                                            const crypto::Transcript& session) const {
  std::vector<std::uint64_t> numbers;
  for (const auto& row : rows_of(step, account)) {
    if (transcript_in(row.session()) == session) add_number(numbers, row.number());
  }
  return numbers;
}

std::vector<std::uint64_t> SendLog::all(const Step& step, const crypto::AccountId& account) const {
  std::vector<std::uint64_t> numbers;
  for (const auto& row : rows_of(step, account)) add_number(numbers, row.number());
  return numbers;
}

void SendLog::renumber(Step& step, const crypto::AccountId& account, std::uint64_t shift) const {
  for (const auto& stored : state_.rows.range(RowKind::sent, account.bytes, {})) {
    auto row = parse_row<proto::pb::SentRow>(stored.value);
    if (row.number() == 0) continue;
    row.set_number(row.number() + shift);
    step.put(RowKind::sent, row_of(account, row.order()), row);
  }
}

void SendLog::forget(Step& step, const crypto::AccountId& account) {
  for (const auto& stored : state_.rows.range(RowKind::sent, account.bytes, {})) {
    step.erase(RowKind::sent, row_of(account, stored.order));
  }
}

void SendLog::forget_old(Step& step) {
  for (const auto& entry : state_.contacts.all()) {
    const auto& account = entry.first;
    each_row(state_.rows, RowKind::sent, account.bytes, 0, [&](const StoredRow& stored) {
      if (!is_forgotten(step, parse_row<proto::pb::SentRow>(stored.value))) return false;
      step.erase(RowKind::sent, row_of(account, stored.order));
      return true;
    });
  }
}

}  // namespace bisik::client
