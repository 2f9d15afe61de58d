#include "server/mailroom.hpp"

#include <algorithm>

#include "crypto/hash.hpp"

namespace bisik::server {
namespace {

using proto::pb::QUEUE_KIND_GROUP;
using proto::pb::QUEUE_KIND_KNOCK;
using proto::pb::QUEUE_KIND_MAILBOX;
using proto::pb::QUEUE_KIND_RENDEZVOUS;
using storage::Pushed;

storage::WriteKey row_of(const op::WriteKey& key, Time now) {
  storage::WriteKey row;
  if (key.cells != 0) row.cells_left = key.cells;
  if (key.lifetime.count() != 0) row.expires_at = unix_seconds(now) + key.lifetime.count();
  return row;
}

bool spent(const storage::WriteKey& key, Time now) {
  return (key.cells_left && *key.cells_left == 0) ||
         (key.expires_at && *key.expires_at <= unix_seconds(now));
}

// A mailbox has no stamps; on an own connection it matters too whose the queue is.
bool is_lasting(const storage::Queue& queue, const storage::WriteKey& key,
                const Mailroom::Sender& sender) {
  return queue.kind == QUEUE_KIND_MAILBOX && !key.cells_left && !key.expires_at && !sender.account;
}

}  // namespace

// Strangers have no key to a mailbox, and keys do not spare anybody the work for a knock. Whoever
// says who they are writes to their own devices alone. A group queue outlives its last cells.
bool Mailroom::takes(const storage::Queue& queue, const op::SendCell& request,
                     const std::optional<Id>& account, Time now) {
  const bool over = queue.kind == QUEUE_KIND_GROUP &&
                    unix_seconds(now) + kGroupQueueStays.count() >= queue.expires_at.value_or(0);
  return !over && (!account || queue.owner == account) &&
         (queue.kind == QUEUE_KIND_KNOCK) == std::holds_alternative<op::Stamp>(request.right);
}

Reply Mailroom::check(const op::WriteKey& key) const {
  const bool within = key.cells <= limits_.write_key_cells &&
                      key.lifetime <= std::chrono::seconds{limits_.write_key_seconds};
  return within ? kOk : kMalformed;
}

Reply Mailroom::check(const op::NewQueue& queue) const {
  for (const auto& key : queue.write_keys) {
    if (const auto reply = check(key); !reply.ok()) return reply;
  }
  return store_.queues().find(queue.queue) ? kConflict : kOk;
}

std::optional<storage::Queue> Mailroom::find(const Id& queue, Time now) const {
  auto found = store_.queues().find(queue);
  const bool expired = found && found->expires_at && *found->expires_at <= unix_seconds(now);
  return expired ? std::nullopt : std::move(found);
}

void Mailroom::create(const storage::Device& owner, const op::NewQueue& queue, Time now) {
  storage::NewQueue row{.owner = owner.account_id,
                        .read_key_hash = queue.read_key_hash,
                        .kind = queue.kind,
                        .device = owner.number};
  if (queue.kind == QUEUE_KIND_RENDEZVOUS) {
    row.expires_at =
        unix_seconds(now) + static_cast<storage::UnixSeconds>(limits_.rendezvous_seconds);
  }
  put(queue, row, now);
}

void Mailroom::create_group_queue(const op::NewQueue& queue, Time now) {
  const auto lives = static_cast<storage::UnixSeconds>(limits_.group_queue_seconds);
  put(queue,
      {.owner = std::nullopt,
       .read_key_hash = queue.read_key_hash,
       .kind = queue.kind,
       .expires_at = unix_seconds(now) + lives + kGroupQueueStays.count()},
      now);
}

void Mailroom::put(const op::NewQueue& queue, const storage::NewQueue& row, Time now) {
  store_.queues().create(queue.queue, row);
  for (const auto& key : queue.write_keys) {
    store_.queues().put_write_key(queue.queue, key.hash, row_of(key, now));
  }
}

bool Mailroom::is_group_queue(const op::NewQueue& queue, Time now) const {
  const auto known = find(queue.queue, now);
  return known && known->kind == QUEUE_KIND_GROUP && known->read_key_hash == queue.read_key_hash;
}

Reply Mailroom::create_queue(const storage::Device& device, const op::NewQueue& queue, Time now) {
  if (const auto known = find(queue.queue, now)) {
    const bool same = known->owner == device.account_id && known->device == device.number &&
                      known->kind == queue.kind && known->read_key_hash == queue.read_key_hash;
    return same ? kOk : kConflict;
  }
  if (const auto reply = check(queue); !reply.ok()) return reply;
  if (!may_create(device.account_id, queue.kind, now)) return kFull;
  create(device, queue, now);
  return kOk;
}

// Queues that live for minutes have a number of their own, so that neither keeps the other out.
bool Mailroom::may_create(const Id& account, std::int64_t kind, Time now) const {
  const bool rendezvous = kind == QUEUE_KIND_RENDEZVOUS;
  const auto counts = [&](const Id& id) {
    const auto queue = find(id, now);
    return queue && (queue->kind == QUEUE_KIND_RENDEZVOUS) == rendezvous;
  };
  const auto there = std::ranges::count_if(store_.queues().owned_by(account), counts);
  return static_cast<std::uint64_t>(there) <
         (rendezvous ? limits_.rendezvous_queues_per_account : limits_.queues_per_account);
}

bool Mailroom::owns(const Id& account, const Id& queue, Time now) const {
  const auto found = find(queue, now);
  return found && found->owner == account;
}

Reply Mailroom::add_write_key(const Id& account, const op::AddWriteKey& request, Time now) {
  if (!owns(account, request.queue, now)) return kRefused;
  if (const auto reply = check(request.key); !reply.ok()) return reply;
  // Asked again: it keeps what it has left.
  if (store_.queues().write_key(request.queue, request.key.hash)) return kOk;
  const auto keys = store_.queues().count_write_keys(request.queue);
  if (static_cast<std::uint64_t>(keys) >= limits_.write_keys_per_queue) {
    return kFull;
  }
  store_.queues().put_write_key(request.queue, request.key.hash, row_of(request.key, now));
  return kOk;
}

Reply Mailroom::remove_write_key(const Id& account, const op::RemoveWriteKey& request, Time now) {
  if (!owns(account, request.queue, now)) return kRefused;
  store_.queues().remove_write_key(request.queue, request.hash);
  return kOk;
}

bool Mailroom::has_room(const storage::Queue& queue, std::size_t bytes) const {
  const auto cells = queue.kind == QUEUE_KIND_KNOCK        ? limits_.knock_cells
                     : queue.kind == QUEUE_KIND_RENDEZVOUS ? limits_.rendezvous_cells
                     : queue.kind == QUEUE_KIND_GROUP      ? limits_.group_cells
                                                           : limits_.mailbox_cells;
  const auto most = queue.kind == QUEUE_KIND_GROUP ? limits_.group_bytes : limits_.mailbox_bytes;
  return static_cast<std::uint64_t>(queue.cells_waiting) < cells &&
         static_cast<std::uint64_t>(queue.bytes_waiting) + bytes <= most;
}

// What a cell may do that was sent with this key, or with a stamp, which has no limits of its own.
std::optional<storage::WriteKey> Mailroom::right_of(const op::SendCell& request) {
  const auto* hash = std::get_if<op::WriteKeyHash>(&request.right);
  if (hash == nullptr) return storage::WriteKey{};
  return store_.queues().write_key(request.queue, *hash);
}

// A whole day more than promised, because the day of arrival counts from its end. What is in a
// rendezvous queue goes with it, long before.
storage::Day Mailroom::expiry(const storage::Queue& queue, storage::Day today) const {
  const auto days = queue.kind == QUEUE_KIND_KNOCK ? limits_.knock_cell_days : limits_.cell_days;
  return today + static_cast<storage::Day>(days) + 1;
}

// Rows that were written before schema version 3 have a SHA-256 of the cell.
bool Mailroom::is_repeat(const Pushed& known, const op::SendCell& request) {
  if (known.outcome == Pushed::Outcome::repeated) return true;
  const auto older =
      store_.cells().recall(request.queue, request.envelope_id, crypto::sha256(*request.cell));
  return older && older->outcome == Pushed::Outcome::repeated;
}

Mailroom::Sent Mailroom::try_send(const Sender& sender, const op::SendCell& request, Time now,
                                  storage::Day today) {
  // All is looked up whatever the first says: unknown queue, wrong kind and wrong key cost the
  // same. Which look-ups those are depends on the sender's choice of key or stamp alone.
  const auto queue = find(request.queue, now);
  const auto key = right_of(request);
  const auto known = store_.cells().recall(request.queue, request.envelope_id, request.hash);
  if (!queue || !key || !takes(*queue, request, sender.account, now)) return {kRefused, {}};
  if (known) return {is_repeat(*known, request) ? kOk : kConflict, {}};
  if (spent(*key, now)) return {kRefused, {}};
  if (!has_room(*queue, request.cell->size())) return {kMailboxFull, {}};
  const auto pushed = store_.cells().push(request.queue, {.envelope_id = request.envelope_id,
                                                          .hash = request.hash,
                                                          .bytes = *request.cell,
                                                          .arrival_day = today,
                                                          .expires_day = expiry(*queue, today)});
  if (key->cells_left) {
    store_.queues().spend_write_key(request.queue, std::get<op::WriteKeyHash>(request.right));
  }
  Stored stored{request.queue, pushed.sequence, request.envelope_id, request.cell};
  if (is_lasting(*queue, *key, sender)) {
    stored.lasting_key = std::get<op::WriteKeyHash>(request.right);
  }
  return {kOk, std::move(stored)};
}

Mailroom::Sent Mailroom::send(const Sender& sender, const op::SendCell& request, Time now,
                              storage::Day today) {
  const auto before = refusals_.find({sender.connection, request.queue});
  if (before != refusals_.end()) return {before->second, {}};
  auto sent = try_send(sender, request, now, today);
  if (!sent.reply.ok()) refuse_from_now_on(sender.connection, request.queue, sent.reply);
  return sent;
}

void Mailroom::refuse_from_now_on(ConnectionId sender, const Id& queue, const Reply& reply) {
  refusals_.try_emplace({sender, queue}, reply);
}

void Mailroom::forget(ConnectionId sender) {
  const auto first = refusals_.lower_bound({sender, Id{}});
  const auto last = refusals_.lower_bound({sender + 1, Id{}});
  refusals_.erase(first, last);
}

Mailroom::Subscription Mailroom::subscribe(const op::Subscribe& request, Time now) {
  // One look-up, whatever it finds: unknown, expired, wrong key and wrong kind cost the same.
  const auto queue = find(request.first.queue, now);
  const bool right = queue && queue->read_key_hash == request.read_key_hash;
  // A read key alone, without a device of an account, opens what lives for minutes. A group queue
  // has as many readers as have its key: none of them may acknowledge what is there for others.
  if (!right || queue->kind == QUEUE_KIND_GROUP ||
      !(request.network_key || queue->kind == QUEUE_KIND_RENDEZVOUS)) {
    return {kRefused, {}, {}};
  }
  Subscription subscription{kOk, {}, Opened{read(request.first)}};
  subscription.subscribed.set_waiting_cells(static_cast<std::uint64_t>(queue->cells_waiting));
  subscription.subscribed.set_last_sequence(
      static_cast<std::uint64_t>(store_.cells().last_waiting(request.first.queue)));
  return subscription;
}

Page Mailroom::read(const op::ReadPage& request) {
  Page page{.queue = request.queue,
            .subscription = request.subscription,
            .cells = store_.cells().read(request.queue, request.after, request.limits),
            .end = true};
  if (!page.cells.empty()) {
    page.end = page.cells.back().sequence >= store_.cells().last_waiting(request.queue);
  }
  return page;
}

std::optional<proto::pb::GroupCells> Mailroom::read_group(const op::ReadGroupQueue& request,
                                                          Time now) {
  // One look-up, as in subscribe().
  const auto queue = find(request.queue, now);
  if (!queue || queue->kind != QUEUE_KIND_GROUP || queue->read_key_hash != request.read_key_hash) {
    return std::nullopt;
  }
  const auto page =
      read({.queue = request.queue,
            .subscription = 0,
            .after = request.after,
            .limits = {.max_cells = proto::kMaxGroupCells, .max_bytes = proto::kLargeCellBytes}});
  proto::pb::GroupCells found;
  for (const auto& cell : page.cells) {
    auto& entry = *found.add_cells();
    entry.set_queue(request.queue.data(), request.queue.size());
    entry.set_sequence(static_cast<std::uint64_t>(cell.sequence));
    entry.set_envelope_id(cell.envelope_id.data(), cell.envelope_id.size());
    entry.set_cell(cell.bytes.data(), cell.bytes.size());
  }
  found.set_end(page.end);
  return found;
}

void Mailroom::acknowledge(const op::Acknowledge& request, storage::Day today) {
  store_.cells().acknowledge(request.queue, request.items, today);
}

}  // namespace bisik::server
