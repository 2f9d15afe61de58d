// Queues: who may write, who may read, and the cells that wait. The store side of CreateQueue,
// AddWriteKey, RemoveWriteKey, SendCell, Subscribe, Acknowledge, ReadGroupQueue and of the pages
// that readers get; and of CreateGroupQueue once it is paid.
//
// Everything runs inside an open batch and throws StorageError for the environment alone.
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "server/limits.hpp"
#include "server/outcome.hpp"
#include "server/reply.hpp"
#include "server/time.hpp"

namespace bisik::server {

class Mailroom {
 public:
  Mailroom(storage::RelayStore& store, const Limits& limits) : store_{store}, limits_{limits} {}

  // What a new queue may be refused for; nothing is written. Also for Register, which creates
  // several at once or none.
  [[nodiscard]] Reply check(const op::NewQueue& queue) const;
  void create(const storage::Device& owner, const op::NewQueue& queue, Time now);

  [[nodiscard]] Reply create_queue(const storage::Device& device, const op::NewQueue& queue,
                                   Time now);
  // Any device of the account, whichever of them the queue belongs to: who blocks a contact does so
  // for all of them.
  [[nodiscard]] Reply add_write_key(const Id& account, const op::AddWriteKey& request, Time now);
  [[nodiscard]] Reply remove_write_key(const Id& account, const op::RemoveWriteKey& request,
                                       Time now);

  struct Sender {
    ConnectionId connection;
    std::optional<Id> account;  // of an own connection: no other account's queue takes its cells
  };
  struct Sent {
    Reply reply;
    std::optional<Stored> stored;
  };
  [[nodiscard]] Sent send(const Sender& sender, const op::SendCell& request, Time now,
                          storage::Day today);
  // From now on every cell from this connection for this queue is refused with the same answer:
  // what comes after a gap must not be stored before it (I3).
  void refuse_from_now_on(ConnectionId sender, const Id& queue, const Reply& reply);
  void forget(ConnectionId sender);

  // A queue of nobody: who pays for it, and whether, is the caller's.
  void create_group_queue(const op::NewQueue& queue, Time now);
  // It is there, with this read key: it is asked for again.
  [[nodiscard]] bool is_group_queue(const op::NewQueue& queue, Time now) const;
  // Nothing: no such queue, or another read key.
  [[nodiscard]] std::optional<proto::pb::GroupCells> read_group(const op::ReadGroupQueue& request,
                                                                Time now);

  struct Subscription {
    Reply reply;
    proto::pb::Subscribed subscribed;
    std::optional<Opened> opened;
  };
  [[nodiscard]] Subscription subscribe(const op::Subscribe& request, Time now);
  [[nodiscard]] Page read(const op::ReadPage& request);
  void acknowledge(const op::Acknowledge& request, storage::Day today);

 private:
  struct Refusal {
    ConnectionId sender;
    Id queue;
    friend auto operator<=>(const Refusal&, const Refusal&) = default;
  };

  [[nodiscard]] Reply check(const op::WriteKey& key) const;
  void put(const op::NewQueue& queue, const storage::NewQueue& row, Time now);
  // What has expired is not there, swept or not.
  [[nodiscard]] std::optional<storage::Queue> find(const Id& queue, Time now) const;
  [[nodiscard]] static bool takes(const storage::Queue& queue, const op::SendCell& request,
                                  const std::optional<Id>& account, Time now);
  [[nodiscard]] bool owns(const Id& account, const Id& queue, Time now) const;
  [[nodiscard]] bool may_create(const Id& account, std::int64_t kind, Time now) const;
  [[nodiscard]] std::optional<storage::WriteKey> right_of(const op::SendCell& request);
  [[nodiscard]] bool is_repeat(const storage::Pushed& known, const op::SendCell& request);
  [[nodiscard]] bool has_room(const storage::Queue& queue, std::size_t bytes) const;
  [[nodiscard]] storage::Day expiry(const storage::Queue& queue, storage::Day today) const;
  [[nodiscard]] Sent try_send(const Sender& sender, const op::SendCell& request, Time now,
                              storage::Day today);

  storage::RelayStore& store_;
  const Limits& limits_;
  std::map<Refusal, Reply> refusals_;
};

}  // namespace bisik::server
