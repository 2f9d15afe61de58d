#include "client/engine/questions.hpp"

#include "client/engine/deleting.hpp"
#include "client/engine/moving.hpp"
#include "client/engine/sentences.hpp"

namespace bisik::client {
namespace {

struct Inbox {
  std::uint32_t all = 0;
  std::uint32_t unread = 0;
};

std::map<std::string, Inbox> count_inbox(const RowSource& rows) {  // by account
  std::map<std::string, Inbox> inboxes;
  each_row(rows, RowKind::inbox, {}, 0, [&](const StoredRow& stored) {
    const auto entry = parse_row<proto::pb::InboxRow>(stored.value);
    auto& inbox = inboxes[entry.account()];
    ++inbox.all;
    if (!entry.read()) ++inbox.unread;
    return true;
  });
  return inboxes;
}

// False: there is nothing to be trusted anew. Who is no longer sure of changed keys changes
// nothing.
bool judge(Contact& contact, proto::pb::VerifyCommand::Action action) {
  using proto::pb::VerifyCommand;
  const bool changed = contact.row.trust() == proto::pb::TRUST_CHANGED;
  if (action == VerifyCommand::ACTION_TRUST && !changed) return false;
  if (action == VerifyCommand::ACTION_WITHDRAW && changed) return true;
  // What did not agree is asked for anew; the next fetch says what there is now.
  if (changed) contact.forget_devices();
  contact.row.clear_suspected();
  contact.row.set_trust(action == VerifyCommand::ACTION_CONFIRM ? proto::pb::TRUST_VERIFIED
                                                                : proto::pb::TRUST_UNVERIFIED);
  return true;
}

proto::pb::ApiReply as_reply(const State& state, const Contact& contact,
                             const proto::pb::MessageRow& row) {
  proto::pb::ApiReply reply;
  *reply.mutable_message() = to_api(state, contact, row);
  return reply;
}

// Those of a message, as far as they have happened or are planned. A note goes nowhere: it is read
// once it is kept, at a time that another device of ours may not have told.
std::vector<proto::pb::TraceStep> steps_of(const proto::pb::MessageRow& row, bool is_note) {
  using proto::pb::TraceStep;
  std::vector<TraceStep> steps;
  const auto add = [&](TraceStep::What what, std::uint64_t at_ms) {
    steps.emplace_back().set_what(what);
    steps.back().set_at_ms(at_ms);
  };
  if (!row.ours()) {
    add(TraceStep::WHAT_WRITTEN, row.timestamp_ms());
    add(TraceStep::WHAT_RECEIVED, row.received_ms());
    return steps;
  }
  add(TraceStep::WHAT_QUEUED, row.received_ms());
  if (row.at_ms() != 0) add(TraceStep::WHAT_PLANNED, row.at_ms());
  const bool is_there = row.state() == proto::pb::MESSAGE_STATE_RELAY;
  if (is_note) {
    if (is_there) add(TraceStep::WHAT_READ, row.read_ms());
    return steps;
  }
  if (is_there) add(TraceStep::WHAT_RELAY, row.relay_ms());
  if (row.state() == proto::pb::MESSAGE_STATE_FAILED) add(TraceStep::WHAT_FAILED, 0);
  if (row.delivered_ms() != 0) add(TraceStep::WHAT_DELIVERED, row.delivered_ms());
  if (row.read_ms() != 0) add(TraceStep::WHAT_READ, row.read_ms());
  return steps;
}

// The number of the first of the last `wanted` ones that a history shows.
std::uint64_t first_of_last(const State& state, const crypto::AccountId& chat,
                            std::uint32_t wanted) {
  auto first = std::uint64_t{UINT64_MAX};
  for (bool more = true; more;) {
    const auto page = state.rows.range(
        RowKind::message, chat.bytes,
        {.end = first, .limit = std::min<std::size_t>(wanted, kPageRows), .newest_first = true});
    more = !page.empty();
    for (const auto& stored : page) {
      first = stored.order;
      const auto row = parse_row<proto::pb::MessageRow>(stored.value);
      if (!is_left_out(state, chat, row) && --wanted == 0) return first;
    }
  }
  return 1;
}

}  // namespace

void Questions::contacts(Step& step, CommandId command) const {
  const auto inboxes = count_inbox(state_.rows);
  for (const auto& [account, contact] : state_.contacts.all()) {
    if (contact.is_hidden()) continue;
    proto::pb::ApiReply reply;
    *reply.mutable_contact() = to_api(contact);
    name_successor(*reply.mutable_contact(), contact);
    const auto of_this = inboxes.find(to_string(account.bytes));
    if (of_this != inboxes.end()) {
      reply.mutable_contact()->set_unread(of_this->second.unread);
      reply.mutable_contact()->set_in_inbox(of_this->second.all);
    }
    step.answer(command, std::move(reply));
  }
  step.done(command);
}

// What those are called here whom a contact says to have become, and who says that of a contact.
void Questions::name_successor(proto::pb::ContactEntry& entry, const Contact& contact) const {
  const auto successor = contact.successor();
  const auto* after = successor ? state_.contacts.find(*successor) : nullptr;
  if (after != nullptr && !after->is_hidden()) entry.set_successor_name(after->row.name());
  const auto* before = state_.contacts.predecessor(contact.id);
  if (before != nullptr) entry.set_predecessor_name(before->row.name());
}

void Questions::who_am_i(Step& step, CommandId command, const proto::pb::WhoAmICommand& request) {
  if (!state_.joined()) return step.fail(command, not_joined());
  const auto& identity = *state_.identity;
  proto::pb::ApiReply reply;
  *reply.mutable_who_am_i() = to_api(identity);
  if (state_.successor) {
    const auto& told = state_.successor->told;
    auto& who = *reply.mutable_who_am_i();
    who.set_successor(to_string(new_account_in(told).bytes));
    who.set_successor_name(told.name());
    who.set_successor_relay(proto::format_address(from_proto(told.relay()).value()));
  }
  if (!request.server_view()) return step.finish(command, std::move(reply));

  step.answer(command, std::move(reply));
  proto::pb::Request question;
  question.mutable_server_view();
  mailbox_.ask(step, std::move(question),
               [command](Step& later, const proto::pb::Response* response,
                         const std::optional<proto::pb::Failure>& unreachable) {
                 if (unreachable) return later.fail(command, *unreachable);
                 if (!response->has_rows()) return later.fail(command, failure(*response));
                 for (const auto& row : response->rows().rows()) {
                   proto::pb::ApiReply line;
                   line.mutable_server_row()->set_table(row.table());
                   for (const auto& field : row.fields()) {
                     auto& shown = *line.mutable_server_row()->add_fields();
                     shown.set_name(field.name());
                     shown.set_value(field.value());
                   }
                   later.answer(command, std::move(line));
                 }
                 later.done(command);
               });
}

void Questions::verify(Step& step, CommandId command, const proto::pb::VerifyCommand& request) {
  auto* contact = state_.contacts.find(std::string_view{request.name()});
  if (!state_.joined() || contact == nullptr) {
    return step.fail(command,
                     unknown_contact(request.name(), state_.contacts.nearest(request.name())));
  }
  if (request.action() != proto::pb::VerifyCommand::ACTION_SHOW) {
    if (!judge(*contact, request.action())) {
      return step.fail(command, failure(Exit::user, "The keys of " + contact->row.name() +
                                                        " have not changed."));
    }
    contact->save(step);
    readers_.contact_changed(step, *contact);
    copies_.contact(step, contact->id);
  }
  const auto number =
      crypto::SafetyNumber::of(state_.identity->account_key, contact->account_key());
  proto::pb::ApiReply reply;
  auto& shown = *reply.mutable_safety_number();
  shown.set_name(contact->row.name());
  shown.set_digits(grouped_digits(number));
  shown.set_scannable(to_string(number.code()));
  shown.set_trust(contact->row.trust());
  shown.set_account(to_string(contact->id.bytes));
  if (contact->may_have_moved()) {
    const auto statement =
        crypto::SuccessorStatement::parse(crypto::as_bytes(contact->row.successor().statement()));
    const auto next =
        crypto::SafetyNumber::of(state_.identity->account_key, statement.value().new_key());
    shown.set_successor_digits(grouped_digits(next));
  }
  step.finish(command, std::move(reply));
}

void Questions::history(Step& step, CommandId command,
                        const proto::pb::HistoryCommand& request) const {
  const auto* contact = state_.contacts.find_chat(request.chat());
  if (contact == nullptr) {
    return step.fail(command,
                     unknown_contact(request.chat(), state_.contacts.nearest(request.chat())));
  }
  const auto first = request.last() == 0 ? 1 : first_of_last(state_, contact->id, request.last());
  each_row(state_.rows, RowKind::message, contact->id.bytes, first, [&](const StoredRow& stored) {
    const auto row = parse_row<proto::pb::MessageRow>(stored.value);
    if (!is_left_out(state_, contact->id, row)) {
      step.answer(command, as_reply(state_, *contact, row));
    }
    return true;
  });
  step.done(command);
}

void Questions::outbox(Step& step, CommandId command) const {
  for (const auto& [account, contact] : state_.contacts.all()) {
    for (const auto& row : outgoing_.unsent(account)) {
      step.answer(command, as_reply(state_, contact, row));
    }
  }
  step.done(command);
}

void Questions::outbox_cancel(Step& step, CommandId command,
                              const proto::pb::OutboxCancelCommand& request) {
  const auto row = find_message(state_, request.id());
  if (!row) return step.fail(command, no_message(request.id()));
  if (!row->ours()) return step.fail(command, waits_for_nothing(request.id()));
  const auto account = crypto::AccountId::parse(crypto::as_bytes(row->account())).value();
  if (!outgoing_.withdraw(step, account, row->number())) {
    return step.fail(command, may_be_there(request.id()));
  }
  readers_.state_changed(step, {account, row->number(), proto::pb::MESSAGE_STATE_FAILED, {}});
  step.done(command);
}

void Questions::trace(Step& step, CommandId command, const proto::pb::TraceCommand& request) const {
  const auto row = find_message(state_, request.id());
  if (!row || row->deleted_here()) return step.fail(command, no_message(request.id()));
  const auto& own = state_.identity->id();
  const bool is_note = row->account() == crypto::as_text(own.bytes);
  for (auto& happened : steps_of(*row, is_note)) {
    proto::pb::ApiReply reply;
    *reply.mutable_trace_step() = std::move(happened);
    step.answer(command, std::move(reply));
  }
  step.done(command);
}

void Questions::limits(Step& step, CommandId command) {
  if (!state_.joined()) return step.fail(command, not_joined());
  proto::pb::Request question;
  question.mutable_get_limits();
  mailbox_.ask(step, std::move(question),
               [command](Step& later, const proto::pb::Response* response,
                         const std::optional<proto::pb::Failure>& unreachable) {
                 if (unreachable) return later.fail(command, *unreachable);
                 if (!response->has_limits()) return later.fail(command, failure(*response));
                 for (const auto& limit : response->limits().limits()) {
                   proto::pb::ApiReply line;
                   line.mutable_limit()->set_name(limit.name());
                   line.mutable_limit()->set_value(limit.value());
                   line.mutable_limit()->set_unit(limit.unit());
                   line.mutable_limit()->set_reason(limit.reason());
                   later.answer(command, std::move(line));
                 }
                 later.done(command);
               });
}

void Questions::status(Step& step, CommandId command, const proto::pb::StatusCommand& request) {
  proto::pb::ApiReply reply;
  auto& status = *reply.mutable_status();
  status.set_joined(state_.joined());
  for (const auto& [account, contact] : state_.contacts.all()) {
    status.set_waiting(status.waiting() +
                       static_cast<std::uint32_t>(outgoing_.unsent(account).size()));
  }
  status.set_restored_ms(rollback_.restored_ms());
  status.set_expired(rollback_.expired());
  status.set_set_aside(static_cast<std::uint32_t>(repairs_.set_aside()));
  if (!state_.joined()) return step.finish(command, std::move(reply));
  status.set_relay(proto::format_address(state_.identity->relay));
  if (state_.is_gone()) *status.mutable_own_list() = was_removed();
  proto::pb::Request question;
  question.mutable_ping();
  mailbox_.ask(
      step, std::move(question),
      [this, command, reply, looks = request.own_list()](
          Step& later, const proto::pb::Response*,
          const std::optional<proto::pb::Failure>& unreachable) mutable {
        auto& found = *reply.mutable_status();
        found.set_reachable(!unreachable.has_value());
        if (unreachable) found.set_relay_sentence(unreachable->sentence());
        found.set_clock_offset_seconds(mailbox_.clock_offset(later).value_or(seconds{0}).count());
        if (looks && found.reachable() && !found.has_own_list()) {
          return look_at_own_list(later, command, std::move(reply));
        }
        later.finish(command, std::move(reply));
      });
}

void Questions::look_at_own_list(Step& step, CommandId command, proto::pb::ApiReply reply) {
  own_list_.look(step, command,
                 [command, reply = std::move(reply)](
                     Step& later, const std::optional<proto::pb::Failure>& why_not) mutable {
                   if (why_not) *reply.mutable_status()->mutable_own_list() = *why_not;
                   later.finish(command, std::move(reply));
                 });
}

}  // namespace bisik::client
