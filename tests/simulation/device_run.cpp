#include "tests/simulation/device_run.hpp"

namespace bisik::simulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::size_t kLeastTexts = 40;
constexpr std::size_t kMostTexts = 120;
// Between two rests: whoever sleeps for a month has got what waited for him.
constexpr Duration kAwake = minutes{10};

class DeviceRun {
 public:
  explicit DeviceRun(std::uint64_t seed) : choices_{seed ^ 0xdec1ce}, community_{seed, crowd()} {
    is_long_ = chance(0.1);
  }

  CommunityReport go() {
    worsen();
    const auto messages = kLeastTexts + below(kMostTexts - kLeastTexts);
    for (std::size_t i = 0; i < messages; ++i) {
      community_.pass(Duration{below(chance(0.1) ? 600'000 : 3'000)});
      auto& from = community_.device(choices_());
      // One choice after the other: compilers do not agree in which order arguments are made.
      const auto to = community_.other_person(from, choices_());
      const auto size = bytes();
      community_.send(from, to, size, chance(0.2));
      trouble();
    }
    return community_.finish();
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return choices_() % bound; }
  bool chance(double probability) {
    return static_cast<double>(choices_() >> 11U) * 0x1.0p-53 < probability;
  }

  std::vector<std::size_t> crowd() {
    std::vector<std::size_t> devices(2 + below(2));
    for (auto& each : devices) each = 1 + below(3);
    return devices;
  }

  std::size_t bytes() { return chance(0.1) ? 1 + below(20'000) : 1 + below(300); }

  void worsen() {
    const double badness = static_cast<double>(below(100)) / 100;
    community_.set_weather({.least_delay = Duration{1},
                            .most_delay = Duration{20 + below(400)},
                            .cut = 0.02 * badness,
                            .swallow = 0.002 * badness,
                            .repeat = 0.005 * badness});
  }

  void trouble() {
    auto& device = community_.device(choices_());
    if (chance(0.05)) harm(device);
    if (chance(0.06)) community_.take_copy(device);
    if (chance(0.03)) put_back(device);
    if (chance(0.01)) community_.link(choices_());
    if (chance(0.005)) community_.remove_device(choices_());
    if (chance(0.005)) block(device);
    if (chance(0.005)) community_.take_one_time_keys(choices_(), 120);
    if (chance(is_long_ ? 0.2 : 0.01)) {
      community_.pass(kAwake);
      community_.revive();
      community_.pass(kAwake);
      community_.rest(hours{24 + below(is_long_ ? 600 : 300)});
    }
  }

  void revive_later() {
    auto& world = community_.world();
    world.after(Duration{500 + below(30'000)}, [this] { community_.revive(); });
  }

  void harm(DeviceUser& device) {
    switch (below(6)) {
      case 0:
        community_.kill_relay(chance(0.5) ? RelayParty::Death::killed
                                          : RelayParty::Death::power_cut);
        break;
      case 1:
        community_.kill_relay_soon();
        break;
      case 2:
      case 3:
        community_.kill(device, chance(0.5));
        break;
      default:
        community_.kill_soon(device);
    }
    revive_later();
  }

  void put_back(DeviceUser& device) {
    community_.put_copy_back(device, choices_());
    if (chance(0.2)) {
      auto& another = community_.device(choices_());
      community_.put_copy_back(another, choices_());
    }
    if (chance(0.5)) return community_.revive();
    revive_later();
  }

  void block(DeviceUser& device) {
    const auto whom = community_.other_person(device, choices_());
    community_.block(device, whom, false);
    auto& world = community_.world();
    world.after(Duration{below(3'600'000)},
                [this, &device, whom] { community_.block(device, whom, true); });
  }

  std::mt19937_64 choices_;
  Community community_;
  bool is_long_ = false;
};

}  // namespace

CommunityReport run_device_seed(std::uint64_t seed) { return DeviceRun{seed}.go(); }

}  // namespace bisik::simulation
