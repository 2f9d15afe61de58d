#include "tests/simulation/run.hpp"

#include <algorithm>

#include "tests/simulation/relay_party.hpp"
#include "tests/simulation/script.hpp"

namespace bisik::simulation {
namespace {

using std::chrono::minutes;

constexpr std::size_t kLeastMessages = 200;
constexpr std::size_t kMostMessages = 500;
// Everything must have settled this long after the weather cleared: back-off ends at a minute.
constexpr minutes kSettle{20};
// Keys that were dated by a wrong clock are renewed this soon: Upkeep looks every hour.
constexpr minutes kLookedAfter{61};
constexpr Duration kDay = std::chrono::hours{24};
constexpr Duration kYear = std::chrono::hours{24 * 365};
// What a relay has was read this long after the last strain, in any weather.
constexpr minutes kRead{5};
// And arrived this long after that: a dead line is noticed in 75 seconds.
constexpr minutes kArrive{5};

// Mailboxes that are full now and then, as soon as their reader is away for a moment.
server::Limits limits_of(World& world) {
  server::Limits limits;
  if (world.chance(0.3)) limits.mailbox_cells = 20 + world.below(20);
  return limits;
}

class Run {
 public:
  Run(std::uint64_t seed, Defect defect)
      : world_{seed}, relay_{world_, defect, limits_of(world_)}, network_{world_, relay_} {
    relay_.attach(network_);
    const auto people = 2 + world_.below(5);
    for (std::size_t i = 0; i < people; ++i) {
      clients_.push_back(std::make_unique<ClientParty>(world_, network_, i, defect));
      scripts_.push_back(std::make_unique<Script>(world_, *clients_.back(), history_));
      clients_.back()->start();
    }
  }

  Report go() {
    meet();
    worsen();
    write();
    clear();
    return report();
  }

 private:
  void advance(minutes time) { world_.run_until(world_.now() + time); }

  // The first joins with the relay's invite and invites the others, who then meet each other.
  void meet() {
    const auto invite = relay_.make_invite(1);
    scripts_[0]->join(
        proto::format_link({.relay = relay_.address(), .invite = invite, .contact = {}}));
    advance(minutes{1});
    for (std::size_t i = 1; i < scripts_.size(); ++i) {
      scripts_[0]->invite([this, i](const std::string& link) { scripts_[i]->join(link); });
    }
    advance(minutes{1});
    for (std::size_t i = 1; i < scripts_.size(); ++i) {
      for (std::size_t other = i + 1; other < scripts_.size(); ++other) {
        scripts_[i]->invite([this, other](const std::string& link) { scripts_[other]->add(link); });
      }
    }
    advance(minutes{1});
  }

  void worsen() {
    const double badness = static_cast<double>(world_.below(100)) / 100;
    network_.weather = {.least_delay = Duration{1},
                        .most_delay = Duration{20 + world_.below(400)},
                        .cut = 0.02 * badness,
                        .swallow = 0.002 * badness,
                        .repeat = 0.005 * badness};
  }

  void write() {
    const auto messages = kLeastMessages + world_.below(kMostMessages - kLeastMessages);
    for (std::size_t i = 0; i < messages; ++i) {
      world_.run_until(world_.now() + world_.between(Duration{0}, Duration{1'500}));
      const auto from = world_.below(scripts_.size());
      auto to = world_.below(scripts_.size() - 1);
      if (to >= from) ++to;
      scripts_[from]->send(to, text_bytes());
      if (world_.chance(0.05)) harm();
      if (world_.chance(0.01)) set_a_clock();
      if (world_.chance(0.02)) straining_.begin_one();
      if (world_.chance(0.005)) rest();
    }
  }

  std::size_t text_bytes() {
    const auto kind = world_.below(20);
    if (kind == 0) return world_.below(proto::kMaxTextBytes) + 1;
    return world_.below(kind < 5 ? 8'000 : 300) + 1;
  }

  void harm() {
    ++deaths_;
    if (world_.chance(0.4)) {
      if (world_.chance(0.5)) {
        relay_.die(world_.chance(0.5) ? RelayParty::Death::killed : RelayParty::Death::power_cut);
      } else {
        relay_.die_soon();
      }
    } else {
      auto& client = *clients_[world_.below(clients_.size())];
      if (world_.chance(0.5) && client.is_running()) {
        client.die(world_.chance(0.5));
      } else {
        client.die_soon();
      }
    }
    // Whoever is down by then comes back.
    world_.after(world_.between(Duration{500}, Duration{30'000}), [this] { revive(); });
  }

  // Right, or a year off.
  void set_a_clock() {
    const auto error = kYear * (static_cast<int>(world_.below(3)) - 1);
    const auto whose = world_.below(clients_.size() + 1);
    if (whose == clients_.size()) return relay_.set_clock(error);
    clients_[whose]->set_clock(error);
  }

  // Everything is switched off for days or weeks: keys are due to be renewed and wiped afterwards.
  //
  // What has come before was read: a relay keeps a cell for 30 days, and what nobody could read is
  // sent again from a log of one day.
  void rest() {
    straining_.end_all();
    revive();
    advance(kRead);
    relay_.die(RelayParty::Death::killed);
    for (auto& client : clients_) {
      if (client->is_running()) client->die(false);
    }
    for (auto& script : scripts_) script->give_up();
    resting_ = true;
    world_.run_until(world_.now() + world_.between(kDay, 40 * kDay));
    resting_ = false;
    revive();
  }

  void revive() {
    if (resting_) return;
    if (!relay_.is_running()) relay_.start();
    for (auto& script : scripts_) script->start_client();
  }

  void clear() {
    network_.weather = {};
    straining_.end_all();
    for (int round = 0; round < 3; ++round) {  // a death that was planned may still come
      revive();
      advance(minutes{1});
    }
    // But no later: who had nothing to write meanwhile would die of the first thing that comes.
    relay_.live_on();
    for (auto& client : clients_) client->live_on();
    revive();
    settle();
    if (!settled()) set_clocks_right();
    advance(kArrive);
    for (auto& script : scripts_) script->look_at_contacts();
    for (auto& script : scripts_) script->write_down();
  }

  void settle() {
    const auto end = world_.now() + kSettle;
    while (world_.now() < end && !settled()) advance(minutes{1});
  }

  // Whoever has lost a session begins a new one, and with a clock that is a year off everybody's
  // keys look too old for that: nothing is kept, and the person is told.
  void set_clocks_right() {
    relay_.set_clock(Duration{0});
    for (auto& client : clients_) client->set_clock(Duration{0});
    advance(kLookedAfter);
    settle();
  }

  [[nodiscard]] bool settled() const {
    return std::ranges::none_of(scripts_, [](const auto& script) { return script->busy(); });
  }

  Report report() {
    Report report{.violations = violations(history_),
                  .trace_hash = world_.trace_hash(),
                  .messages = history_.sent.size(),
                  .deaths = deaths_,
                  .strains = straining_.so_far()};
    for (const auto& script : scripts_) {
      if (!script->joined()) report.violations.emplace_back("not joined");
      if (script->busy()) report.violations.emplace_back("no progress: a text is still unsent");
    }
    return report;
  }

  World world_;
  RelayParty relay_;
  Network network_;
  History history_;
  std::vector<std::unique_ptr<ClientParty>> clients_;
  std::vector<std::unique_ptr<Script>> scripts_;
  Straining straining_{world_, relay_, network_, clients_};
  std::size_t deaths_ = 0;
  bool resting_ = false;
};

}  // namespace

Report run_seed(std::uint64_t seed, Defect defect) { return Run{seed, defect}.go(); }

}  // namespace bisik::simulation
