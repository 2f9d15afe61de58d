// Sends that may have been made before: under an idempotency key, or again because the first could
// not be confirmed.
#include <algorithm>

#include "client/engine/amendments.hpp"
#include "client/engine/idempotency.hpp"
#include "client/engine/send_commands.hpp"
#include "client/engine/sentences.hpp"

namespace bisik::client {
namespace {

using proto::pb::MessageRow;
using proto::pb::Reference;

// Once more in other words is another message.
bool says_the_same(const MessageRow& row, const proto::pb::SendCommand& request) {
  const auto kind = row.about().kind();
  return kind == request.about().kind() && row.text() == request.text() &&
         (kind == Reference::KIND_NONE || kind == Reference::KIND_REPLY);
}

bool within_window(const Step& step, Time since) { return step.now() - since <= kRepeatWindow; }

// What another process wrote down by the clock on the wall, by the one that nobody sets. Beyond the
// window it does not matter by how much, nor whether somebody has set the clock back since.
Time in_uptime(const Step& step, std::uint64_t wall_ms) {
  constexpr auto kBeyond = milliseconds{kRepeatWindow} + milliseconds{1};
  const auto apart = std::max(step.now_ms(), wall_ms) - std::min(step.now_ms(), wall_ms);
  const auto most = static_cast<std::uint64_t>(kBeyond.count());
  return step.now() - milliseconds{static_cast<std::int64_t>(std::min(apart, most))};
}

}  // namespace

// What was cut short while it was on its way is in doubt as well: nobody was told how it ended.
void SendCommands::load(Step& step) {
  for (const auto& value : state_.rows.all(RowKind::uncertain)) {
    const auto row = parse_row<proto::pb::UncertainRow>(value);
    const auto account = crypto::AccountId::parse(crypto::as_bytes(row.account())).value();
    const MessageName message{account, row.number()};
    uncertain_[message] = in_uptime(step, row.since_ms());
    const bool over = !within_window(step, uncertain_[message]);
    if (over && !outgoing_.holds(account, row.number())) be_sure(step, message);
  }
  for (const auto& [account, contact] : state_.contacts.all()) {
    for (const auto& row : outgoing_.unsent(account)) {
      const MessageName message{account, row.number()};
      if (!row.queued() && !uncertain_.contains(message)) doubt(step, message);
    }
  }
}

void SendCommands::doubt(Step& step, const MessageName& message) {
  uncertain_[message] = step.now();
  proto::pb::UncertainRow row;
  row.set_account(to_string(message.first.bytes));
  row.set_number(message.second);
  row.set_since_ms(step.now_ms());
  step.put(RowKind::uncertain, message_id(message.first, message.second), row);
}

void SendCommands::be_sure(Step& step, const MessageName& message) {
  if (uncertain_.erase(message) != 0) {
    step.erase(RowKind::uncertain, message_id(message.first, message.second));
  }
}

// Said before anything is sent to anybody: whoever uses a key for something else has made a
// mistake. Of a row without a hash, of an earlier version or of what was deleted, nobody knows: it
// is that message.
std::optional<proto::pb::Failure> SendCommands::conflict(
    const proto::pb::SendCommand& request) const {
  if (!has_chosen_key(request)) return std::nullopt;
  const auto& key = request.idempotency_key();
  for (const auto& name : request.recipients()) {
    const auto* contact = state_.contacts.find_chat(name);
    const auto number = contact == nullptr ? std::nullopt : keyed(*contact, key);
    const auto row = number ? row_of_ours(*contact, *number) : std::nullopt;
    if (!row || row->request_hash().empty()) continue;
    if (row->request_hash() != hash_of_request(request)) {
      return key_of_another(display_id(*contact, *number));
    }
  }
  return std::nullopt;
}

bool SendCommands::awaited(const crypto::AccountId& account, std::uint64_t number) const {
  return std::ranges::any_of(waiting_, [&](const Waiting& waiting) {
    return std::ranges::find(waiting.messages, std::pair{account, number}) !=
           waiting.messages.end();
  });
}

std::optional<std::uint64_t> SendCommands::keyed(const Contact& contact,
                                                 const std::string& key) const {
  const auto live = outgoing_.find_key(contact.id, key);
  return live ? live : find_idempotency(state_, contact, key);
}

// On disk, or the one that another command sends right now.
std::optional<MessageRow> SendCommands::row_of_ours(const Contact& contact,
                                                    std::uint64_t number) const {
  auto row = state_.message(contact.id, number);
  if (row) return row;
  for (auto& text : outgoing_.unsent(contact.id)) {
    if (text.number() == number) return std::move(text);
  }
  return std::nullopt;
}

// The message that this request would double: the one with its idempotency key, or the same text
// that an earlier command could not confirm.
std::optional<std::uint64_t> SendCommands::repeated(const Step& step, const Contact& contact,
                                                    const proto::pb::SendCommand& request) const {
  if (!request.idempotency_key().empty()) {
    const auto before = keyed(contact, request.idempotency_key());
    if (before || !request.generated_key()) return before;
  }
  if (request.queue() || is_planned(step, request)) return std::nullopt;
  for (auto each = uncertain_.lower_bound({contact.id, 0});
       each != uncertain_.end() && each->first.first == contact.id; ++each) {
    const auto number = each->first.second;
    if (awaited(contact.id, number)) continue;
    // As long as it is on its way itself, however long that is.
    if (!outgoing_.holds(contact.id, number) && !within_window(step, each->second)) continue;
    const auto row = state_.message(contact.id, number);
    if (row && says_the_same(*row, request)) return number;
  }
  return std::nullopt;
}

void SendCommands::adopt(Step& step, Waiting& waiting, Contact& contact, std::uint64_t number,
                         const proto::pb::SendCommand& request) {
  auto& recipient = *waiting.sent.mutable_recipients()->rbegin();
  recipient.set_id(display_id(contact, number));
  recipient.set_state(proto::pb::MESSAGE_STATE_WAITING);
  auto row = row_of_ours(contact, number);
  if (!row) return;
  waiting.sent.set_timestamp_ms(row->timestamp_ms());
  if (row->state() == proto::pb::MESSAGE_STATE_RELAY) {
    recipient.set_state(contact.is_own() ? proto::pb::MESSAGE_STATE_READ : row->state());
    be_sure(step, {contact.id, number});
  }
  if (row->state() == proto::pb::MESSAGE_STATE_FAILED && is_of_its_own(*row)) {
    return try_again(step, contact, std::move(*row), request);
  }
  if (row->state() == proto::pb::MESSAGE_STATE_FAILED) {
    recipient.set_state(row->state());
    *recipient.mutable_failure() = failure(Exit::refused, "This message was refused before.");
  }
  outgoing_.hurry(step, contact);
}

// What was refused goes no more by itself, and may go once somebody asks for it again: as the same
// message, so that whoever has it in spite of all drops what comes. It is kept from now on.
void SendCommands::try_again(Step& step, Contact& contact, MessageRow row,
                             const proto::pb::SendCommand& request) {
  const bool planned = is_planned(step, request);
  row.set_state(proto::pb::MESSAGE_STATE_WAITING);
  row.set_made_anew(true);
  row.set_queued(true);
  row.set_at_ms(planned ? request.at_ms() : 0);
  if (planned) return outgoing_.plan(step, contact, row);
  outgoing_.add(step, contact, std::move(row));
}

// Whoever asked for it was told that it is in doubt. Sent at last, the time to repeat it begins
// now; refused, there is nothing to double.
void SendCommands::settle_unseen(Step& step, const Outcome& outcome) {
  const MessageName message{outcome.account, outcome.number};
  if (outcome.state == proto::pb::MESSAGE_STATE_RELAY) doubt(step, message);
  if (outcome.state == proto::pb::MESSAGE_STATE_FAILED) be_sure(step, message);
}

}  // namespace bisik::client
