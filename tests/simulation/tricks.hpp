// What a relay that wants harm does, each by itself: everything its place allows. It is the end of
// Noise, so it sees every frame; it holds every row; it keeps what it has seen.
#pragma once

#include <array>
#include <string_view>

#include "tests/simulation/world.hpp"

namespace bisik::simulation {

enum class Trick : std::size_t {
  drop,            // says OK to what it does not do; keeps a push back
  repeat,          // pushes a cell twice
  reorder,         // pushes a cell later than others
  swap_cells,      // pushes a cell to somebody else, or as if it had been a knock
  replay,          // pushes a cell of long ago again
  damage_cell,     // changes a bit of a cell
  damage_keys,     // changes a bit of a list, a bundle or a one-time key
  swap_keys,       // answers with the bundle or one-time key of another account or device
  old_bundle,      // answers with a bundle of before
  old_list,        // answers with a list of before
  edited_list,     // answers with a list that nobody signed
  foreign_list,    // answers with the list of another account
  split_view,      // shows somebody no newer list of an account from now on
  stolen_account,  // shows somebody a list that it has signed itself, with the account's stolen key
  used_key,        // hands a one-time key out twice
  no_keys,         // says that there are no one-time keys, no bundle of a device, or no devices
  deny,            // refuses, or asks for time, also for centuries
  late,            // answers when nobody waits any more
  other_number,    // answers another request, or one that nobody made
  clock,           // says that it is another year
  key_count,       // counts one-time keys that cannot be
  waiting_count,   // says that cells wait which cannot be
  epoch,           // answers with a state epoch of before, of somebody else or of nobody
};

inline constexpr std::array kTrickNames{
    "drop",         "repeat",         "reorder",    "swap_cells",    "replay",      "damage_cell",
    "damage_keys",  "swap_keys",      "old_bundle", "old_list",      "edited_list", "foreign_list",
    "split_view",   "stolen_account", "used_key",   "no_keys",       "deny",        "late",
    "other_number", "clock",          "key_count",  "waiting_count", "epoch"};
inline constexpr std::size_t kTricks = kTrickNames.size();

// How often each trick is played where it can be.
class Meddling {
 public:
  Meddling() = default;  // an honest relay
  [[nodiscard]] static Meddling only(Trick trick, double chance);
  [[nodiscard]] Meddling with(Trick trick, double chance) const;
  // Some of them, each with a chance of its own.
  [[nodiscard]] static Meddling draw(World& world);

  [[nodiscard]] double operator[](Trick trick) const {
    return chances_[static_cast<std::size_t>(trick)];
  }

 private:
  std::array<double, kTricks> chances_{};
};

}  // namespace bisik::simulation
