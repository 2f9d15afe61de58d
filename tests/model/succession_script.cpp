#include "tests/model/succession_script.hpp"

#include "crypto/successor.hpp"

namespace bisik::model {
namespace {

constexpr std::size_t kDamages = 6;

Json random_damage(Source& source) {
  constexpr auto kSize = crypto::SuccessorStatement::kSize;
  if (chance(source, 20)) return {{"edit", {{"keep", below(source, kSize)}}}};
  return {{"edit", {{"at", below(source, kSize)}, {"xor", 1U << below(source, 8)}}}};
}

}  // namespace

Json random_succession(std::uint64_t seed) {
  Source source{seed};
  const auto random_seed = [&] { return to_json(random_bytes(source, 32)); };
  const auto old_seed = random_seed();
  const auto new_seed = random_seed();
  Json succession{{"seed", seed}, {"old_seed", old_seed}, {"new_seed", new_seed}};
  constexpr auto kLatest = static_cast<std::size_t>(crypto::kMaxUnixTime.count());
  succession["created"] =
      chance(source, 20) ? kLatest : 1'700'000'000 + below(source, 1'000'000'000);
  auto& readings = succession["readings"] = Json::array();
  readings.push_back(Json::object());  // as it is
  readings.push_back({{"old_seed", random_seed()}, {"new_seed", new_seed}});
  readings.push_back({{"old_seed", old_seed}, {"new_seed", random_seed()}});
  readings.push_back({{"old_seed", new_seed}, {"new_seed", old_seed}});
  for (std::size_t i = 0; i < kDamages; ++i) readings.push_back(random_damage(source));
  play_succession(succession);
  return succession;
}

}  // namespace bisik::model
