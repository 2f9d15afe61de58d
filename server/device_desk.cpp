#include "server/device_desk.hpp"

#include <algorithm>
#include <cassert>

namespace bisik::server {
namespace {

using crypto::DeviceList;

// Signed by the list's account, for this relay and this connection.
template <class Request>
std::optional<DeviceList> published(const Request& request, const crypto::DhPublicKey& relay_key) {
  auto list = DeviceList::parse(request.device_list);
  if (!list) return std::nullopt;
  const crypto::ListPublication publication{
      .list = list->hash(), .relay_key = relay_key, .handshake = request.handshake};
  if (!publication.verify(list->account_key(), request.publication)) return std::nullopt;
  return std::move(*list);
}

bool is_bound(const op::AddDevice& request, const crypto::VerifyKey& account_key,
              const crypto::DhPublicKey& relay_key) {
  const crypto::NetworkBinding binding{.change = crypto::NetworkKeyChange::add,
                                       .network_key = request.network_key,
                                       .device = request.device,
                                       .relay_key = relay_key,
                                       .handshake = request.handshake};
  return binding.verify(account_key, request.binding).has_value();
}

// AK, which a list begins with. Nothing of it has been verified.
crypto::VerifyKey claimed_account(const Bytes& device_list) {
  crypto::Decoder in{device_list};
  return {in.take_array<crypto::VerifyKey::kSize>()};
}

std::uint64_t counter_of(crypto::ByteView epoch) {
  return crypto::Decoder{epoch}.take_int<std::uint64_t>();
}

}  // namespace

DeviceDesk::Published DeviceDesk::publish_list(const storage::Device& device,
                                               const op::PublishList& request) {
  const auto list = published(request, relay_key_);
  if (!list || list->account().bytes != device.account_id) return {kMalformed};
  if (const auto reply = judge(*list); !reply.ok()) return {reply};
  return accept(*list);
}

DeviceDesk::Published DeviceDesk::add_device(const op::AddDevice& request, storage::Day today) {
  // The cheap questions first: a stranger costs two rows, and whoever does not have AK the check of
  // one signature.
  const auto account_key = claimed_account(request.device_list);
  const Id account = crypto::AccountId::of(account_key).bytes;
  if (!store_.accounts().find(account)) return {kNotRegistered};
  const auto reply = check_caller(request.caller, account, request.network_key.bytes);
  if (!reply.ok()) return {reply};
  if (!is_bound(request, account_key, relay_key_)) return {kMalformed};
  const auto list = published(request, relay_key_);
  if (!list || list->find(request.device) == nullptr) return {kMalformed};
  if (const auto judged = judge(*list); !judged.ok()) return {judged};
  if (const auto key = check_key(request, account); !key.ok()) return {key};

  auto accepted = accept(*list);
  store_.accounts().add_device(request.network_key.bytes, account, request.device);
  store_.accounts().touch(account, today);
  return accepted;
}

Reply DeviceDesk::check_caller(const Id& caller, const Id& account, const Id& added) {
  const auto known = store_.accounts().device(caller);
  if (known) return known->account_id == account ? kOk : kRefused;
  return caller == added ? kOk : kNotRegistered;
}

// A network key is one device's for ever, and a device has one.
Reply DeviceDesk::check_key(const op::AddDevice& request, const Id& account) {
  const auto known = store_.accounts().device(request.network_key.bytes);
  if (known && (known->account_id != account || known->number != request.device)) return kRefused;
  const auto devices = store_.accounts().devices(account);
  const auto listed = std::ranges::find(devices, request.device, &storage::Device::number);
  const bool other = listed != devices.end() && listed->network_key != request.network_key.bytes;
  return other ? kConflict : kOk;
}

// Whether it may take the place of the newest list that is kept. That list itself may.
Reply DeviceDesk::judge(const DeviceList& list) {
  const auto kept = store_.bundles().newest_list(list.account().bytes);
  if (!kept) return kMalformed;
  if (std::ranges::equal(kept->bytes, list.bytes())) return kOk;
  const auto before = DeviceList::parse(kept->bytes);
  if (!before) return kMalformed;
  const auto allowed = check_successor(*before, list);
  if (allowed) return kOk;
  return allowed.error() == crypto::Errc::not_newer ? kNotNewer : kConflict;
}

// Once it has been judged. Nothing changes if it is the one that is kept.
DeviceDesk::Published DeviceDesk::accept(const DeviceList& list) {
  const bool newer = store_.bundles().publish_list(
      list.account().bytes, static_cast<Sequence>(list.sequence()), list.bytes());
  if (!newer) return {kOk};
  return {kOk, remove_unlisted(list)};
}

Removed DeviceDesk::remove_unlisted(const DeviceList& list) {
  const Id account = list.account().bytes;
  Removed removed;
  for (const auto& device : store_.accounts().devices(account)) {
    if (list.find(static_cast<crypto::DeviceNumber>(device.number)) != nullptr) continue;
    for (const auto& queue : store_.queues().of_device(account, device.number)) {
      store_.queues().remove(queue);
      removed.queues.push_back(queue);
    }
    store_.bundles().remove_device(account, device.number);
    store_.accounts().remove_device(device.network_key);
    removed.network_keys.push_back(device.network_key);
  }
  return removed;
}

proto::pb::StateEpoch DeviceDesk::raise_state_epoch(const storage::Device& device,
                                                    const op::RaiseStateEpoch& request) {
  const auto& before = device.state_epoch;
  if (!before || counter_of(request.epoch) > counter_of(*before)) {
    store_.accounts().set_state_epoch(device.network_key, request.epoch);
  }
  proto::pb::StateEpoch kept;
  if (before) kept.set_epoch(before->data(), before->size());
  return kept;
}

}  // namespace bisik::server
