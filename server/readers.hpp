// Which connection reads which queue, and what may be pushed to it now.
//
// A queue has one reader: the newest subscription wins and the older connection is closed. A reader
// that has been given everything that waits is *caught up*: new cells go to it at once. Another one
// is given pages from the store, as long as what it has not acknowledged fits its window; so a slow
// reader costs memory for one window and no more.
//
// Stored cells and pages arrive here in the order in which the store executed them. That alone
// makes the order of pushes right: a page's last cell and the next stored one are neighbours.
#pragma once

#include <deque>
#include <unordered_map>

#include "server/effects.hpp"
#include "server/limits.hpp"
#include "server/outcome.hpp"

namespace bisik::server {

class Readers {
 public:
  explicit Readers(const Limits& limits) : limits_{limits} {}

  // What a Subscribe asks the store for.
  [[nodiscard]] op::ReadPage first_page(const Id& queue);

  void open(ConnectionId connection, const Page& first, Effects& effects);
  void page(const Page& page, Effects& effects);
  void stored(const Stored& cell, Effects& effects);
  // The batch with this cell was lost after it had been pushed: its place will be given again.
  void undone(const Stored& cell, Effects& effects);

  [[nodiscard]] bool reads(ConnectionId connection, const Id& queue) const;
  // Before the store has heard of it: the window is about what is on its way, not about what is
  // kept.
  void acknowledged(const op::Acknowledge& items, Effects& effects);
  void close(ConnectionId connection, const Id& queue);
  // The queue is gone, and its numbers begin anew if it is ever made again. Who was its reader.
  std::optional<ConnectionId> remove(const Id& queue);

 private:
  struct Unacknowledged {
    Sequence sequence;
    std::size_t bytes;  // 0: acknowledged, waiting for those before it
  };
  struct Reader {
    ConnectionId connection;
    std::uint64_t subscription;
    Sequence pushed = 0;  // the highest
    std::deque<Unacknowledged> window = {};
    std::size_t window_cells = 0;
    std::size_t window_bytes = 0;
    bool caught_up = false;
    bool page_asked = true;  // the one that came with the subscription
  };
  // Queue ids are random: their first bytes are a hash. A client that chooses bad ones meets the
  // limit of queues for each account.
  struct FirstBytes {
    std::size_t operator()(const Id& id) const noexcept;
  };

  struct Place {
    Id queue;
    Sequence sequence;
    EnvelopeId envelope_id;
  };

  [[nodiscard]] std::uint64_t half_window_cells() const noexcept {
    return limits_.push_window_cells / 2;
  }
  [[nodiscard]] std::uint64_t half_window_bytes() const noexcept {
    return limits_.push_window_bytes / 2;
  }
  [[nodiscard]] storage::ReadLimits page_limits() const noexcept;
  [[nodiscard]] bool has_room(const Reader& reader, std::size_t bytes) const noexcept;
  void take(const Page& page, Reader& reader, Effects& effects);
  void push(const Place& place, crypto::ByteView bytes, Reader& reader, Effects& effects);
  void ask_page(const Id& queue, Reader& reader, Effects& effects);
  static void release(Unacknowledged& cell, Reader& reader);

  const Limits& limits_;
  std::unordered_map<Id, Reader, FirstBytes> readers_;
  std::uint64_t last_subscription_ = 0;
};

}  // namespace bisik::server
