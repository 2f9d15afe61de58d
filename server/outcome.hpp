// What came of an operation. The response promises durability and therefore leaves after the
// commit; the news is what a reader may learn before it.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "proto/relay.pb.h"
#include "server/operation.hpp"

namespace bisik::server {

// A cell has its place in a queue. Not for a repeat: that one has been news before.
struct Stored {
  Id queue;
  Sequence sequence;
  EnvelopeId envelope_id;
  Cell cell;
  // The key that it was sent with, if neither that nor the queue has a limit of its own: whoever
  // has it may write there until it is removed.
  std::optional<Id> lasting_key = {};
};

// A cell that was here before.
struct RepeatedCell {
  Id queue;
};

// A cell was not accepted: neither will be any later one for this queue on this connection.
struct RefusedCell {
  Id queue;
};

// Cells of a queue for the reader that asked.
struct Page {
  Id queue;
  std::uint64_t subscription;
  std::vector<storage::Cell> cells;
  bool end;  // nothing waits behind them
};

// A read key was right: whoever sent it is the queue's reader now. Its response leaves before the
// first page, it promises nothing.
struct Opened {
  Page first;
};

// Devices that a new list does not name any more, with all that they had.
struct Removed {
  std::vector<Id> queues;        // have no reader any more
  std::vector<Id> network_keys;  // their connections end when this has been committed
};

struct Swept {
  bool more;                    // another sweep would find rows to delete
  std::vector<Id> queues = {};  // have no reader any more
};

// How much there is in the store: for the operator, who asked.
using storage::Totals;

struct Outcome {
  Ticket ticket;
  proto::pb::Response response;
  std::variant<std::monostate, Stored, RepeatedCell, RefusedCell, Opened, Page, Removed, Swept,
               Totals>
      news;
};

}  // namespace bisik::server
