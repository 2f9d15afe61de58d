// Which connection reads which queue, and what may be pushed to it now.
//
// A queue has one reader: the newest subscription wins and the older connection is closed. A reader
// that has been given everything that waits is *caught up*: new cells go to it at once. Another one
// is given pages from the store, as long as what it has not acknowledged fits its window; so a slow
// reader costs memory for one window and no more.
//
// Stored cells and pages arrive here in the order in which the store executed them. That alone
// makes the order of pushes right: a page's last cell and the next stored one are neighbours.
//
// While the store is busy nobody need wait for it to learn what is known: a cell is *handed over*
// before the store has it where its place is certain (every cell before it has been pushed) and so
// is that it will be taken (the same connection has written there with the same key, which has no
// limits and was not removed since). Where it turns out otherwise, because the cell was a repeat or
// the disk is full, its place is given again.
#pragma once

#include <deque>
#include <unordered_map>
#include <vector>

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
  // A cell on its way to the store. The place at which it was handed over; 0: it was not.
  [[nodiscard]] Sequence hand_over(const Ticket& ticket, const op::SendCell& cell,
                                   Effects& effects);
  // Asked for, and about to be executed behind what has been handed out.
  void remove_write_key(const Id& queue, const Id& key_hash);
  void stored(const Ticket& ticket, const Stored& cell, Effects& effects);
  // What was pushed as this is not kept: its place will be given again.
  void undone(const Id& queue, Sequence sequence, Effects& effects);

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
  struct Writer {
    ConnectionId connection;
    Id key_hash;
    bool operator==(const Writer&) const = default;
  };
  struct Reader {
    ConnectionId connection;
    std::uint64_t subscription;
    Sequence pushed = 0;  // the highest
    // The next cell will be stored behind that: nothing is on its way that was not handed over.
    bool next_is_known = false;
    std::uint64_t undecided = 0;  // the last cell that was not
    std::vector<Writer> writers = {};
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
  // Its next cells come from the store, page by page.
  static void fall_behind(Reader& reader);
  static void remember(const Writer& writer, Reader& reader);
  void take(const Page& page, Reader& reader, Effects& effects);
  void push(const Place& place, crypto::ByteView bytes, Reader& reader, Effects& effects);
  void ask_page(const Id& queue, Reader& reader, Effects& effects);
  static void release(Unacknowledged& cell, Reader& reader);

  const Limits& limits_;
  std::unordered_map<Id, Reader, FirstBytes> readers_;
  std::uint64_t last_subscription_ = 0;
};

}  // namespace bisik::server
