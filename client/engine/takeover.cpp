#include "client/engine/takeover.hpp"

#include <algorithm>

#include "client/engine/peer_devices.hpp"
#include "client/engine/sentences.hpp"

namespace bisik::client {
namespace {

using crypto::DeviceRecord;
using proto::pb::Bundles;
using proto::pb::Failure;
using proto::pb::Response;

bool claims_primary(const Bundles::Device& entry, const DeviceRecord& record) {
  const auto bundle = crypto::Bundle::parse(crypto::as_bytes(entry.bundle()), record);
  return bundle && (bundle->contents().capabilities & kHoldsAccountKey) != 0;
}

Identity make_identity(Step& step, BackedUpAccount account, const crypto::DeviceList& list,
                       crypto::DeviceNumber number) {
  auto device = crypto::Device::create(account.key, number, step.now_seconds());
  const auto account_key = account.key.verify_key();
  Identity identity{
      .account_key = account_key,
      .primary = std::move(account.key),
      .device = std::move(device),
      .network_key = crypto::DhKeyPair::generate(),
      .mailbox = OwnQueue::random(),
      .knock = OwnQueue::random(),
      .write_secret = account.write_secret,
      .write_secret_sequence = State::secret_sequence_after(step, account.write_secret_sequence),
      .next_write_secret = crypto::Capability::random(),  // the old primary knows this one
      .old_write_secrets = {},
      .end_current_secret = false,
      .next_secret_from_clock = false,
      .name = std::move(account.name),
      .relay = std::move(account.relay),
      .relay_signing_key = {},
      .device_list = {list.bytes().begin(), list.bytes().end()},
      .next_device_list = {},
      .list_sequence = list.sequence(),
      .device_count = static_cast<std::uint8_t>(list.records().size()),
      .bundle_sequence = 0,
      .invite = {},
      .setup = Setup::restoring,
      .last_number = number,
  };
  for (const auto& old : account.old_write_secrets) {
    identity.old_write_secrets.push_back({old, step.now_seconds() + kOldSecretLifetime});
  }
  return identity;
}

}  // namespace

LineKey Takeover::line_key() const { return {LinePurpose::fetches, account_->relay}; }

void Takeover::begin(Step& step, CommandId command, BackedUpAccount account) {
  account_.emplace(std::move(account));
  command_ = command;
  asked_ = false;
  state_.lines.at(line_key()).hurry(step.now());
}

void Takeover::give_up() {
  account_.reset();
  command_.reset();
  asked_ = false;
}

void Takeover::cancel(CommandId command) {
  if (command_ == command) command_.reset();
}

bool Takeover::must_publish() const {
  return state_.identity && state_.identity->setup == Setup::restoring;
}

void Takeover::pump(Step& step) {
  if (asked_) return;
  if (account_) {
    auto& line = state_.lines.at(line_key());
    if (line.is_up()) fetch(step, line);
  } else if (must_publish() && step.now() >= not_before_) {
    publish(step);
  }
}

void Takeover::fetch(Step& step, Line& line) {
  asked_ = true;
  proto::pb::Request request;
  auto& operation = *request.mutable_fetch_bundle();
  operation.set_account(to_string(account_->key.id().bytes));
  operation.set_after_sequence(account_->list.sequence());
  line.request(step, std::move(request),
               [this](Step& later, const Response* response) { fetched(later, response); });
}

void Takeover::fetched(Step& step, const Response* response) {
  if (!account_ || !asked_) return;
  asked_ = false;
  if (response == nullptr) return fail(step, failure(LineEnd::closed, account_->relay));
  if (response->status() == proto::pb::STATUS_REFUSED) return fail(step, no_such_account());
  if (response->status() != proto::pb::STATUS_OK || !response->has_bundles()) {
    return fail(step, failure(*response));
  }
  const auto list = newest_list(account_->list, account_->key.verify_key(), response->bundles());
  if (!list) return fail(step, bad_keys("this account", list.error()));
  become(step, *list, response->bundles());
}

// Without the primary of the backup, and without whoever has become it since; a device that was
// made after the backup and never had keys is what a restore has left that did not come to its end.
std::vector<DeviceRecord> Takeover::remaining(const crypto::DeviceList& list,
                                              const Bundles& bundles) const {
  auto records = list.records();
  std::erase_if(records, [&](const DeviceRecord& record) {
    if (record.number() == account_->device) return true;
    const auto* entry = find_bundle(bundles, record.number());
    return entry == nullptr ? record.number() > account_->last_number
                            : claims_primary(*entry, record);
  });
  return records;
}

void Takeover::become(Step& step, const crypto::DeviceList& list, const Bundles& bundles) {
  const auto number =
      std::max({account_->last_number, list.records().back().number(), highest_number(bundles)}) +
      1;
  auto records = remaining(list, bundles);
  if (number > crypto::kMaxDeviceNumber || records.size() >= crypto::kMaxDevices) {
    return fail(step, too_many_devices());
  }
  auto account = std::move(*account_);
  account_.reset();
  state_.identity.emplace(make_identity(step, std::move(account), list, number));
  auto& identity = *state_.identity;
  state_.key_ring.discard(step);
  state_.key_ring.generate(step);
  state_.key_ring.make_one_time_keys(step, 0, 0);
  learn_devices_that_stay(step, records, bundles);
  records.push_back(identity.device.record);
  identity.sign_list(step, std::move(records));
}

// So that they hear of the new write secret. Of one whose keys are not in order they are fetched
// again, when there is something to say to it.
void Takeover::learn_devices_that_stay(Step& step, const std::vector<DeviceRecord>& records,
                                       const Bundles& bundles) {
  const auto& identity = *state_.identity;
  auto& own = state_.contacts.add_own(identity.account_key, identity.relay, step);
  static_cast<void>(learn_devices(step, state_, own, bundles, false));
  const auto before = identity.list();
  for (const auto& record : before.records()) {
    if (std::ranges::find(records, record) == records.end()) own.forget_device(record.number());
  }
  own.save(step);
}

void Takeover::publish(Step& step) {
  asked_ = true;
  const auto& identity = *state_.identity;
  proto::pb::Request request;
  auto& operation = *request.mutable_add_device();
  operation.set_device_list(to_string(identity.next_device_list));
  operation.set_device(identity.device.number());
  operation.set_network_key(to_string(identity.network_key.public_key.bytes));
  mailbox_.ask(
      step, std::move(request),
      [this](Step& later, const Response* response, const std::optional<Failure>& unreachable) {
        published(later, response, unreachable);
      });
}

// Whether the relay has taken it is not known before it says so: the device stays as it is.
void Takeover::published(Step& step, const Response* response,
                         const std::optional<Failure>& unreachable) {
  if (!must_publish() || !asked_) return;
  asked_ = false;
  if (!unreachable && response->status() == proto::pb::STATUS_OK) {
    auto& identity = *state_.identity;
    identity.setup = Setup::pending;
    state_.list_published(step, identity.next_device_list);
    if (const auto command = std::exchange(command_, {})) set_up_.watch(*command);
    return;
  }
  not_before_ = step.now() + kAskForOwnKeysAgain;
  const auto command = std::exchange(command_, {});
  if (!command) return;
  if (unreachable) return step.fail(*command, *unreachable);
  const auto status = response->status();
  const bool overtaken =
      status == proto::pb::STATUS_NOT_NEWER || status == proto::pb::STATUS_CONFLICT;
  step.fail(*command, overtaken ? restored_elsewhere() : failure(*response));
}

void Takeover::fail(Step& step, const Failure& why) {
  const auto command = std::exchange(command_, {});
  give_up();
  state_.clear(step);
  if (command) step.fail(*command, not_restored(why));
}

void Takeover::line_failed(Step& step, const LineKey& key, LineEnd why) {
  if (account_ && key == line_key()) fail(step, failure(why, key.relay));
}

void Takeover::add_wanted(Lines::Wanted& wanted) const {
  if (account_) wanted.insert(line_key());
}

std::optional<Time> Takeover::wake_at(Time now) const {
  return must_publish() && !asked_ && not_before_ > now ? std::optional{not_before_} : std::nullopt;
}

}  // namespace bisik::client
