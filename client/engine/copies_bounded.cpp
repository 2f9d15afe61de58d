// What bounds the copies that wait, so that a device which is away for long, or one that only
// sends, fills no disk. No bound loses a message (docs/protocol.md 9.2).
#include <algorithm>

#include "client/engine/copies.hpp"

namespace bisik::client {

// Its device has cells that wait already, until the first of them is taken.
bool Copies::waits_for_room(const Copy& copy) const {
  return copy.row.cell().empty() && copy.row.device() != 0 && is_full(copy.row.device());
}

bool Copies::is_full(crypto::DeviceNumber device) const {
  const auto sealed = std::ranges::count_if(copies_, [=](const Copy& copy) {
    return !copy.row.cell().empty() && copy.row.device() == device;
  });
  return static_cast<std::size_t>(sealed) >= kCellsInFlight;
}

// A row that is told to the same devices about the same chat tells of these messages too, and of
// those between them, which whoever has them drops.
bool Copies::join_waiting(Step& step, const proto::pb::CopyRow& row, Time when) {
  const auto joined = std::ranges::find_if(copies_, [&](const Copy& copy) {
    return copy.row.cell().empty() && copy.row.number() != 0 && may_join(copy.row, row);
  });
  if (joined == copies_.end()) return false;
  auto& into = joined->row;
  into.set_number(std::min(into.number(), row.number()));
  into.set_last(std::max(into.last(), row.last()));
  into.set_since_ms(std::min(into.since_ms(), row.since_ms()));
  joined->not_before = std::max(joined->not_before, when);
  step.put(RowKind::copy, {{}, into.order()}, into);
  return true;
}

// That something far away was read too is told in a row of its own, not with all between them.
bool Copies::may_join(const proto::pb::CopyRow& into, const proto::pb::CopyRow& row) {
  const bool is_close =
      row.number() <= into.last() + kReadsApart && into.number() <= row.last() + kReadsApart;
  return into.about() == row.about() && into.device() == row.device() &&
         into.reads() == row.reads() && (is_close || !row.reads());
}

// For one device that takes nothing more for now: the others do not wait for it.
void Copies::postpone(Step& step, proto::pb::CopyRow row, crypto::DeviceNumber device) {
  row.set_device(device);
  const bool about_contact = row.number() == 0 && !row.about().empty();
  const bool waits = about_contact && std::ranges::any_of(copies_, [&](const Copy& copy) {
                       return copy.row.cell().empty() && copy.row.number() == 0 &&
                              copy.row.device() == device && copy.row.about() == row.about();
                     });
  if (waits || (row.number() != 0 && join_waiting(step, row, step.now()))) return;
  add(step, std::move(row), milliseconds{0});
}

// No relay keeps a cell for longer, nor a device the keys to open it: sealed once more, if ever.
void Copies::unseal_old(Step& step) {
  std::vector<proto::pb::CopyRow> old;
  std::erase_if(copies_, [&](const Copy& copy) {
    const bool sealed = !copy.row.cell().empty() && copy.row.due_ms() != 0 && !copy.on_the_way;
    if (!sealed || !step.has_passed(copy.row.due_ms(), kCopyLifetime)) return false;
    step.erase(RowKind::copy, {{}, copy.row.order()});
    old.push_back(copy.row);
    return true;
  });
  for (auto& row : old) {
    row.clear_queue();
    row.clear_envelope_id();
    row.clear_cell();
    const auto device = row.device();
    postpone(step, std::move(row), device);
  }
}

}  // namespace bisik::client
