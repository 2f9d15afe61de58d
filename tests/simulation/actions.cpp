#include "tests/simulation/actions.hpp"

#include <algorithm>

#include "proto/limits.hpp"

namespace bisik::simulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kWhole = 256;  // what a byte may say

class Player {
 public:
  explicit Player(std::uint64_t seed) : community_{seed, {2, 1}} {}

  void act(std::uint8_t what, std::uint8_t how) {
    constexpr std::uint8_t kSends = 6;  // of so many actions
    constexpr std::uint8_t kActions = 22;
    const auto action = static_cast<std::uint8_t>(what % kActions);
    auto& device = community_.device(how);
    if (action < kSends) {
      // Whoever writes more is told to send it in parts, and does not try the same again.
      const auto size = std::min(std::size_t{how} * how + 1, proto::kMaxTextBytes);
      community_.send(device, community_.other_person(device, how / 2), size, action == 0);
    } else if (action < 11) {
      happen(action, device, how);
    } else {
      decide(action, device, how);
    }
    community_.pass(Duration{how});
  }

  CommunityReport finish() { return community_.finish(); }

 private:
  // What people do not choose.
  void happen(std::uint8_t action, DeviceUser& device, std::uint8_t how) {
    switch (action) {
      case 6:
        return change_weather(how);
      case 7:
        return community_.kill(device, how % 2 == 0);
      case 8:
        return community_.kill_soon(device);
      case 9:
        return how % 2 == 0 ? community_.kill_relay_soon()
                            : community_.kill_relay(RelayParty::Death::power_cut);
      default:
        return community_.revive();
    }
  }

  void decide(std::uint8_t action, DeviceUser& device, std::uint8_t how) {
    switch (action) {
      case 11:
      case 12:
        return community_.take_copy(device);
      case 13:
        return community_.put_copy_back(device, how / 4);
      case 14:
        return community_.link(how);
      case 15:
        return community_.remove_device(how);
      case 16:
        return sleep(how);
      case 17:
        return community_.block(device, community_.other_person(device, how), how % 2 == 0);
      case 18:
        return community_.take_one_time_keys(how, how);
      case 19:
        return community_.repair(device, community_.other_person(device, how));
      case 20:
        return community_.pass(seconds{how});
      default:
        return community_.pass(minutes{how});
    }
  }

  void change_weather(std::uint8_t how) {
    const double badness = static_cast<double>(how) / kWhole;
    community_.set_weather({.least_delay = Duration{1},
                            .most_delay = Duration{20 + how},
                            .cut = 0.02 * badness,
                            .swallow = 0.002 * badness,
                            .repeat = 0.01 * badness});
  }

  // Whoever sleeps for long has got what waited for him.
  void sleep(std::uint8_t how) {
    community_.revive();
    community_.pass(minutes{10});
    community_.revive();
    community_.pass(minutes{10});
    community_.rest(hours{24} + hours{how});
  }

  Community community_;
};

}  // namespace

CommunityReport play(crypto::ByteView actions) {
  std::uint64_t seed = actions.size();
  for (const auto byte : actions) seed = seed * 31 + byte;
  Player player{seed};
  for (std::size_t i = 0; i + 1 < actions.size(); i += 2) player.act(actions[i], actions[i + 1]);
  return player.finish();
}

}  // namespace bisik::simulation
