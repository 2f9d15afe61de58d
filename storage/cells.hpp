// Sealed cells waiting in queues, and the memory of which envelopes were taken: what makes sending
// again harmless. Writes need an open Batch (relay_store.hpp).
//
// An envelope id is remembered while its cell waits and for at least one whole day after the cell
// was acknowledged or expired (kEnvelopeMemoryDays).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "storage/types.hpp"

namespace bisik::storage {

struct NewCell {
  EnvelopeId envelope_id;
  Id hash;     // of the bytes; tells a repeat from another cell under the same envelope id
  Blob bytes;  // kept as they are
  Day arrival_day;
  Day expires_day;  // the first day on which it may be swept away
};

struct Cell {
  Sequence sequence;
  EnvelopeId envelope_id;
  Day arrival_day;
  Bytes bytes;

  bool operator==(const Cell&) const = default;
};

struct Pushed {
  enum class Outcome {
    stored,    // sequence is its place
    repeated,  // taken before with the same hash: sequence is the place it had; nothing changed
    conflict,  // the envelope id was used for other bytes: refused, nothing changed
    no_queue,  // nothing changed
  };
  Outcome outcome;
  Sequence sequence;  // 0 where there is none

  bool operator==(const Pushed&) const = default;
};

struct ReadLimits {
  std::int64_t max_cells;
  std::int64_t max_bytes;  // of cell bytes; the first cell comes even if it alone is larger
};

// Both must be right where a cell is acknowledged: a place may have been given again.
struct CellName {
  Sequence sequence;
  EnvelopeId envelope_id;
};

class Cells {
 public:
  virtual ~Cells() = default;

  virtual Pushed push(const Id& queue_id, const NewCell& cell) = 0;
  // What push() would answer if it were a repeat or a conflict; nothing if the envelope id is new.
  [[nodiscard]] virtual std::optional<Pushed> recall(const Id& queue_id,
                                                     const EnvelopeId& envelope_id,
                                                     const Id& hash) = 0;
  // Cells with a higher sequence than `after`, in order; empty if none or no such queue.
  [[nodiscard]] virtual std::vector<Cell> read(const Id& queue_id, Sequence after,
                                               const ReadLimits& limits) = 0;
  // Of the cell that waits at the end of the queue; 0 if none waits.
  [[nodiscard]] virtual Sequence last_waiting(const Id& queue_id) = 0;
  // Removes each cell whose sequence and envelope id both match one that waits; returns how many.
  virtual std::int64_t acknowledge(const Id& queue_id, std::span<const CellName> cells,
                                   Day today) = 0;
  bool acknowledge(const Id& queue_id, Sequence sequence, const EnvelopeId& envelope_id,
                   Day today) {
    const CellName name{sequence, envelope_id};
    return acknowledge(queue_id, {&name, 1}, today) == 1;
  }
  // Removes at most max_rows cells whose expires_day has come; returns how many.
  virtual std::int64_t sweep(Day today, std::int64_t max_rows) = 0;
  // Forgets at most max_rows envelopes whose cells are long gone; returns how many.
  virtual std::int64_t sweep_envelopes(Day today, std::int64_t max_rows) = 0;
};

}  // namespace bisik::storage
