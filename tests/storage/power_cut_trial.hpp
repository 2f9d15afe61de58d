// Cuts the power of a working store again and again and counts what it forgot.
//
// A Witness does the work and knows what was promised. It has a State, what a reader could see, and
//   State read(vfs)      opens the store, checks its integrity, returns what is in it
//   void work(vfs, rng)  opens the store and changes it until something throws StorageError,
//                        keeping `promised` (the last commit that returned) and `possible` (that,
//                        or the one commit that was on its way)
//   void adopt(State)    goes on from there
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "storage/error.hpp"
#include "tests/storage/power_cut_vfs.hpp"

namespace bisik::storage {

struct TrialResult {
  int cuts = 0;
  int images = 0;      // of disks after a cut that were opened and read
  int forgotten = 0;   // of those, how many showed neither what was promised nor what was possible
  int unreadable = 0;  // or could not be opened at all
};

struct TrialSettings {
  int cuts;
  DiskTraits traits = {};
  std::uint64_t seed = 1;
};

// In a long run BISIK_POWER_CUTS says how many.
[[nodiscard]] inline int cuts_or(int usual) {
  const char* wanted = std::getenv("BISIK_POWER_CUTS");
  return wanted != nullptr ? std::atoi(wanted) : usual;
}

template <class Witness>
class PowerCutTrial {
 public:
  explicit PowerCutTrial(const TrialSettings& settings)
      : settings_{settings}, rng_{settings.seed} {}

  TrialResult run() {
    while (result_.cuts < settings_.cuts) live_one_disk();
    return result_;
  }

 private:
  static constexpr int kCutsPerDisk = 25;       // then a new one, as stores grow slow to check
  static constexpr int kImagesPerCut = 2;       // other ways in which the same moment can end
  static constexpr std::uint64_t kReach = 400;  // changes of the disk within which death comes

  void live_one_disk() {
    PowerCutVfs vfs{settings_.traits};
    Witness witness;
    for (int cut = 0; cut < kCutsPerDisk; ++cut) {
      vfs.disk().die_at(1 + static_cast<std::int64_t>(rng_() % kReach));
      try {
        witness.work(vfs.name(), rng_);
      } catch (const StorageError&) {
        // died, as it was meant to
      }
      ++result_.cuts;
      for (int i = 0; i < kImagesPerCut; ++i) {
        PowerCutVfs other{vfs.disk().image_after_power_cut(rng_), settings_.traits};
        static_cast<void>(survived(witness, other.name()));
      }
      vfs.disk().power_cut(rng_);
      const auto state = survived(witness, vfs.name());
      if (!state) return;  // counted; what comes after it would only repeat the complaint
      witness.adopt(*state);
    }
  }

  std::optional<typename Witness::State> survived(Witness& witness, const std::string& vfs) {
    ++result_.images;
    try {
      auto state = witness.read(vfs);
      if (state == witness.promised || state == witness.possible) return state;
      ++result_.forgotten;
    } catch (const StorageError&) {
      ++result_.unreadable;
    }
    return std::nullopt;
  }

  TrialSettings settings_;
  PowerCutDisk::Rng rng_;
  TrialResult result_;
};

inline void PrintTo(const TrialResult& result, std::ostream* out) {
  *out << result.cuts << " cuts, " << result.images << " images, " << result.forgotten
       << " forgotten, " << result.unreadable << " unreadable";
}

}  // namespace bisik::storage
