#include "client/engine/owed_receipts.hpp"

#include <algorithm>

#include "crypto/random.hpp"
#include "proto/limits.hpp"

namespace bisik::client {
namespace {

constexpr auto kMostIds = static_cast<int>(proto::kMaxReceiptIds);

milliseconds receipt_delay() {
  const auto spread = milliseconds{kMostReceiptDelay - kLeastReceiptDelay}.count();
  return kLeastReceiptDelay +
         milliseconds{crypto::random_below(static_cast<std::uint32_t>(spread))};
}

bool says_nothing(const proto::pb::Receipt& receipt) {
  return receipt.delivered().empty() && receipt.read().empty();
}

bool fits(const proto::pb::Receipt& said, const proto::pb::ReceiptRow& more) {
  const auto& row = more.receipt();
  return said.delivered_size() + row.delivered_size() <= kMostIds &&
         said.read_size() + row.read_size() <= kMostIds;
}

}  // namespace

// What waited when the process began is due when it was, but not later than if it were new.
void OwedReceipts::load(const Step& step) {
  std::map<std::pair<crypto::AccountId, std::uint64_t>, proto::pb::ReceiptRow> rows;
  for (const auto& value : state_.rows.all(RowKind::receipt)) {
    auto row = parse_row<proto::pb::ReceiptRow>(value);
    const auto account = crypto::AccountId::parse(crypto::as_bytes(row.account())).value();
    const auto order = row.order();
    rows.emplace(std::pair{account, order}, std::move(row));
  }
  for (auto& [name, row] : rows) {
    auto& owed = owed_[name.first];
    if (owed.rows.empty()) {
      const milliseconds left{row.due_ms() - std::min(row.due_ms(), step.now_ms())};
      owed.due = step.now() + std::min(left, milliseconds{kMostReceiptDelay});
    }
    owed.rows.push_back(std::move(row));
  }
}

bool OwedReceipts::hears(const Contact& contact) const {
  return contact.row.state() == proto::pb::CONTACT_STATE_ACCEPTED && !contact.row.blocked();
}

void OwedReceipts::arrived(Step& step, const Contact& contact, const std::string& content_id) {
  if (contact.row.no_delivery_receipts()) return;
  proto::pb::ReceiptRow row;
  row.mutable_receipt()->add_delivered(content_id);
  owe(step, contact, std::move(row));
}

void OwedReceipts::read(Step& step, const Contact& contact,
                        const std::vector<std::string>& content_ids) {
  if (contact.row.no_read_receipts()) return;
  proto::pb::ReceiptRow row;
  for (const auto& id : content_ids) {
    row.mutable_receipt()->add_read(id);
    if (row.receipt().read_size() == kMostIds) owe(step, contact, std::exchange(row, {}));
  }
  if (row.has_receipt()) owe(step, contact, std::move(row));
}

void OwedReceipts::owe_again(Step& step, const Contact& contact,
                             const proto::pb::Receipt& receipt) {
  proto::pb::ReceiptRow row;
  *row.mutable_receipt() = receipt;
  owe(step, contact, std::move(row));
}

void OwedReceipts::owe(Step& step, const Contact& contact, proto::pb::ReceiptRow row) {
  if (!hears(contact)) return;
  const auto delay = receipt_delay();
  auto& owed = owed_[contact.id];
  if (owed.rows.empty()) owed.due = step.now() + delay;
  row.set_account(to_string(contact.id.bytes));
  row.set_order(state_.next_outbox(step));
  row.set_due_ms(step.now_ms() + static_cast<std::uint64_t>(delay.count()));
  step.put(RowKind::receipt, row_of(contact.id, row.order()), row);
  owed.rows.push_back(std::move(row));
}

void OwedReceipts::forget(Step& step, const crypto::AccountId& account) {
  const auto found = owed_.find(account);
  if (found == owed_.end()) return;
  for (const auto& row : found->second.rows) {
    step.erase(RowKind::receipt, row_of(account, row.order()));
  }
  owed_.erase(found);
}

void OwedReceipts::leave_out(Step& step, const Contact& contact) {
  const auto found = owed_.find(contact.id);
  if (found == owed_.end()) return;
  auto& rows = found->second.rows;
  for (auto& row : rows) {
    auto& receipt = *row.mutable_receipt();
    if (contact.row.no_delivery_receipts()) receipt.clear_delivered();
    if (contact.row.no_read_receipts()) receipt.clear_read();
    const auto id = row_of(contact.id, row.order());
    if (says_nothing(receipt)) {
      step.erase(RowKind::receipt, id);
    } else {
      step.put(RowKind::receipt, id, row);
    }
  }
  std::erase_if(rows, [](const auto& row) { return says_nothing(row.receipt()); });
  if (rows.empty()) owed_.erase(found);
}

std::vector<crypto::AccountId> OwedReceipts::take_due(const Step& step) {
  std::vector<crypto::AccountId> accounts;
  for (auto& [account, owed] : owed_) {
    if (owed.due > step.now()) continue;
    owed.due = step.now() + kReceiptsAgain;
    accounts.push_back(account);
  }
  return accounts;
}

proto::pb::Receipt OwedReceipts::take(Step& step, const Contact& contact) {
  proto::pb::Receipt said;
  const auto found = owed_.find(contact.id);
  if (found == owed_.end()) return said;
  auto& [rows, due] = found->second;
  while (!rows.empty() && fits(said, rows.front())) {
    const auto row = std::move(rows.front());
    rows.pop_front();
    step.erase(RowKind::receipt, row_of(contact.id, row.order()));
    if (hears(contact)) said.MergeFrom(row.receipt());
  }
  due = step.now();
  if (rows.empty()) owed_.erase(found);
  return said;
}

std::optional<Time> OwedReceipts::wake_at() const {
  if (owed_.empty()) return std::nullopt;
  return std::ranges::min_element(owed_, {}, [](const auto& entry) { return entry.second.due; })
      ->second.due;
}

}  // namespace bisik::client
