#include "client/engine/device_linking.hpp"

#include <algorithm>

#include "client/engine/sentences.hpp"
#include "crypto/random.hpp"
#include "proto/frame.hpp"

namespace bisik::client {
namespace {

using proto::pb::Response;

bool is_ok(const Response* response) {
  return response != nullptr && response->status() == proto::pb::STATUS_OK;
}

// Somebody else has signed a list of this account: also where its relay does not show it any more.
bool is_alarmed(State& state) {
  const auto* own = state.contacts.find(state.identity->id());
  return own != nullptr && own->row.trust() == proto::pb::TRUST_CHANGED;
}

// Why this device cannot change the account's list now.
std::optional<proto::pb::Failure> refuse(State& state) {
  if (!state.joined()) return not_joined();
  if (!state.identity->primary) return not_the_primary();
  if (state.is_gone()) return was_removed();
  if (is_alarmed(state)) return failure(Exit::trust, foreign_own_list());
  if (!state.identity->next_device_list.empty()) return again_later(seconds{2});
  return std::nullopt;
}

}  // namespace

void DeviceLinking::devices(Step& step, CommandId command) {
  if (!state_.joined()) return step.fail(command, not_joined());
  own_list_.look(step, command,
                 [this, command](Step& later, const std::optional<proto::pb::Failure>& why_not) {
                   answer_devices(later, command, why_not);
                 });
}

// Whoever was removed has no list. What else may be wrong stands beside the list that is known.
void DeviceLinking::answer_devices(Step& step, CommandId command,
                                   const std::optional<proto::pb::Failure>& why_not) const {
  if (state_.is_gone()) return step.fail(command, was_removed());
  const auto& identity = *state_.identity;
  const auto* own = &state_.contacts.all().at(identity.id());
  const auto list = identity.list();
  for (const auto& record : list.records()) {
    proto::pb::ApiReply reply;
    auto& device = *reply.mutable_device();
    device.set_number(record.number());
    device.set_created_unix_seconds(
        static_cast<std::uint64_t>(record.created().time_since_epoch().count()));
    device.set_this_one(record.number() == identity.device.number());
    device.set_primary(device.this_one() && identity.primary);
    device.set_has_keys(device.this_one() ||
                        std::ranges::any_of(own->row.devices(), [&](const auto& known) {
                          return known.number() == record.number();
                        }));
    step.answer(command, std::move(reply));
  }
  if (why_not) {
    proto::pb::ApiReply reply;
    reply.mutable_notice()->set_sentence(list_as_known(*why_not));
    step.answer(command, std::move(reply));
  }
  step.done(command);
}

void DeviceLinking::approve(Step& step, CommandId command,
                            const proto::pb::ApproveCommand& request) {
  if (auto why = refuse(state_)) return step.fail(command, std::move(*why));
  const auto& identity = *state_.identity;
  const auto code = proto::parse_link(request.code());
  if (!code) return step.fail(command, bad_link(code.error()));
  if (!code->device) return step.fail(command, not_a_linking_code());
  if (code->relay != identity.relay) return step.fail(command, another_relay());
  own_list_.look(
      step, command,
      [this, command, code = *code](Step& later, const std::optional<proto::pb::Failure>& why_not) {
        if (why_not) return later.fail(command, *why_not);
        offer(later, command, code);
      });
}

// The newest list is known: the number that follows was never given before.
void DeviceLinking::offer(Step& step, CommandId command, const proto::Link& code) {
  if (attempt_) end(step, replaced_by_another_linking());
  auto& identity = *state_.identity;
  if (identity.device_count >= crypto::kMaxDevices) return step.fail(command, too_many_devices());
  const auto number = ++identity.last_number;
  identity.save(step);
  auto offer =
      crypto::DeviceOffer::create(*code.device, identity.account_key, number, step.now_seconds());
  auto rendezvous = crypto::Rendezvous::of(code.device->secret);
  auto first = offer.seal_offer(proto::kSmallCellBytes);
  attempt_.emplace(Attempt{.command = command,
                           .expires = step.now() + kLinkingTakes,
                           .rendezvous = std::move(rendezvous),
                           .offer = std::move(offer),
                           .revealed = {},
                           .confirmed = {},
                           .cell = {},
                           .envelope_id = {}});
  say(*attempt_, std::move(first));
  const auto key = mailbox_.line_key();
  state_.lines.at(*key).hurry(step.now());
}

bool DeviceLinking::reads(const std::string& queue) const {
  return attempt_ && queue == crypto::as_text(attempt_->rendezvous.answer.id.bytes);
}

// Anybody who has seen the code can write there: what is not the reveal is passed over.
void DeviceLinking::push(Step& step, const proto::pb::Cell& cell) {
  if (!attempt_ || attempt_->revealed || attempt_->confirmed) return;
  auto revealed = attempt_->offer.open_reveal(crypto::as_bytes(cell.cell()));
  if (!revealed) return;
  attempt_->revealed.emplace(std::move(*revealed));
  proto::pb::ApiReply reply;
  reply.mutable_digits_wanted();
  step.answer(attempt_->command, std::move(reply));
}

void DeviceLinking::confirm(Step& step, CommandId command,
                            const proto::pb::ConfirmDigitsCommand& request) {
  if (auto why = refuse(state_)) {
    if (attempt_ && is_alarmed(state_)) end(step, *why);
    return step.fail(command, std::move(*why));
  }
  if (!attempt_ || !attempt_->revealed) return step.fail(command, nothing_to_confirm());
  const auto typed = crypto::LinkingDigits::parse(request.digits());
  if (!typed) return step.fail(command, six_digits());
  auto revealed = std::move(*attempt_->revealed);
  attempt_->revealed.reset();
  auto confirmed = std::move(revealed).confirm(*typed);
  if (!confirmed) {
    end(step, other_digits());
    return step.fail(command, other_digits());
  }
  attempt_->confirmed.emplace(std::move(*confirmed));
  auto& identity = *state_.identity;
  auto records = identity.list().records();
  records.push_back(attempt_->confirmed->sign(*identity.primary));
  identity.sign_list(step, std::move(records));
  add_device(step);
  step.done(command);
}

void DeviceLinking::add_device(Step& step) {
  const auto& identity = *state_.identity;
  proto::pb::Request request;
  auto& operation = *request.mutable_add_device();
  operation.set_device_list(to_string(
      identity.next_device_list.empty() ? identity.device_list : identity.next_device_list));
  operation.set_device(identity.last_number);
  operation.set_network_key(to_string(attempt_->confirmed->network_key().bytes));
  mailbox_.ask(
      step, std::move(request),
      [this, list = operation.device_list()](Step& later, const Response* response, const auto&) {
        added(later, list, response);
      });
}

void DeviceLinking::added(Step& step, const std::string& list, const Response* response) {
  auto& identity = *state_.identity;
  if (response == nullptr || !attempt_ || !attempt_->confirmed) return;
  if (!is_ok(response)) {
    if (crypto::as_text(identity.next_device_list) == list) {
      identity.next_device_list.clear();  // the relay has it not
      identity.save(step);
    }
    return end(step, failure(*response));
  }
  state_.list_published(step, crypto::as_bytes(list));
  // A copy that was made before this list was signed has an epoch that is behind from now on.
  own_list_.look(step, 0, [](Step&, const auto&) {});
  if (std::exchange(attempt_->listed, true)) return;  // asked on two connections
  say(*attempt_, attempt_->confirmed->seal_grant(proto::kSmallCellBytes, proto::encode(grant())));
  send_cell(step);
}

proto::pb::LinkGrant DeviceLinking::grant() const {
  const auto& identity = *state_.identity;
  proto::pb::LinkGrant grant;
  grant.set_record(to_string(attempt_->confirmed->sign(*identity.primary).bytes()));
  grant.set_device_list(to_string(identity.device_list));
  grant.set_name(identity.name);
  grant.set_write_secret(to_string(identity.write_secret.bytes()));
  grant.set_write_secret_sequence(identity.write_secret_sequence);
  for (const auto& old : identity.old_write_secrets) {
    if (grant.old_write_secrets_size() == proto::kMaxWriteKeysAtCreate - 1) break;
    grant.add_old_write_secrets(to_string(old.secret.bytes()));
  }
  return grant;
}

void DeviceLinking::say(Attempt& attempt, crypto::Bytes cell) {
  attempt.cell = std::move(cell);
  attempt.envelope_id = to_string(crypto::random_array<proto::kEnvelopeIdBytes>());
}

void DeviceLinking::pump(Step& step) {
  if (!attempt_) return;
  if (step.now() >= attempt_->expires && attempt_->granted) {
    return welcomed(step, state_.identity->last_number);
  }
  if (step.now() >= attempt_->expires) return end(step, nobody_linked());
  const auto& line = state_.lines.at(*mailbox_.line_key());
  if (!line.is_up() || line.id() == attempt_->said_on) return;
  attempt_->said_on = line.id();
  say_all(step);
}

// On each connection anew, in this order; each may be repeated.
void DeviceLinking::say_all(Step& step) {
  create_queue(step, attempt_->rendezvous.offer);
  create_queue(step, attempt_->rendezvous.answer);
  proto::pb::Request request;
  auto& operation = *request.mutable_subscribe();
  operation.set_queue(to_string(attempt_->rendezvous.answer.id.bytes));
  operation.set_read_key(to_string(attempt_->rendezvous.answer.read_key.bytes()));
  mailbox_.ask(step, std::move(request), [](Step&, const Response*, const auto&) {});
  if (attempt_->confirmed && !attempt_->listed) return add_device(step);
  send_cell(step);
}

void DeviceLinking::create_queue(Step& step, const crypto::RendezvousQueue& queue) {
  proto::pb::Request request;
  auto& operation = *request.mutable_create_queue();
  operation.set_queue(to_string(queue.id.bytes));
  operation.set_kind(proto::pb::QUEUE_KIND_RENDEZVOUS);
  operation.set_read_key_hash(to_string(queue.read_key.hash()));
  operation.add_write_keys()->set_hash(to_string(queue.write_key.hash()));
  mailbox_.ask(
      step, std::move(request),
      [this, command = attempt_->command](Step& later, const Response* response, const auto&) {
        const bool same = attempt_ && attempt_->command == command;
        if (response != nullptr && !is_ok(response) && same) {
          end(later, failure(*response));
        }
      });
}

proto::pb::Request DeviceLinking::to_send(const Attempt& attempt) {
  proto::pb::Request request;
  auto& operation = *request.mutable_send_cell();
  operation.set_queue(to_string(attempt.rendezvous.offer.id.bytes));
  operation.set_write_key(to_string(attempt.rendezvous.offer.write_key.bytes()));
  operation.set_envelope_id(attempt.envelope_id);
  operation.set_cell(to_string(attempt.cell));
  return request;
}

void DeviceLinking::send_cell(Step& step) {
  mailbox_.ask(step, to_send(*attempt_),
               [this](Step& later, const Response* response, const auto&) {
                 if (is_ok(response)) granted(later);
               });
}

// This process stays for a while: what the new device asks for only it can tell.
void DeviceLinking::granted(Step& step) {
  if (!attempt_ || !attempt_->listed || attempt_->granted) return;
  attempt_->granted = true;
  attempt_->expires = step.now() + kWelcomeTakes;
  proto::pb::ApiReply reply;
  reply.mutable_link_granted()->set_device(state_.identity->last_number);
  step.answer(attempt_->command, std::move(reply));
}

void DeviceLinking::welcomed(Step& step, crypto::DeviceNumber device) {
  if (!attempt_ || !attempt_->granted || device != state_.identity->last_number) return;
  step.done(attempt_->command);
  attempt_.reset();
}

void DeviceLinking::end(Step& step, const proto::pb::Failure& why) {
  step.fail(attempt_->command, why);
  give_up(step);
}

// The new device hears of it, if it is there still: it waits for a grant that will not come.
void DeviceLinking::give_up(Step& step) {
  if (!attempt_->listed) {
    say(*attempt_, attempt_->offer.seal_refusal(proto::kSmallCellBytes));
    mailbox_.ask(step, to_send(*attempt_), [](Step&, const Response*, const auto&) {});
  }
  attempt_.reset();
}

void DeviceLinking::cancel(Step& step, CommandId command) {
  if (attempt_ && attempt_->command == command && !attempt_->confirmed) give_up(step);
}

std::optional<Time> DeviceLinking::wake_at() const {
  return attempt_ ? std::optional{attempt_->expires} : std::nullopt;
}

void DeviceLinking::remove(Step& step, CommandId command,
                           const proto::pb::RemoveDeviceCommand& request) {
  if (auto why = refuse(state_)) return step.fail(command, std::move(*why));
  const auto number = request.number();
  if (number == state_.identity->device.number()) return step.fail(command, this_device());
  own_list_.look(step, command,
                 [=, this](Step& later, const std::optional<proto::pb::Failure>& why_not) {
                   if (why_not) return later.fail(command, *why_not);
                   publish_without(later, command, number);
                 });
}

void DeviceLinking::publish_without(Step& step, CommandId command, crypto::DeviceNumber number) {
  if (auto why = refuse(state_)) return step.fail(command, std::move(*why));
  auto& identity = *state_.identity;
  auto records = identity.list().records();
  const auto gone = std::erase_if(
      records, [=](const crypto::DeviceRecord& record) { return record.number() == number; });
  if (gone == 0) return step.fail(command, no_such_device(number));
  identity.sign_list(step, std::move(records));
  proto::pb::Request question;
  question.mutable_publish_list()->set_device_list(to_string(identity.next_device_list));
  mailbox_.ask(step, std::move(question),
               [this, command, list = identity.next_device_list](
                   Step& later, const Response* response,
                   const std::optional<proto::pb::Failure>& unreachable) {
                 if (unreachable) return later.fail(command, removed_later());
                 if (!is_ok(response)) return later.fail(command, failure(*response));
                 state_.list_published(later, list);
                 own_list_.look(later, 0, [](Step&, const auto&) {});  // as in added()
                 on_removed_(later);
                 later.done(command);
               });
}

}  // namespace bisik::client
