// What people with several devices did, were told and find in the end, where earlier copies of a
// device's folder were put back meanwhile; and whether it may be so. The judge knows nothing of how
// messages travel. What it holds the devices to is what a person expects:
//
//   - A text that was sent ("the relay has it", or "it is kept here and goes by itself") is in the
//     history of every device of both accounts, once. Nothing is there that nobody wrote.
//   - What a device held when the copy was made that was put back later is there.
//   - What it was handed after that comes back, from whoever wrote it (for kSendLogSure after he
//     did) or from another device of the account, which has it for as long as the account lives.
//   - What it has itself written since then its own history has again where another device of the
//     account holds it. Those it was written to have it in any case. Its other devices may have
//     missed it: the word to them leaves up to a minute later, and the copy knows nothing of it.
//   - Where both ends are copies, and no third device holds it, a text may be gone. So may what a
//     copy has sent that was put back once more while it healed, or before anybody had told it that
//     it is one: who cannot open it asks somebody who knows nothing of it.
//   - So may what a copy was handed that nobody wrote to for the day after: only the next message
//     shows what it lacks, where no process had begun since it was made.
//   - A device that was linked later shows what the account's first device held then, and all that
//     was written afterwards.
//   - Of a device that was removed, and of somebody who was blocked meanwhile, may be missing what
//     nobody had read by then.
//   - A device whose copy differs from what others have seen says so: by notice or in its status.
//     Where those others were put back too, so that none of them has its texts, nobody can tell it;
//     nor where it has only written more, and a person has begun the conversation anew since.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/world.hpp"

namespace bisik::simulation {

enum class Told {
  nothing,      // the client died before it answered
  stored,       // on the relay's disk
  kept,         // on this device's disk, and goes by itself
  unconfirmed,  // may have been sent
  not_sent,     // nothing was kept
};

struct Said {
  std::size_t device;
  std::size_t from;  // people
  std::size_t to;
  std::string text;
  Time begun;
  Told told = Told::nothing;
  bool in_doubt = false;  // whether an earlier attempt came through
  bool is_queued = false;
  bool is_probe = false;  // when everything had healed
};

using Texts = std::set<std::string>;

// What a device holds, since when.
using Held = std::map<std::string, Time>;

// What others have seen of a device that its copy knows nothing of.
struct Missed {
  Texts read;          // it has acknowledged them, which its relay knows
  Texts sent;          // and relays have taken
  bool start = false;  // of a process after the one that it was made in: its relay knows that too
};

struct Restored {
  Time at;
  Held held;  // by the copy
  Missed missed;
};

struct DeviceLife {
  std::size_t person = 0;
  std::optional<Time> joined;
  Texts inherited;  // what the first device held when this one was linked
  bool removed = false;
  Held held;  // handed out here, or sent from here
  std::vector<Restored> restored;
  std::vector<Time> told_of_copy;
  // In the end, by person, in the order of the history.
  std::map<std::size_t, std::vector<std::string>> ours;
  std::map<std::size_t, std::vector<std::string>> theirs;
  Texts failed;  // ours, shown as what nobody has got

  // Somebody puts a copy back that holds this.
  void put_back(Time now, Held copy, Missed missed);
  [[nodiscard]] bool told_since(Time when) const;
  [[nodiscard]] bool told_between(Time from, Time until) const;
};

// Somebody has begun the conversation of the two anew, on whichever device.
struct Anew {
  Time at;
  std::size_t one;
  std::size_t another;
};

struct Rest {
  Time from;
  Time until;
};

struct Chronicle {
  std::vector<Said> said;
  std::vector<DeviceLife> devices;
  std::set<std::pair<std::size_t, std::size_t>> blocked;  // {who, whom}, at any time
  std::vector<Rest> rests;                                // everything was switched off
  std::vector<Anew> anew;
};

// One line for each violation: lost, duplicated, phantom, unsent, not told.
[[nodiscard]] std::vector<std::string> violations(const Chronicle& chronicle);

}  // namespace bisik::simulation
