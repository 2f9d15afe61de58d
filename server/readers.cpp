#include "server/readers.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "proto/frame.hpp"

namespace bisik::server {
namespace {

// Of one queue, at a time. Who is not among them waits for the store.
constexpr std::size_t kKnownWriters = 32;
// So many places of a reader are remembered who acknowledges what is behind one and never that one.
constexpr std::size_t kWindows = 2;

proto::pb::FromRelay to_push(const Id& queue, Sequence sequence, const EnvelopeId& envelope_id,
                             crypto::ByteView bytes) {
  proto::pb::FromRelay message;
  auto& push = *message.mutable_push();
  push.set_queue(queue.data(), queue.size());
  push.set_sequence(static_cast<std::uint64_t>(sequence));
  push.set_envelope_id(envelope_id.data(), envelope_id.size());
  push.set_cell(bytes.data(), bytes.size());
  return message;
}

}  // namespace

std::size_t Readers::FirstBytes::operator()(const Id& id) const noexcept {
  std::size_t hash = 0;
  std::memcpy(&hash, id.data(), sizeof hash);
  return hash;
}

op::ReadPage Readers::first_page(const Id& queue) {
  return {
      .queue = queue, .subscription = ++last_subscription_, .after = 0, .limits = page_limits()};
}

storage::ReadLimits Readers::page_limits() const noexcept {
  // A page is asked for when half the window is free, and fits into that half.
  return {.max_cells = std::min(kPageCells, static_cast<std::int64_t>(half_window_cells())),
          .max_bytes = std::min(kPageBytes, static_cast<std::int64_t>(half_window_bytes()))};
}

bool Readers::has_room(const Reader& reader, std::size_t bytes) const noexcept {
  return reader.window.size() < kWindows * limits_.push_window_cells &&
         reader.window_cells < limits_.push_window_cells &&
         reader.window_bytes + bytes <= limits_.push_window_bytes;
}

void Readers::open(ConnectionId connection, const Page& first, Effects& effects) {
  const auto found = readers_.find(first.queue);
  if (found != readers_.end() && found->second.connection != connection) {
    effects.close.push_back(found->second.connection);
  }
  auto& reader = readers_[first.queue];
  reader = Reader{.connection = connection, .subscription = first.subscription};
  take(first, reader, effects);
  // Cells may have been stored behind the first page by now: only a second look can tell.
  reader.caught_up = false;
  ask_page(first.queue, reader, effects);
}

void Readers::page(const Page& page, Effects& effects) {
  const auto found = readers_.find(page.queue);
  if (found == readers_.end() || found->second.subscription != page.subscription) return;
  auto& reader = found->second;
  take(page, reader, effects);
  ask_page(page.queue, reader, effects);
}

void Readers::take(const Page& page, Reader& reader, Effects& effects) {
  reader.page_asked = false;
  for (const auto& cell : page.cells) {
    if (cell.sequence <= reader.pushed) continue;
    push({page.queue, cell.sequence, cell.envelope_id}, cell.bytes, reader, effects);
  }
  reader.caught_up = page.end;
}

Sequence Readers::hand_over(const Ticket& ticket, const op::SendCell& cell, Effects& effects) {
  const auto found = readers_.find(cell.queue);
  if (found == readers_.end()) return 0;
  auto& reader = found->second;
  const auto* key = std::get_if<op::WriteKeyHash>(&cell.right);
  const bool certain =
      reader.next_is_known && key != nullptr && has_room(reader, cell.cell->size()) &&
      std::ranges::find(reader.writers, Writer{ticket.connection, *key}) != reader.writers.end();
  if (!certain) {
    reader.next_is_known = false;
    reader.undecided = ticket.order;
    return 0;
  }
  push({cell.queue, reader.pushed + 1, cell.envelope_id}, *cell.cell, reader, effects);
  return reader.pushed;
}

// What is on its way with this key was sent before it was removed, but no reason to trust it more.
void Readers::remove_write_key(const Id& queue, const Id& key_hash) {
  const auto found = readers_.find(queue);
  if (found == readers_.end()) return;
  auto& reader = found->second;
  std::erase_if(reader.writers, [&](const Writer& writer) { return writer.key_hash == key_hash; });
  reader.undecided = 0;
}

void Readers::stored(const Ticket& ticket, const Stored& cell, Effects& effects) {
  const auto found = readers_.find(cell.queue);
  if (found == readers_.end() || !found->second.caught_up) return;
  auto& reader = found->second;
  if (cell.sequence <= reader.pushed) return;  // it was handed over
  if (!has_room(reader, cell.cell->size())) return fall_behind(reader);
  push({cell.queue, cell.sequence, cell.envelope_id}, *cell.cell, reader, effects);
  if (ticket.order != reader.undecided) return;
  reader.next_is_known = true;
  if (cell.lasting_key) remember({ticket.connection, *cell.lasting_key}, reader);
}

void Readers::remember(const Writer& writer, Reader& reader) {
  auto& known = reader.writers;
  if (std::ranges::find(known, writer) != known.end()) return;
  if (known.size() == kKnownWriters) known.erase(known.begin());
  known.push_back(writer);
}

void Readers::fall_behind(Reader& reader) {
  reader.caught_up = false;
  reader.next_is_known = false;
}

void Readers::push(const Place& place, crypto::ByteView bytes, Reader& reader, Effects& effects) {
  assert(place.sequence > reader.pushed);
  reader.pushed = place.sequence;
  reader.window.push_back({place.sequence, bytes.size()});
  ++reader.window_cells;
  reader.window_bytes += bytes.size();
  effects.frames.push_back({reader.connection, proto::encode(to_push(place.queue, place.sequence,
                                                                     place.envelope_id, bytes))});
}

void Readers::undone(const Id& queue, Sequence sequence, Effects& effects) {
  const auto found = readers_.find(queue);
  if (found == readers_.end() || found->second.pushed < sequence) return;
  auto& reader = found->second;
  while (!reader.window.empty() && reader.window.back().sequence >= sequence) {
    release(reader.window.back(), reader);
    reader.window.pop_back();
  }
  reader.pushed = sequence - 1;
  reader.subscription = ++last_subscription_;  // a page that was asked for from further on is void
  reader.page_asked = false;
  fall_behind(reader);
  ask_page(queue, reader, effects);
}

void Readers::release(Unacknowledged& cell, Reader& reader) {
  if (cell.bytes == 0) return;
  --reader.window_cells;
  reader.window_bytes -= std::exchange(cell.bytes, 0);
}

void Readers::ask_page(const Id& queue, Reader& reader, Effects& effects) {
  const bool half_free =
      reader.window.size() + half_window_cells() <= kWindows * limits_.push_window_cells &&
      reader.window_cells + half_window_cells() <= limits_.push_window_cells &&
      reader.window_bytes + half_window_bytes() <= limits_.push_window_bytes;
  if (reader.caught_up || reader.page_asked || !half_free) return;
  reader.page_asked = true;
  effects.operations.push_back({{},
                                op::ReadPage{.queue = queue,
                                             .subscription = reader.subscription,
                                             .after = reader.pushed,
                                             .limits = page_limits()}});
}

bool Readers::reads(ConnectionId connection, const Id& queue) const {
  const auto found = readers_.find(queue);
  return found != readers_.end() && found->second.connection == connection;
}

void Readers::acknowledged(const op::Acknowledge& request, Effects& effects) {
  const auto found = readers_.find(request.queue);
  assert(found != readers_.end());
  auto& reader = found->second;
  for (const auto& item : request.items) {
    const auto cell =
        std::ranges::lower_bound(reader.window, item.sequence, {}, &Unacknowledged::sequence);
    if (cell != reader.window.end() && cell->sequence == item.sequence) release(*cell, reader);
  }
  while (!reader.window.empty() && reader.window.front().bytes == 0) reader.window.pop_front();
  ask_page(request.queue, reader, effects);
}

void Readers::close(ConnectionId connection, const Id& queue) {
  if (reads(connection, queue)) readers_.erase(queue);
}

std::optional<ConnectionId> Readers::remove(const Id& queue) {
  const auto found = readers_.find(queue);
  if (found == readers_.end()) return std::nullopt;
  const auto connection = found->second.connection;
  readers_.erase(found);
  return connection;
}

}  // namespace bisik::server
