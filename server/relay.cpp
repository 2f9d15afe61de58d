#include "server/relay.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "crypto/stamp.hpp"
#include "proto/frame.hpp"
#include "server/request.hpp"

namespace bisik::server {
namespace {

using proto::pb::Request;

proto::pb::FromRelay to_response(std::uint64_t number, const Reply& reply) {
  proto::pb::FromRelay message;
  auto& response = *message.mutable_response();
  response.set_number(number);
  response.set_status(reply.status);
  response.set_retry_after_seconds(static_cast<std::uint32_t>(reply.retry_after.count()));
  return message;
}

void respond_with_limits(ConnectionId to, std::uint64_t number, const Limits& limits,
                         Effects& effects) {
  auto message = to_response(number, kOk);
  auto& table = *message.mutable_response()->mutable_limits();
  for (const auto& line : limit_table()) {
    auto& limit = *table.add_limits();
    limit.set_name(line.name.data(), line.name.size());
    limit.set_value(limits.*line.value);
    limit.set_unit(line.unit.data(), line.unit.size());
    limit.set_reason(line.reason.data(), line.reason.size());
  }
  effects.frames.push_back({to, proto::encode(message)});
}

std::size_t held_bytes(const Action& action) {
  const auto* send = std::get_if<op::SendCell>(&action);
  return send == nullptr ? 0 : send->cell->size();
}

// The sender's clock may be a day off in either direction. Here and not behind the store's queue,
// because it needs no row: what is wrong with a stamp says nothing about any queue (I10).
bool is_paid(const op::SendCell& cell, Time now) {
  const auto* stamp = std::get_if<op::Stamp>(&cell.right);
  if (stamp == nullptr) return true;  // by a write key: the store knows
  const auto today = std::chrono::floor<std::chrono::days>(now.wall);
  const std::array days{today, today - std::chrono::days{1}, today + std::chrono::days{1}};
  return std::ranges::any_of(days, [&](crypto::Day day) {
    return crypto::check_stamp({cell.queue}, day, cell.hash, stamp->nonce);
  });
}

}  // namespace

void Relay::respond(ConnectionId to, std::uint64_t number, const Reply& reply, Effects& effects) {
  count_refusal(reply.status, counts_);
  effects.frames.push_back({to, proto::encode(to_response(number, reply))});
}

void Relay::on_connected(ConnectionId connection, const Peer& peer, Time now) {
  assert(peer.kind != Peer::Kind::own || peer.network_key);
  const bool fresh =
      connections_.emplace(connection, Connection{.peer = peer, .last_heard = now.steady}).second;
  assert(fresh);
}

Effects Relay::on_frame(ConnectionId id, crypto::ByteView frame, Time now) {
  Effects effects;
  const auto found = connections_.find(id);
  if (found == connections_.end()) return effects;
  auto& connection = found->second;
  connection.last_heard = now.steady;
  const auto request = proto::decode_request(frame);
  if (!request) {
    ++counts_.broken_frames;
    effects.close.push_back(id);
    return effects;
  }
  ++counts_.requests;
  on_request(id, connection, *request, now, effects);
  return handed_out(std::move(effects));
}

void Relay::on_request(ConnectionId id, Connection& connection, const Request& request, Time now,
                       Effects& effects) {
  switch (request.operation_case()) {
    case Request::kPing:
      return respond(id, request.number(), kOk, effects);
    case Request::kGetLimits:
      return respond_with_limits(id, request.number(), limits_, effects);
    default:
      return on_operation(id, connection, request, now, effects);
  }
}

void Relay::on_operation(ConnectionId id, Connection& connection, const Request& request, Time now,
                         Effects& effects) {
  auto action = to_action(request, connection.peer);
  if (!action) return respond(id, request.number(), kMalformed, effects);
  if (const auto reply = check(id, connection, *action, now); !reply.ok()) {
    respond(id, request.number(), reply, effects);
    if (const auto* cell = std::get_if<op::SendCell>(&*action)) {
      remember_refusal(id, connection, cell->queue, reply, effects);
    }
    return;
  }
  if (const auto* items = std::get_if<op::Acknowledge>(&*action)) {
    counts_.cells_acknowledged += items->items.size();
    readers_.acknowledged(*items, effects);
  }
  if (auto* wanted = std::get_if<op::Subscribe>(&*action)) {
    connection.subscriptions.insert(wanted->first.queue);
    wanted->first = readers_.first_page(wanted->first.queue);
  }
  if (const auto* removed = std::get_if<op::RemoveWriteKey>(&*action)) {
    readers_.remove_write_key(removed->queue, removed->hash);
  }
  ++connection.in_flight;
  Ticket ticket{id, request.number(), held_bytes(*action), ++last_order_};
  if (const auto* cell = std::get_if<op::SendCell>(&*action)) {
    ticket.handed_over_as = readers_.hand_over(ticket, *cell, effects);
  }
  effects.operations.push_back({ticket, std::move(*action)});
}

Reply Relay::check(ConnectionId id, const Connection& connection, const Action& action, Time now) {
  if (const auto* cell = std::get_if<op::SendCell>(&action)) {
    const auto refused = connection.refused.find(cell->queue);
    if (refused != connection.refused.end()) return refused->second;
    if (!is_paid(*cell, now)) return kRefused;
  }
  if (const auto* items = std::get_if<op::Acknowledge>(&action)) {
    if (!readers_.reads(id, items->queue)) return kRefused;
  }
  if (const auto* wanted = std::get_if<op::Subscribe>(&action)) {
    const bool another = !connection.subscriptions.contains(wanted->first.queue);
    if (another && connection.subscriptions.size() >= limits_.subscriptions_per_connection) {
      return kFull;
    }
  }
  if (std::holds_alternative<op::FetchBundle>(action) && connection.peer.prefix) {
    const auto fetches = fetches_.count(connection.peer.prefix->id(), now);
    if (fetches > limits_.fetches_per_prefix_per_hour && fetches != Tally::kUncounted) {
      return {proto::pb::STATUS_BUSY, fetches_.left(now)};
    }
  }
  const bool busy = connection.in_flight >= limits_.requests_in_flight ||
                    operations_waiting_ >= limits_.waiting_requests ||
                    bytes_waiting_ + held_bytes(action) > limits_.waiting_bytes;
  return busy ? kBusy : kOk;
}

Effects Relay::handed_out(Effects effects) {
  operations_waiting_ += effects.operations.size();
  for (const auto& operation : effects.operations) bytes_waiting_ += operation.ticket.held_bytes;
  return effects;
}

void Relay::remember_refusal(ConnectionId id, Connection& connection, const Id& queue,
                             const Reply& reply, Effects& effects) {
  connection.refused.try_emplace(queue, reply);
  // Whoever is refused everywhere is guessing, or broken.
  if (connection.refused.size() > limits_.refused_queues_per_connection) {
    effects.close.push_back(id);
  }
}

Effects Relay::on_disconnected(ConnectionId id) {
  Effects effects;
  const auto found = connections_.find(id);
  if (found == connections_.end()) return effects;
  for (const auto& queue : found->second.subscriptions) readers_.close(id, queue);
  // What the store side remembers about this connection can only be refusals: those that were
  // heard of, and those of requests that are on their way.
  if (!found->second.refused.empty() || found->second.in_flight > 0) {
    effects.operations.push_back({{}, op::Forget{id}});
  }
  connections_.erase(found);
  return handed_out(std::move(effects));
}

Effects Relay::on_executed(std::vector<Outcome> outcomes) {
  assert(executed_.empty());
  Effects effects;
  executed_ = std::move(outcomes);
  for (std::size_t i = 0; i < executed_.size(); ++i) {
    const auto before = std::span{executed_}.first(i);
    const auto& news = executed_[i].news;
    tell_readers(executed_[i], effects);
    if (const auto* removed = std::get_if<Removed>(&news)) forget_queues(removed->queues, before);
    if (const auto* swept = std::get_if<Swept>(&news)) forget_queues(swept->queues, before);
  }
  return handed_out(std::move(effects));
}

void Relay::tell_readers(const Outcome& outcome, Effects& effects) {
  const auto handed_over_as = outcome.ticket.handed_over_as;
  if (const auto* page = std::get_if<Page>(&outcome.news)) readers_.page(*page, effects);
  if (const auto* cell = std::get_if<Stored>(&outcome.news)) {
    // Stored elsewhere than its reader has it, or where its reader has another one: from there on
    // all comes again. Nothing, where it was not pushed and is the next.
    if (handed_over_as != cell->sequence) readers_.undone(cell->queue, cell->sequence, effects);
    readers_.stored(outcome.ticket, *cell, effects);
  }
  if (handed_over_as == 0) return;
  if (const auto* cell = std::get_if<RepeatedCell>(&outcome.news)) {
    readers_.undone(cell->queue, handed_over_as, effects);
  }
  if (const auto* cell = std::get_if<RefusedCell>(&outcome.news)) {
    readers_.undone(cell->queue, handed_over_as, effects);
  }
}

// At once, and not with the commit: what comes behind may make a queue of the same id anew, with
// cells that are no successors of those that its old reader was given.
void Relay::forget_queues(const std::vector<Id>& queues, std::span<Outcome> before) {
  for (const auto& queue : queues) {
    if (const auto reader = readers_.remove(queue)) {
      connections_.at(*reader).subscriptions.erase(queue);
      orphaned_.push_back(*reader);
    }
    for (auto& outcome : before) {
      const auto* opened = std::get_if<Opened>(&outcome.news);
      if (opened != nullptr && opened->first.queue == queue) outcome.news = std::monostate{};
    }
  }
}

void Relay::close_connections(const std::vector<Id>& network_keys, Effects& effects) {
  for (const auto& [id, connection] : connections_) {
    const auto& key = connection.peer.network_key;
    if (key && std::ranges::find(network_keys, key->bytes) != network_keys.end()) {
      effects.close.push_back(id);
    }
  }
}

Effects Relay::on_undone() {
  Effects effects;
  ++counts_.batches_undone;
  for (const auto& outcome : executed_) {
    if (const auto* cell = std::get_if<Stored>(&outcome.news)) {
      readers_.undone(cell->queue, cell->sequence, effects);
    }
  }
  executed_.clear();
  for (const auto reader : std::exchange(orphaned_, {})) effects.close.push_back(reader);
  return handed_out(std::move(effects));
}

Effects Relay::on_committed() {
  Effects effects;
  ++counts_.batches;
  counts_.operations += executed_.size();
  orphaned_.clear();
  for (auto& outcome : std::exchange(executed_, {})) {
    --operations_waiting_;
    bytes_waiting_ -= outcome.ticket.held_bytes;
    count(outcome);
    if (const auto* swept = std::get_if<Swept>(&outcome.news)) {
      sweep_waiting_ = false;
      more_to_sweep_ = swept->more;
    }
    const auto found = connections_.find(outcome.ticket.connection);
    if (found != connections_.end()) finish(outcome, found->second, effects);
    if (const auto* removed = std::get_if<Removed>(&outcome.news)) {
      close_connections(removed->network_keys, effects);
    }
  }
  return handed_out(std::move(effects));
}

void Relay::finish(Outcome& outcome, Connection& connection, Effects& effects) {
  const auto id = outcome.ticket.connection;
  --connection.in_flight;
  if (const auto* cell = std::get_if<RefusedCell>(&outcome.news)) {
    const Reply reply{outcome.response.status(),
                      std::chrono::seconds{outcome.response.retry_after_seconds()}};
    remember_refusal(id, connection, cell->queue, reply, effects);
  }
  if (const auto* totals = std::get_if<Totals>(&outcome.news)) answer(*totals, outcome.response);
  proto::pb::FromRelay message;
  *message.mutable_response() = std::move(outcome.response);
  effects.frames.push_back({id, proto::encode(message)});
  // After the response: a reader knows what a push belongs to.
  if (const auto* opened = std::get_if<Opened>(&outcome.news)) {
    connection.subscriptions.insert(opened->first.queue);
    readers_.open(id, opened->first, effects);
  }
}

void Relay::count(const Outcome& outcome) {
  if (outcome.ticket.connection != 0) count_refusal(outcome.response.status(), counts_);
  if (std::holds_alternative<Stored>(outcome.news)) ++counts_.cells_taken;
}

void Relay::on_timed(std::chrono::microseconds commit) { commits_.add(commit); }

void Relay::answer(const Totals& totals, proto::pb::Response& response) {
  auto counts = counts_;
  put(totals, counts);
  for (const auto& [id, connection] : connections_) {
    if (connection.peer.kind == Peer::Kind::own) ++counts.own_connections;
    if (connection.peer.kind == Peer::Kind::anonymous) ++counts.anonymous_connections;
  }
  counts.requests_waiting = operations_waiting_;
  put(commits_, counts);
  for (const auto& line : count_table()) {
    auto& count = *response.mutable_stats()->add_counts();
    count.set_name(line.name.data(), line.name.size());
    count.set_value(counts.*line.value);
    count.set_unit(line.unit.data(), line.unit.size());
    count.set_meaning(line.meaning.data(), line.meaning.size());
  }
}

Effects Relay::on_tick(Time now) {
  Effects effects;
  const std::chrono::seconds silence{limits_.silence_seconds};
  for (const auto& [id, connection] : connections_) {
    if (now.steady - connection.last_heard > silence) effects.close.push_back(id);
  }
  if (!sweep_waiting_ && (!last_sweep_ || now.steady - *last_sweep_ >= sweep_interval())) {
    sweep_waiting_ = true;
    last_sweep_ = now.steady;
    effects.operations.push_back({{}, op::Sweep{}});
  }
  return handed_out(std::move(effects));
}

std::chrono::milliseconds Relay::quiet_until(Time now) const {
  // What a sweep has left decides when the next one is.
  if (sweep_waiting_ || !last_sweep_) return now.steady;
  auto heard = now.steady;  // at the earliest, of whoever connects from now on
  for (const auto& [id, connection] : connections_) heard = std::min(heard, connection.last_heard);
  return std::min(*last_sweep_ + sweep_interval(),
                  heard + std::chrono::seconds{limits_.silence_seconds});
}

}  // namespace bisik::server
