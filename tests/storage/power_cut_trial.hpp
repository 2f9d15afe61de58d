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

#include <cstdio>
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
  int images_per_cut = 3;  // ways in which the same moment can end; the last is gone on from
};

[[nodiscard]] inline std::uint64_t chosen_or(const char* variable, std::uint64_t usual) {
  const char* wanted = std::getenv(variable);
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : usual;
}

// In a long run BISIK_POWER_CUTS says how many.
[[nodiscard]] inline int cuts_or(int usual) {
  return static_cast<int>(chosen_or("BISIK_POWER_CUTS", static_cast<std::uint64_t>(usual)));
}

// For runs beside each other that are to differ, BISIK_POWER_CUT_SEED is added to each seed.
[[nodiscard]] inline std::uint64_t cut_seed(std::uint64_t usual) {
  return usual + chosen_or("BISIK_POWER_CUT_SEED", 0);
}

template <class Witness>
class PowerCutTrial {
 public:
  explicit PowerCutTrial(const TrialSettings& settings)
      : settings_{settings}, rng_{settings.seed} {}

  // Says on stdout what it has seen, for whoever adds up many runs.
  TrialResult run() {
    while (result_.cuts < settings_.cuts) live_one_disk();
    std::printf("%d cuts, %d images, %d forgotten, %d unreadable\n", result_.cuts, result_.images,
                result_.forgotten, result_.unreadable);
    return result_;
  }

 private:
  static constexpr int kCutsPerDisk = 25;       // then a new one, as stores grow slow to check
  static constexpr std::uint64_t kReach = 400;  // changes of the disk within which death comes

  void live_one_disk() {
    PowerCutVfs vfs{settings_.traits};
    Witness witness;
    for (int cut = 0; cut < kCutsPerDisk && result_.cuts < settings_.cuts; ++cut) {
      vfs.disk().die_at(1 + static_cast<std::int64_t>(rng_() % kReach));
      try {
        witness.work(vfs.name(), rng_);
      } catch (const StorageError&) {
        // died, as it was meant to
      }
      ++result_.cuts;
      for (int i = 1; i < settings_.images_per_cut; ++i) {
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
