#include "server/registry.hpp"

#include <algorithm>

#include "crypto/bundle.hpp"
#include "crypto/device_list.hpp"

namespace bisik::server {
namespace {

constexpr std::string_view kInvitedName = "invited";

// What a Register says, once every signature in it has been verified.
struct Verified {
  crypto::DeviceList list;
  crypto::Bundle bundle;
};

// The queues of a new account are those that its bundle names, and no others.
bool names_queues(const crypto::Bundle::Contents& bundle, const std::vector<op::NewQueue>& queues) {
  const auto there = [&](const crypto::QueueId& id, proto::pb::QueueKind kind) {
    return std::ranges::count_if(queues, [&](const op::NewQueue& queue) {
             return queue.queue == id.bytes && queue.kind == kind;
           }) == 1;
  };
  return queues.size() == 2 && bundle.mailbox != bundle.knock &&
         there(bundle.mailbox, proto::pb::QUEUE_KIND_MAILBOX) &&
         there(bundle.knock, proto::pb::QUEUE_KIND_KNOCK);
}

std::optional<Verified> verify(const op::Register& request, const crypto::DhPublicKey& relay_key) {
  auto list = crypto::DeviceList::parse(request.device_list);
  if (!list) return std::nullopt;
  const auto* record = list->find(request.device);
  if (record == nullptr) return std::nullopt;
  const crypto::NetworkBinding binding{.change = crypto::NetworkKeyChange::add,
                                       .network_key = request.network_key,
                                       .device = request.device,
                                       .relay_key = relay_key,
                                       .handshake = request.handshake};
  if (!binding.verify(list->account_key(), request.binding)) return std::nullopt;
  auto bundle = crypto::Bundle::parse(request.bundle, *record);
  if (!bundle || !names_queues(bundle->contents(), request.queues)) return std::nullopt;
  return Verified{std::move(*list), std::move(*bundle)};
}

// The same registration again, on another connection: its answer was lost.
bool is_repeat(storage::RelayStore& store, const storage::Device& device,
               const op::Register& request) {
  const auto list = store.bundles().newest_list(device.account_id);
  const auto bundle = store.bundles().bundle(device.account_id, device.number);
  const auto same_queue = [&](const op::NewQueue& queue) {
    const auto known = store.queues().find(queue.queue);
    return known && known->owner == device.account_id && known->kind == queue.kind &&
           known->read_key_hash == queue.read_key_hash;
  };
  return device.number == request.device && list && list->bytes == request.device_list && bundle &&
         bundle->bytes == request.bundle && std::ranges::all_of(request.queues, same_queue);
}

proto::pb::Rows::Row to_proto(const storage::ViewRow& row) {
  proto::pb::Rows::Row entry;
  entry.set_table(row.table);
  for (const auto& [name, value] : row.columns) {
    auto& field = *entry.add_fields();
    field.set_name(name);
    field.set_value(value);
  }
  return entry;
}

}  // namespace

std::optional<storage::Device> Registry::caller(const Id& network_key, storage::Day today) {
  auto device = store_.accounts().device(network_key);
  if (device) store_.accounts().touch(device->account_id, today);
  return device;
}

Reply Registry::register_account(const op::Register& request, Time now, storage::Day today) {
  if (const auto known = store_.accounts().device(request.network_key.bytes)) {
    return is_repeat(store_, *known, request) ? kOk : kConflict;
  }
  // Before any signature is verified: whoever has no invite costs one look at a row.
  const auto invite = store_.invites().find(request.invite_hash);
  if (!invite || invite->uses_left <= 0 || invite->expires_at <= unix_seconds(now)) {
    return kNoInvite;
  }
  const auto verified = verify(request, relay_key_);
  if (!verified) return kMalformed;
  if (const auto reply = prekeys_.check(request.keys); !reply.ok()) return reply;
  for (const auto& queue : request.queues) {
    if (const auto reply = mailroom_.check(queue); !reply.ok()) return reply;
  }
  const Id account = verified->list.account().bytes;
  if (!store_.accounts().create(account, today)) return kConflict;

  store_.invites().use(request.invite_hash, unix_seconds(now));
  const storage::Device device{request.network_key.bytes, account, request.device, {}};
  store_.accounts().add_device(device.network_key, account, device.number);
  store_.bundles().publish_list(account, static_cast<Sequence>(verified->list.sequence()),
                                request.device_list);
  store_.bundles().publish_bundle(account, device.number,
                                  static_cast<Sequence>(verified->bundle.contents().sequence),
                                  request.bundle);
  const auto keys = prekeys_.publish_one_time_keys(device, request.keys);
  assert(keys.ok());
  for (const auto& queue : request.queues) mailroom_.create(device, queue, now);
  return kOk;
}

Reply Registry::create_invite(const std::optional<Id>& account, const op::CreateInvite& request,
                              Time now) {
  if (request.uses < 1 || request.uses > limits_.invite_uses || request.lifetime.count() < 1 ||
      request.lifetime > std::chrono::seconds{limits_.invite_seconds}) {
    return kMalformed;
  }
  if (store_.invites().find(request.token_hash)) return kOk;  // asked again
  if (account && invites_.count(*account, now) > limits_.invites_per_day) {
    return {proto::pb::STATUS_QUOTA, invites_.left(now)};
  }
  store_.invites().create(
      request.token_hash,
      {.uses_left = request.uses, .expires_at = unix_seconds(now) + request.lifetime.count()});
  if (!ever_invited(store_)) store_.set_meta(kInvitedName, crypto::ByteArray<1>{1});
  return kOk;
}

Registry::View Registry::server_view(const Id& account, Time now) {
  if (views_.count(account, now) > limits_.server_views_per_hour) {
    return {{proto::pb::STATUS_BUSY, views_.left(now)}, {}};
  }
  View view{kOk, {}};
  const auto rows = store_.server_view(account);
  std::size_t bytes = 0;
  std::size_t shown = 0;
  for (const auto& row : rows) {
    auto entry = to_proto(row);
    bytes += entry.ByteSizeLong() + kRowFraming;
    if (bytes > kRowBytesInAnswer || shown + 1 >= proto::kMaxRows) break;
    *view.rows.add_rows() = std::move(entry);
    ++shown;
  }
  if (shown < rows.size()) {
    auto& rest = *view.rows.add_rows();
    rest.set_table("not shown");
    auto& field = *rest.add_fields();
    field.set_name("rows");
    field.set_value(std::to_string(rows.size() - shown));
  }
  return view;
}

bool ever_invited(storage::RelayStore& store) { return store.meta(kInvitedName).has_value(); }

}  // namespace bisik::server
