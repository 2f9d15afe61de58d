// The relay's network side as a plain class: (state, event, now) -> effects. It owns every
// connection's state and decides what is sent, what is closed and what the store is asked; it owns
// no socket, thread or clock.
//
// How it meets the store side (server/batch.hpp):
//
//     on_frame ... -> effects.operations -> run_batch -> on_executed   pushes may leave
//                                                     -> on_committed  responses may leave
//                                                     -> on_undone     instead: nothing was kept
//
// Operations are to be executed in the order in which they were handed out, each exactly once but
// for those of an undone batch; batches do not overlap. All members are called by one thread. What
// a peer sends never throws.
#pragma once

#include <map>
#include <set>
#include <span>
#include <vector>

#include "server/counts.hpp"
#include "server/durations.hpp"
#include "server/effects.hpp"
#include "server/limits.hpp"
#include "server/outcome.hpp"
#include "server/peer.hpp"
#include "server/readers.hpp"
#include "server/reply.hpp"
#include "server/tally.hpp"
#include "server/time.hpp"

namespace bisik::server {

class Relay {
 public:
  // `limits` must outlive it.
  explicit Relay(const Limits& limits) : limits_{limits}, readers_{limits} {}

  void on_connected(ConnectionId connection, const Peer& peer, Time now);
  // One frame, decrypted. A connection that is not known any more is passed over.
  [[nodiscard]] Effects on_frame(ConnectionId connection, crypto::ByteView frame, Time now);
  [[nodiscard]] Effects on_disconnected(ConnectionId connection);

  [[nodiscard]] Effects on_executed(std::vector<Outcome> outcomes);
  [[nodiscard]] Effects on_committed();
  [[nodiscard]] Effects on_undone();

  // Every second or so: silent connections, sweeps.
  [[nodiscard]] Effects on_tick(Time now);
  // No tick before this moment does anything, whatever comes until then.
  [[nodiscard]] std::chrono::milliseconds quiet_until(Time now) const;

  // How long the commit of a batch took.
  void on_timed(std::chrono::microseconds commit);

  // For those who count what never becomes an event here: connections that were turned away.
  [[nodiscard]] Counts& counts() noexcept { return counts_; }

  [[nodiscard]] std::size_t connections() const noexcept { return connections_.size(); }
  // Operations handed out whose batch has not ended: 0 means that all is on disk.
  [[nodiscard]] std::size_t operations_waiting() const noexcept { return operations_waiting_; }

 private:
  struct Connection {
    Peer peer;
    std::chrono::milliseconds last_heard;
    std::size_t in_flight = 0;
    std::set<Id> subscriptions = {};
    // Queues that have had to refuse a cell from here, and with what answer: every later cell gets
    // it too, since what comes after a gap must not be stored before it (I3).
    std::map<Id, Reply> refused = {};
  };

  void on_request(ConnectionId id, Connection& connection, const proto::pb::Request& request,
                  Time now, Effects& effects);
  void on_operation(ConnectionId id, Connection& connection, const proto::pb::Request& request,
                    Time now, Effects& effects);
  // What Relay can refuse without asking the store.
  [[nodiscard]] Reply check(ConnectionId id, const Connection& connection, const Action& action,
                            Time now);
  void respond(ConnectionId to, std::uint64_t number, const Reply& reply, Effects& effects);
  void count(const Outcome& outcome);
  void answer(const Totals& totals, proto::pb::Response& response);
  [[nodiscard]] Effects handed_out(Effects effects);  // counts the operations in it
  void finish(Outcome& outcome, Connection& connection, Effects& effects);
  // What readers learn of it.
  void tell_readers(const Outcome& outcome, Effects& effects);
  // Removed by the executed batch, behind those of its outcomes that are `before`.
  void forget_queues(const std::vector<Id>& queues, std::span<Outcome> before);
  void close_connections(const std::vector<Id>& network_keys, Effects& effects);
  void remember_refusal(ConnectionId id, Connection& connection, const Id& queue,
                        const Reply& reply, Effects& effects);
  [[nodiscard]] std::chrono::seconds sweep_interval() const {
    return more_to_sweep_ ? kSweepAgain : kSweepInterval;
  }

  const Limits& limits_;
  Counts counts_;
  Durations commits_;
  Tally fetches_{kHour, kCountedPrefixes};  // by prefix
  Readers readers_;
  // Ordered, so that nothing that is done for all of them depends on a hash.
  std::map<ConnectionId, Connection> connections_;
  std::vector<Outcome> executed_;  // of the batch that is being committed
  // Readers of queues that it has removed: should it be undone, they have to subscribe again.
  std::vector<ConnectionId> orphaned_;
  std::uint64_t last_order_ = 0;
  std::size_t operations_waiting_ = 0;
  std::size_t bytes_waiting_ = 0;
  bool sweep_waiting_ = false;
  std::optional<std::chrono::milliseconds> last_sweep_;
  bool more_to_sweep_ = false;
};

}  // namespace bisik::server
