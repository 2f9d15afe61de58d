#include "tests/simulation/tricks.hpp"

namespace bisik::simulation {
namespace {

constexpr double kPlayed = 0.35;           // of the tricks, in one run
constexpr std::uint64_t kMostChance = 30;  // in a hundred

}  // namespace

Meddling Meddling::only(Trick trick, double chance) { return Meddling{}.with(trick, chance); }

Meddling Meddling::with(Trick trick, double chance) const {
  auto meddling = *this;
  meddling.chances_[static_cast<std::size_t>(trick)] = chance;
  return meddling;
}

Meddling Meddling::draw(World& world) {
  Meddling meddling;
  for (auto& chance : meddling.chances_) {
    if (world.chance(kPlayed)) chance = static_cast<double>(1 + world.below(kMostChance)) / 100;
  }
  return meddling;
}

}  // namespace bisik::simulation
