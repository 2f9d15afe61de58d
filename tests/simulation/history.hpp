// What happened, and whether it may have: the checker reads only what people did, what they were
// told, and what each profile holds at the end. It knows nothing of how messages travel.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace bisik::simulation {

struct Sent {
  std::size_t from;
  std::size_t to;
  std::string text;
  enum class Told {
    nothing,      // the client died before it answered
    stored,       // on the relay's disk
    unconfirmed,  // may have been sent
    not_sent,     // nothing was kept
  } told = Told::nothing;
};

// One chat of one profile, oldest first.
struct Kept {
  std::vector<std::string> ours;
  std::vector<std::string> theirs;
};

struct History {
  std::vector<Sent> sent;
  std::map<std::pair<std::size_t, std::size_t>, Kept> kept;  // {profile, its contact}
  std::map<std::pair<std::size_t, std::size_t>, std::vector<std::string>> handed_out;
};

// One line for each violation: lost, duplicated, reordered, phantom, unsent, not handed out.
// Corrupt text shows as phantom.
[[nodiscard]] std::vector<std::string> violations(const History& history);

}  // namespace bisik::simulation
