#include "client/engine/device_set_up.hpp"

#include "client/engine/sentences.hpp"

namespace bisik::client {
namespace {

using proto::pb::Request;
using proto::pb::Response;

Request to_create(const OwnQueue& queue, proto::pb::QueueKind kind) {
  Request request;
  auto& operation = *request.mutable_create_queue();
  operation.set_queue(to_string(queue.id.bytes));
  operation.set_kind(kind);
  operation.set_read_key_hash(to_string(queue.read_key.hash()));
  return request;
}

// With the write keys that contacts may have.
Request to_create_mailbox(const Identity& identity) {
  auto request = to_create(identity.mailbox, proto::pb::QUEUE_KIND_MAILBOX);
  auto& keys = *request.mutable_create_queue()->mutable_write_keys();
  const auto add_key = [&](const crypto::Capability& secret) {
    if (keys.size() == proto::kMaxWriteKeysAtCreate) return;
    keys.Add()->set_hash(to_string(crypto::write_key(secret, identity.mailbox.id).hash()));
  };
  add_key(identity.write_secret);
  for (const auto& old : identity.old_write_secrets) add_key(old.secret);
  return request;
}

// What somebody may write with who has a link and has not heard from us: of a restored account.
std::vector<Request> to_add_links(const State& state, const Step& step) {
  std::vector<Request> requests;
  for (const auto& value : state.rows.all(RowKind::link)) {
    const auto row = parse_row<proto::pb::LinkRow>(value);
    const auto secret = crypto::Capability::parse(crypto::as_bytes(row.write_secret()));
    if (!secret || row.expires_ms() <= step.now_ms()) continue;
    const auto key = crypto::write_key(*secret, state.identity->mailbox.id);
    const milliseconds left{static_cast<std::int64_t>(row.expires_ms() - step.now_ms())};
    auto& operation = *requests.emplace_back().mutable_add_write_key();
    operation.set_queue(to_string(state.identity->mailbox.id.bytes));
    operation.mutable_key()->set_hash(to_string(key.hash()));
    operation.mutable_key()->set_cells(kLinkCells);
    const auto lifetime = std::min(std::chrono::ceil<seconds>(left), seconds{kMaxLinkLifetime});
    operation.mutable_key()->set_lifetime_seconds(static_cast<std::uint32_t>(lifetime.count()));
  }
  return requests;
}

}  // namespace

bool DeviceSetUp::is_due() const {
  if (!state_.identity) return false;
  const auto setup = state_.identity->setup;
  return setup == Setup::pending || setup == Setup::pending_with_history;
}

void DeviceSetUp::cancel(CommandId command) {
  if (command_ == command) command_.reset();
}

void DeviceSetUp::pump(Step& step) {
  if (is_due() && !asked_ && step.now() >= not_before_) ask(step);
}

void DeviceSetUp::ask(Step& step) {
  asked_ = true;
  some_failed_ = false;
  auto& identity = *state_.identity;
  const auto note = [this](Step&, const Response* response, const auto&) {
    some_failed_ |= response == nullptr || response->status() != proto::pb::STATUS_OK;
  };
  mailbox_.ask(step, to_create_mailbox(identity), note);
  for (auto& request : to_add_links(state_, step)) {
    mailbox_.ask(step, std::move(request), [](Step&, const Response*, const auto&) {});
  }
  mailbox_.ask(step, to_create(identity.knock, proto::pb::QUEUE_KIND_KNOCK), note);
  Request one_time;
  *one_time.mutable_publish_one_time_keys()->mutable_keys() =
      state_.key_ring.unsent_one_time_keys(identity.device);
  mailbox_.ask(step, std::move(one_time), note);
  Request bundle;
  bundle.mutable_publish_bundle()->set_bundle(
      to_string(state_.key_ring.make_bundle(identity, step).bytes()));
  identity.save(step);
  mailbox_.ask(step, std::move(bundle),
               [this](Step& later, const Response* response,
                      const std::optional<proto::pb::Failure>& unreachable) {
                 finish(later, response, unreachable);
               });
}

void DeviceSetUp::finish(Step& step, const Response* response,
                         const std::optional<proto::pb::Failure>& unreachable) {
  asked_ = false;
  if (unreachable || response->status() != proto::pb::STATUS_OK || some_failed_) {
    not_before_ = step.now() + kAskForOwnKeysAgain;
    if (command_) step.fail(*command_, linked_but_not_set_up());
    return command_.reset();
  }
  auto& identity = *state_.identity;
  const bool history = identity.setup == Setup::pending_with_history;
  identity.setup = Setup::done;
  identity.save(step);
  state_.key_ring.one_time_keys_sent(step, state_.key_ring.newest());
  state_.key_ring.published(step, state_.key_ring.newest());
  copies_.introduce(step, history);
  if (identity.primary) greet_everybody(step);
  if (!command_) return;
  proto::pb::ApiReply reply;
  *reply.mutable_who_am_i() = to_api(identity);
  step.finish(*command_, std::move(reply));
  command_.reset();
}

// Nobody has heard of this device, and it has no sessions; what was written to the account since
// the backup is asked for. What a process did not finish is said after the next start.
void DeviceSetUp::greet_everybody(Step& step) {
  for (auto& [account, contact] : state_.contacts.all()) {
    if (contact.is_own() || contact.is_stranger()) continue;
    contact.row.set_greeted(false);
    contact.save(step);
    if (contact.row.state() == proto::pb::CONTACT_STATE_ACCEPTED) {
      repairs_.begin(step, contact);
    } else if (contact.may_be_written_to()) {
      outgoing_.greet(contact);
    }
  }
}

std::optional<Time> DeviceSetUp::wake_at(Time now) const {
  return is_due() && !asked_ && not_before_ > now ? std::optional{not_before_} : std::nullopt;
}

}  // namespace bisik::client
