#include "server/mailroom.hpp"

#include <algorithm>

namespace bisik::server {
namespace {

using proto::pb::QUEUE_KIND_KNOCK;
using storage::Pushed;

storage::UnixSeconds unix_seconds(Time now) { return now.wall.time_since_epoch().count(); }

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

// Strangers have no key to a mailbox, and keys do not spare anybody the work for a knock.
bool takes(const storage::Queue& queue, const op::SendCell& request) {
  return (queue.kind == QUEUE_KIND_KNOCK) == std::holds_alternative<op::Stamp>(request.right);
}

}  // namespace

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

void Mailroom::create(const Id& owner, const op::NewQueue& queue, Time now) {
  store_.queues().create(
      queue.queue, {.owner = owner, .read_key_hash = queue.read_key_hash, .kind = queue.kind});
  for (const auto& key : queue.write_keys) {
    store_.queues().put_write_key(queue.queue, key.hash, row_of(key, now));
  }
}

Reply Mailroom::create_queue(const Id& account, const op::NewQueue& queue, Time now) {
  if (const auto known = store_.queues().find(queue.queue)) {
    const bool same = known->owner == account && known->kind == queue.kind &&
                      known->read_key_hash == queue.read_key_hash;
    return same ? kOk : kConflict;
  }
  if (const auto reply = check(queue); !reply.ok()) return reply;
  if (store_.queues().owned_by(account).size() >= limits_.queues_per_account) {
    return kFull;
  }
  create(account, queue, now);
  return kOk;
}

bool Mailroom::owns(const Id& account, const Id& queue) {
  const auto found = store_.queues().find(queue);
  return found && found->owner == account;
}

Reply Mailroom::add_write_key(const Id& account, const op::AddWriteKey& request, Time now) {
  if (!owns(account, request.queue)) return kRefused;
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

Reply Mailroom::remove_write_key(const Id& account, const op::RemoveWriteKey& request) {
  if (!owns(account, request.queue)) return kRefused;
  store_.queues().remove_write_key(request.queue, request.hash);
  return kOk;
}

bool Mailroom::has_room(const storage::Queue& queue, std::size_t bytes) const {
  const auto cells = queue.kind == QUEUE_KIND_KNOCK ? limits_.knock_cells : limits_.mailbox_cells;
  return static_cast<std::uint64_t>(queue.cells_waiting) < cells &&
         static_cast<std::uint64_t>(queue.bytes_waiting) + bytes <= limits_.mailbox_bytes;
}

// What a cell may do that was sent with this key, or with a stamp, which has no limits of its own.
std::optional<storage::WriteKey> Mailroom::right_of(const op::SendCell& request) {
  const auto* hash = std::get_if<op::WriteKeyHash>(&request.right);
  if (hash == nullptr) return storage::WriteKey{};
  return store_.queues().write_key(request.queue, *hash);
}

// A whole day more than promised, because the day of arrival counts from its end.
storage::Day Mailroom::expiry(const storage::Queue& queue, storage::Day today) const {
  const auto days = queue.kind == QUEUE_KIND_KNOCK ? limits_.knock_cell_days : limits_.cell_days;
  return today + static_cast<storage::Day>(days) + 1;
}

Mailroom::Sent Mailroom::try_send(const op::SendCell& request, Time now, storage::Day today) {
  // All is looked up whatever the first says: unknown queue, wrong kind and wrong key cost the
  // same. Which look-ups those are depends on the sender's choice of key or stamp alone.
  const auto queue = store_.queues().find(request.queue);
  const auto key = right_of(request);
  const auto known = store_.cells().recall(request.queue, request.envelope_id, request.hash);
  if (!queue || !key || !takes(*queue, request)) return {kRefused, {}};
  if (known) return {known->outcome == Pushed::Outcome::repeated ? kOk : kConflict, {}};
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
  return {kOk, Stored{request.queue, pushed.sequence, request.envelope_id, request.cell}};
}

Mailroom::Sent Mailroom::send(ConnectionId sender, const op::SendCell& request, Time now,
                              storage::Day today) {
  const auto before = refusals_.find({sender, request.queue});
  if (before != refusals_.end()) return {before->second, {}};
  auto sent = try_send(request, now, today);
  if (!sent.reply.ok()) refuse_from_now_on(sender, request.queue, sent.reply);
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

Mailroom::Subscription Mailroom::subscribe(const op::Subscribe& request) {
  const auto queue = store_.queues().find(request.first.queue);
  if (!queue || queue->read_key_hash != request.read_key_hash) return {kRefused, {}, {}};
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

void Mailroom::acknowledge(const op::Acknowledge& request, storage::Day today) {
  for (const auto& item : request.items) {
    store_.cells().acknowledge(request.queue, item.sequence, item.envelope_id, today);
  }
}

}  // namespace bisik::server
