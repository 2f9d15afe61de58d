#include "client/engine/send_commands.hpp"

#include <algorithm>

#include "client/engine/idempotency.hpp"
#include "client/engine/sentences.hpp"
#include "client/what_shows.hpp"
#include "crypto/random.hpp"
#include "proto/limits.hpp"
#include "proto/utf8.hpp"

namespace bisik::client {
namespace {

using proto::pb::MessageRow;
using proto::pb::Reference;

// Whatever stands there may be taken back.
bool is_reaction(const proto::pb::AboutMessage& about) {
  const auto& emoji = about.emoji();
  if (emoji.empty() || emoji.size() > proto::kMaxEmojiBytes || !proto::is_utf8(emoji)) return false;
  return about.withdrawn() || is_one_emoji(emoji);
}

std::optional<proto::pb::Failure> refuse(const proto::pb::SendCommand& request) {
  const auto kind = request.about().kind();
  const bool needs_text = kind != Reference::KIND_REACTION && kind != Reference::KIND_DELETION;
  if (needs_text && is_blank(request.text())) {
    return failure(Exit::user, "The message is empty.");
  }
  if (kind == Reference::KIND_REACTION && !is_reaction(request.about())) {
    return failure(Exit::user, "A reaction is one emoji.");
  }
  if (request.text().size() > proto::kMaxTextBytes) {
    return failure(Exit::user, "The message has " + std::to_string(request.text().size()) +
                                   " bytes; at most " + std::to_string(proto::kMaxTextBytes) +
                                   " fit. Send it in parts.");
  }
  if (!proto::is_utf8(request.text())) {
    return failure(Exit::user, "The message is not valid UTF-8 text.");
  }
  if (request.recipients().empty()) return failure(Exit::user, "Name at least one recipient.");
  if (request.recipients_size() > static_cast<int>(kMaxRecipients)) {
    return failure(Exit::user,
                   "At most " + std::to_string(kMaxRecipients) + " recipients fit into one send.");
  }
  if (request.idempotency_key().size() > kMaxIdempotencyKeyBytes) {
    return failure(Exit::user, "The idempotency key is too long.");
  }
  return std::nullopt;
}

// Nothing is wrong with whom it was to go to.
void fail_for_message(proto::pb::Sent::Recipient& recipient, const proto::pb::Failure& why) {
  *recipient.mutable_failure() = why;
  recipient.mutable_failure()->set_of_message(true);
}

}  // namespace

bool SendCommands::has_chosen_key(const proto::pb::SendCommand& request) {
  return !request.idempotency_key().empty() && !request.generated_key();
}

bool SendCommands::is_planned(const Step& step, const proto::pb::SendCommand& request) {
  return request.at_ms() > step.now_ms();
}

bool SendCommands::Waiting::over() const {
  return std::ranges::all_of(sent.recipients(), [](const auto& recipient) {
    return recipient.state() != proto::pb::MESSAGE_STATE_WAITING;
  });
}

void SendCommands::start(Step& step, CommandId command, const proto::pb::SendCommand& request) {
  if (!state_.joined()) return step.fail(command, not_joined());
  if (auto why = refuse(request)) return step.fail(command, std::move(*why));
  if (auto why = conflict(request)) return step.fail(command, std::move(*why));
  const milliseconds timeout{request.timeout_ms() == 0 ? kSendTimeout.count()
                                                       : request.timeout_ms()};
  Waiting waiting{.command = command, .deadline = step.now() + timeout, .sent = {}, .messages = {}};
  for (const auto& name : request.recipients()) send_to(step, waiting, name, request);
  // What is planned is kept: that is all that is waited for.
  if (request.queue() || is_planned(step, request) || waiting.over()) return finish(step, waiting);
  waiting_.push_back(std::move(waiting));
}

// Nothing is sent there now, or at all.
std::optional<proto::pb::Failure> SendCommands::hindrance(const Contact& contact) const {
  if (auto why = contact.is_own() ? std::nullopt : why_not_written_to(contact)) return why;
  if (outgoing_.waiting(contact.id) + outgoing_.planned(contact.id) >= kMaxWaitingPerContact) {
    return failure(Exit::rate, "Too many messages wait for " + contact.chat_name() + " already.");
  }
  return std::nullopt;
}

std::optional<proto::pb::Failure> SendCommands::why_not_written_to(const Contact& contact) const {
  const auto& name = contact.row.name();
  if (contact.is_stranger()) {
    return failure(Exit::user, name + " is a request that you have not accepted.");
  }
  if (contact.has_moved()) {
    const auto* fresh = state_.contacts.find(*contact.successor());
    return old_key_of(name, fresh == nullptr ? name : fresh->row.name());
  }
  if (contact.row.trust() == proto::pb::TRUST_CHANGED) return not_trusted(name);
  if (contact.may_have_moved()) return may_have_moved(name);
  if (contact.row.blocked()) return you_have_blocked(name);
  return std::nullopt;
}

// Of what waits for its time nobody else knows yet, and nobody hears of it before.
std::variant<AboutFound, proto::pb::Failure> SendCommands::about(
    const Contact& contact, const proto::pb::AboutMessage& wanted) const {
  auto found = find_about(state_, contact, wanted);
  const auto* known = std::get_if<AboutFound>(&found);
  if (known != nullptr && outgoing_.is_planned(contact.id, known->number)) {
    found = waits_still(display_id(contact, known->number));
  }
  return found;
}

// Under the contact's last number.
MessageRow SendCommands::new_row(const Step& step, const Contact& contact,
                                 const proto::pb::SendCommand& request,
                                 const Reference& reference) {
  MessageRow row;
  row.set_account(to_string(contact.id.bytes));
  row.set_number(contact.row.last_number());
  row.set_content_id(to_string(crypto::random_array<proto::kMessageIdBytes>()));
  row.set_ours(true);
  row.set_received_ms(step.now_ms());
  if (request.about().kind() != Reference::KIND_REACTION &&
      request.about().kind() != Reference::KIND_DELETION) {
    row.set_text(request.text());
  }
  if (reference.kind() != Reference::KIND_NONE) *row.mutable_about() = reference;
  row.set_state(proto::pb::MESSAGE_STATE_WAITING);
  const bool planned = is_planned(step, request);
  row.set_queued(request.queue() || planned);
  if (planned) row.set_at_ms(request.at_ms());
  row.set_idempotency_key(request.idempotency_key());
  if (has_chosen_key(request)) row.set_request_hash(hash_of_request(request));
  return row;
}

void SendCommands::send_to(Step& step, Waiting& waiting, const std::string& name,
                           const proto::pb::SendCommand& request) {
  auto& recipient = *waiting.sent.add_recipients();
  auto& [account, number] = waiting.messages.emplace_back(crypto::AccountId{}, 0);
  recipient.set_name(name);
  recipient.set_state(proto::pb::MESSAGE_STATE_FAILED);
  auto* contact = state_.contacts.find_chat(name);
  if (contact == nullptr) {
    *recipient.mutable_failure() = unknown_contact(name, state_.contacts.nearest(name));
    return;
  }
  recipient.set_name(contact->chat_name());
  recipient.set_account(to_string(contact->id.bytes));
  if (auto why = hindrance(*contact)) {
    *recipient.mutable_failure() = std::move(*why);
    return;
  }
  auto what = about(*contact, request.about());
  if (auto* why = std::get_if<proto::pb::Failure>(&what)) return fail_for_message(recipient, *why);
  const auto& found = std::get<AboutFound>(what);
  account = contact->id;
  if (const auto before = repeated(step, *contact, request)) {
    number = *before;
    return adopt(step, waiting, *contact, number, request);
  }
  if (found.nothing_to_withdraw) return fail_for_message(recipient, *found.nothing_to_withdraw);
  // One for all of them: a message is named by who wrote it and its timestamp.
  if (waiting.sent.timestamp_ms() == 0) {
    waiting.sent.set_timestamp_ms(state_.next_timestamp(step, found.later_than_ms));
  }
  number = contact->row.last_number() + 1;
  contact->row.set_last_number(number);
  auto row = new_row(step, *contact, request, found.reference);
  row.set_timestamp_ms(waiting.sent.timestamp_ms());
  recipient.set_id(display_id(*contact, number));
  recipient.set_state(proto::pb::MESSAGE_STATE_WAITING);
  if (is_planned(step, request)) return outgoing_.plan(step, *contact, row);
  if (contact->is_own()) {  // whoever it is for has read it
    recipient.set_state(proto::pb::MESSAGE_STATE_READ);
    return outgoing_.note(step, *contact, std::move(row));
  }
  outgoing_.add(step, *contact, std::move(row));
}

void SendCommands::settle(Step& step, const Outcome& outcome) {
  const MessageName message{outcome.account, outcome.number};
  if (uncertain_.contains(message) && !awaited(outcome.account, outcome.number)) {
    settle_unseen(step, outcome);
  }
  for (auto& waiting : waiting_) {
    for (std::size_t i = 0; i < waiting.messages.size(); ++i) {
      if (waiting.messages[i] != message) continue;
      auto& recipient = *waiting.sent.mutable_recipients(static_cast<int>(i));
      recipient.set_state(outcome.state);
      recipient.clear_failure();  // of an earlier outcome, while the command waits for others
      if (outcome.failure) *recipient.mutable_failure() = *outcome.failure;
      const bool failed = outcome.state == proto::pb::MESSAGE_STATE_FAILED;
      if (failed && !state_.message(message.first, message.second)) recipient.clear_id();
      if (outcome.state == proto::pb::MESSAGE_STATE_UNCONFIRMED) {
        doubt(step, message);
      } else {
        be_sure(step, message);
      }
    }
    if (waiting.over()) finish(step, waiting);
  }
  std::erase_if(waiting_, [](const Waiting& waiting) { return waiting.over(); });
}

void SendCommands::forget(Step& step, const crypto::AccountId& account) {
  for (auto& waiting : waiting_) {
    for (std::size_t i = 0; i < waiting.messages.size(); ++i) {
      if (waiting.messages[i].first != account) continue;
      auto& recipient = *waiting.sent.mutable_recipients(static_cast<int>(i));
      if (recipient.state() != proto::pb::MESSAGE_STATE_WAITING) continue;
      recipient.set_state(proto::pb::MESSAGE_STATE_FAILED);
      *recipient.mutable_failure() = failure(Exit::user, "You have removed this contact.");
    }
    if (waiting.over()) finish(step, waiting);
  }
  std::erase_if(waiting_, [](const Waiting& waiting) { return waiting.over(); });
  std::vector<MessageName> gone;
  for (const auto& [message, since] : uncertain_) {
    if (message.first == account) gone.push_back(message);
  }
  for (const auto& message : gone) be_sure(step, message);
}

void SendCommands::renumber(Step& step, const crypto::AccountId& from, const crypto::AccountId& to,
                            std::uint64_t shift) {
  for (auto& waiting : waiting_) {
    for (auto& [account, number] : waiting.messages) {
      if (account != from || number == 0) continue;
      account = to;
      number += shift;
    }
  }
  std::map<MessageName, Time> moved;
  for (const auto& [message, since] : uncertain_) {
    if (message.first == from) moved.emplace(message, since);
  }
  for (const auto& entry : moved) be_sure(step, entry.first);
  for (const auto& [message, since] : moved) {
    doubt(step, {to, message.second + shift});
    uncertain_[{to, message.second + shift}] = since;
  }
}

void SendCommands::finish(Step& step, Waiting& waiting) {
  proto::pb::ApiReply reply;
  *reply.mutable_sent() = waiting.sent;
  step.finish(waiting.command, std::move(reply));
}

void SendCommands::expire(Step& step) {
  for (auto& waiting : waiting_) {
    if (waiting.deadline > step.now()) continue;
    give_up(step, waiting);
    finish(step, waiting);
  }
  std::erase_if(waiting_, [](const Waiting& waiting) { return waiting.over(); });
}

// What was not encrypted yet is gone without a trace, unless an earlier command was promised that
// it is kept; what was may have arrived, so it stays in the outbox and the person is told that
// repeating it is safe.
void SendCommands::give_up(Step& step, Waiting& waiting) {
  for (std::size_t i = 0; i < waiting.messages.size(); ++i) {
    auto& recipient = *waiting.sent.mutable_recipients(static_cast<int>(i));
    if (recipient.state() != proto::pb::MESSAGE_STATE_WAITING) continue;
    const auto& [account, number] = waiting.messages[i];
    *recipient.mutable_failure() = unconfirmed();
    if (!outgoing_.is_queued(account, number) && outgoing_.withdraw(step, account, number)) {
      recipient.set_state(proto::pb::MESSAGE_STATE_FAILED);
      recipient.clear_id();
      continue;
    }
    recipient.set_state(proto::pb::MESSAGE_STATE_UNCONFIRMED);
    doubt(step, {account, number});
  }
}

void SendCommands::cancel(Step& step, CommandId command) {
  for (auto& waiting : waiting_) {
    if (waiting.command == command) give_up(step, waiting);
  }
  std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.command == command; });
}

std::optional<Time> SendCommands::wake_at() const {
  if (waiting_.empty()) return std::nullopt;
  return std::ranges::min_element(waiting_, {}, &Waiting::deadline)->deadline;
}

}  // namespace bisik::client
