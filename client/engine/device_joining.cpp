#include "client/engine/device_joining.hpp"

#include "client/engine/sentences.hpp"
#include "crypto/random.hpp"
#include "proto/frame.hpp"

namespace bisik::client {
namespace {

using proto::pb::Request;
using proto::pb::Response;

std::optional<crypto::Capability> capability(const std::string& bytes) {
  const auto parsed = crypto::Capability::parse(crypto::as_bytes(bytes));
  return parsed ? std::optional{*parsed} : std::nullopt;
}

}  // namespace

LineKey DeviceJoining::line_of(const Attempt& attempt) {
  return {LinePurpose::rendezvous, attempt.relay};
}

void DeviceJoining::link(Step& step, CommandId command, const proto::pb::LinkCommand& request) {
  if (state_.identity) return step.fail(command, has_an_account());
  const auto relay = proto::parse_address(request.relay());
  if (!relay) return step.fail(command, bad_link(relay.error()));
  if (attempt_) step.fail(attempt_->command, replaced_by_another_linking());
  auto network_key = crypto::DhKeyPair::generate();
  auto fresh = crypto::NewDevice::create(network_key.public_key);
  const auto code = fresh.code();
  attempt_.emplace(Attempt{.command = command,
                           .history = request.history(),
                           .relay = *relay,
                           .network_key = std::move(network_key),
                           .rendezvous = crypto::Rendezvous::of(code.secret),
                           .fresh = std::move(fresh),
                           .claimed = {},
                           .grant = {},
                           .expires = step.now() + kLinkingTakes});
  proto::pb::ApiReply reply;
  reply.mutable_made_link()->set_link(
      proto::format_link({.relay = *relay, .invite = {}, .contact = {}, .device = code}));
  step.answer(command, std::move(reply));
}

void DeviceJoining::cancel(CommandId command) {
  if (attempt_ && attempt_->command == command) attempt_.reset();
}

void DeviceJoining::pump(Step& step) {
  if (!attempt_) return;
  if (step.now() >= attempt_->expires) {
    step.fail(attempt_->command, nobody_approved());
    return attempt_.reset();
  }
  auto& line = state_.lines.at(line_of(*attempt_));
  if (!line.is_up()) return;
  attempt_->reached = true;
  if (line.id() != attempt_->subscribed_on && step.now() >= attempt_->ask_again) {
    subscribe(step, line);
  }
  if (attempt_->claimed && line.id() != attempt_->revealed_on) send_reveal(step, line);
}

// The queue is there once the primary has read the code: until then the relay refuses.
void DeviceJoining::subscribe(Step& step, Line& line) {
  attempt_->subscribed_on = line.id();
  Request request;
  auto& operation = *request.mutable_subscribe();
  operation.set_queue(to_string(attempt_->rendezvous.offer.id.bytes));
  operation.set_read_key(to_string(attempt_->rendezvous.offer.read_key.bytes()));
  line.request(step, std::move(request), [this](Step& later, const Response* response) {
    if (!attempt_ || (response != nullptr && response->has_subscribed())) return;
    attempt_->subscribed_on = 0;
    attempt_->ask_again = later.now() + kAskForRendezvousAgain;
  });
}

void DeviceJoining::send_reveal(Step& step, Line& line) {
  attempt_->revealed_on = line.id();
  Request request;
  auto& operation = *request.mutable_send_cell();
  operation.set_queue(to_string(attempt_->rendezvous.answer.id.bytes));
  operation.set_write_key(to_string(attempt_->rendezvous.answer.write_key.bytes()));
  operation.set_envelope_id(attempt_->envelope_id);
  operation.set_cell(to_string(attempt_->reveal));
  line.request(step, std::move(request), [](Step&, const Response*) {});
}

// Anybody who has seen the code can write there: what is none of the primary's cells is passed
// over.
void DeviceJoining::push(Step& step, const proto::pb::Cell& cell) {
  if (!attempt_) return;
  const auto bytes = crypto::as_bytes(cell.cell());
  if (!attempt_->claimed) return claim(step, bytes);
  if (!attempt_->grant && attempt_->claimed->is_refusal(bytes)) {
    step.fail(attempt_->command, linking_was_refused());
    return attempt_.reset();
  }
  auto grant = attempt_->claimed->open_grant(bytes);
  if (!grant) return;
  attempt_->grant = std::move(*grant);
  take_grant(step);
}

void DeviceJoining::accept(Step& step, CommandId command) {
  if (!attempt_ || !attempt_->claimed) return step.fail(command, nothing_to_confirm());
  attempt_->accepted = true;
  take_grant(step);
  step.done(command);
}

void DeviceJoining::claim(Step& step, crypto::ByteView cell) {
  const auto offer = attempt_->fresh->open_offer(cell);
  if (!offer) return;
  attempt_->claimed.emplace(std::move(*attempt_->fresh).accept(*offer));
  attempt_->fresh.reset();
  attempt_->expires = step.now() + kLinkingTakes;  // as the primary counts
  attempt_->reveal = attempt_->claimed->seal_reveal(proto::kSmallCellBytes);
  attempt_->envelope_id = to_string(crypto::random_array<proto::kEnvelopeIdBytes>());
  proto::pb::ApiReply reply;
  reply.mutable_link_digits()->set_digits(attempt_->claimed->digits().text());
  reply.mutable_link_digits()->set_account(
      to_string(crypto::AccountId::of(offer->account_key).bytes));
  step.answer(attempt_->command, std::move(reply));
}

// Anybody who has seen the code can answer it, and would make this a device of his account: so the
// person at the primary has to have said that it is theirs.
void DeviceJoining::take_grant(Step& step) {
  if (!attempt_->grant || !attempt_->accepted || state_.identity) return;
  const auto grant = proto::decode_link_grant(*attempt_->grant);
  if (!grant) return;
  const auto record = crypto::DeviceRecord::parse(crypto::as_bytes(grant->record()));
  const auto list = crypto::DeviceList::parse(crypto::as_bytes(grant->device_list()));
  if (!record || !list) return;
  const auto* listed = list->find(record->number());
  if (listed == nullptr || *listed != *record) return;
  auto device = std::move(*attempt_->claimed).join(*record);
  if (!device) {
    step.fail(attempt_->command, nobody_approved());
    return attempt_.reset();
  }
  become(step, std::move(*device), *list, *grant);
}

void DeviceJoining::become(Step& step, crypto::Device device, const crypto::DeviceList& list,
                           const proto::pb::LinkGrant& grant) {
  auto& identity = state_.identity.emplace(Identity{
      .account_key = list.account_key(),
      .primary = {},
      .device = std::move(device),
      .network_key = std::move(attempt_->network_key),
      .mailbox = OwnQueue::random(),
      .knock = OwnQueue::random(),
      .write_secret = *capability(grant.write_secret()),
      .write_secret_sequence = grant.write_secret_sequence(),
      .next_write_secret = {},
      .old_write_secrets = {},
      .end_current_secret = false,
      .next_secret_from_clock = false,
      .name = grant.name(),
      .relay = attempt_->relay,
      .relay_signing_key = {},
      .device_list = {list.bytes().begin(), list.bytes().end()},
      .next_device_list = {},
      .list_sequence = list.sequence(),
      .device_count = static_cast<std::uint8_t>(list.records().size()),
      .bundle_sequence = 0,
      .invite = {},
      .setup = attempt_->history ? Setup::pending_with_history : Setup::pending,
      .last_number = 0,
  });
  for (const auto& old : grant.old_write_secrets()) {
    identity.old_write_secrets.push_back(
        {*capability(old), step.now_seconds() + kOldSecretLifetime});
  }
  state_.key_ring.generate(step);
  state_.key_ring.make_one_time_keys(step, 0, 0);
  state_.contacts.add_own(identity.account_key, identity.relay, step);
  identity.save(step);
  set_up_.watch(attempt_->command);
  attempt_.reset();
}

void DeviceJoining::line_failed(Step& step, const LineKey& key, LineEnd why) {
  if (!attempt_ || key != line_of(*attempt_) || attempt_->reached) return;
  step.fail(attempt_->command, failure(why, key.relay));
  attempt_.reset();
}

void DeviceJoining::add_wanted(Lines::Wanted& wanted) const {
  if (attempt_) wanted.insert(line_of(*attempt_));
}

std::optional<Time> DeviceJoining::wake_at(Time now) const {
  if (!attempt_) return std::nullopt;
  return attempt_->ask_again > now ? std::min(attempt_->expires, attempt_->ask_again)
                                   : attempt_->expires;  // the line wakes us
}

}  // namespace bisik::client
