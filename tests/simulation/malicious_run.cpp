#include "tests/simulation/malicious_run.hpp"

#include <algorithm>
#include <functional>

#include "proto/rows.pb.h"
#include "tests/simulation/correspondent.hpp"
#include "tests/simulation/step_judge.hpp"

namespace bisik::simulation {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr double kChanceAlone = 0.3;           // of a trick that is played alone
constexpr double kMetBefore = 0.5;             // of pairs, before the relay began to meddle
constexpr double kTwoDevices = 0.3;            // of people
constexpr std::uint64_t kSecondDevices = 100;  // their numbers begin here
constexpr std::size_t kLeastTexts = 10;
constexpr std::size_t kMostTexts = 32;
constexpr Duration kMostPause{15'000};  // between two of them
// Keys that are handed out are kept for 31 days, and links are good for as long: so much time may
// pass in a run without taking from anybody what the relay has left him.
constexpr Duration kMostRest = days{16};
// Somebody who is denied waits for at most a day before he tries again; lists and bundles are
// renewed within 7.5.
constexpr std::array<Duration, 3> kRests{hours{25}, days{8}, hours{25}};
constexpr minutes kSettle{3};
constexpr seconds kMostLinking{60};
// A relay that meddles makes clients dial, ask and wait; it may not make them spin.
constexpr std::size_t kMostEvents = 400'000;

// With none of what may take a message or put it behind a later one.
bool keeps_every_message(const MaliciousRelay& relay) {
  constexpr std::array kHarmless{Trick::repeat,    Trick::swap_cells, Trick::replay,
                                 Trick::key_count, Trick::clock,      Trick::waiting_count,
                                 Trick::epoch};
  for (std::size_t trick = 0; trick < kTricks; ++trick) {
    const bool is_harmless = std::ranges::find(kHarmless, Trick{trick}) != kHarmless.end();
    if (!is_harmless && relay.played(Trick{trick}) != 0) return false;
  }
  return true;
}

class MaliciousRun {
 public:
  MaliciousRun(std::uint64_t seed, std::optional<Trick> only, Defect defect)
      : world_{seed},
        only_{only},
        honest_{world_, Defect::none, {}},
        relay_{world_, honest_,
               [this](const std::string& account) { return identities_.at(account).get(); },
               defect},
        network_{world_, relay_},
        judge_{world_, relay_} {
    relay_.attach(network_);
    const auto count = 2 + world_.below(2) + (world_.chance(0.2) ? 1 : 0);
    for (std::size_t i = 0; i < count; ++i) {
      people_.push_back({});
      people_.back().push_back(device(i, i, defect));
      if (!world_.chance(kTwoDevices)) continue;
      people_.back().push_back(device(kSecondDevices + i, i, defect));
    }
  }

  MaliciousReport go() {
    meet();
    relay_.meddle(only_ ? Meddling::only(*only_, kChanceAlone) : Meddling::draw(world_));
    live();
    relay_.meddle({});
    recover();
    return report();
  }

 private:
  struct Pair {
    std::size_t inviter;
    std::size_t guest;
    std::string link;
    bool met = false;
  };
  struct Text {
    const Correspondent* writer;
    std::size_t from;
    std::size_t to;
    std::size_t number;
    bool must_arrive = false;  // on each device of whoever it is for
    std::set<const Correspondent*> read_on = {};
  };
  using Devices = std::vector<std::unique_ptr<Correspondent>>;  // of one person; the primary first

  std::unique_ptr<Correspondent> device(std::uint64_t number, std::size_t person, Defect defect) {
    return std::make_unique<Correspondent>(world_, network_, number, "P" + std::to_string(person),
                                           defect, judge_);
  }

  Correspondent& any_device(std::size_t person) {
    auto& devices = people_[person];
    return *devices[world_.below(devices.size())];
  }

  // Whatever is planned until then. A run that plans more and more ends here.
  void advance(Duration time) {
    const auto end = world_.now() + time;
    while (events_ < kMostEvents && world_.step(end)) ++events_;
    world_.run_until(events_ < kMostEvents ? end : world_.now());
  }

  void wait_for(const std::function<bool()>& condition) {
    for (auto left = kMostLinking; left > seconds{0} && !condition(); left -= seconds{1}) {
      advance(seconds{1});
    }
  }

  void meet() {
    for (auto& devices : people_) join(devices);
    judge_.begin();
    for (std::size_t i = 0; i < people_.size(); ++i) {
      for (std::size_t j = i + 1; j < people_.size(); ++j) pairs_.push_back({i, j, {}});
    }
    for (auto& pair : pairs_) {
      if (world_.chance(kMetBefore)) make_link(pair);
    }
    for (auto& pair : pairs_) {
      if (!pair.link.empty()) introduce(pair);
    }
    advance(seconds{20});
    for (auto weeks = world_.below(3); weeks > 0; --weeks) rest(days{8});
    for (auto& pair : pairs_) {
      if (pair.link.empty()) make_link(pair);
    }
  }

  static client::Identity identity_of(const Correspondent& device) {
    return client::Identity::read(*device.client().rows().get(client::RowKind::profile, {}));
  }

  void join(Devices& devices) {
    auto& primary = *devices.front();
    primary.join(proto::format_link(
        {.relay = honest_.address(), .invite = honest_.make_invite(1), .contact = {}}));
    advance(seconds{5});
    identities_[primary.account()] = std::make_unique<client::Identity>(identity_of(primary));
    relay_.belongs(primary.client(), identity_of(primary));
    if (devices.size() > 1) link(primary, *devices.back());
  }

  void link(Correspondent& primary, Correspondent& fresh) {
    fresh.link(honest_.address());
    primary.approve(fresh.code());
    wait_for([&] { return !fresh.digits().empty(); });
    advance(seconds{5});
    primary.confirm(fresh.digits());
    advance(seconds{5});
    fresh.accept_link();
    wait_for([&] { return !fresh.account().empty(); });
    advance(minutes{2});
    relay_.belongs(fresh.client(), identity_of(fresh));
  }

  void make_link(Pair& pair) {
    any_device(pair.inviter).invite([&pair](const std::string& link) { pair.link = link; });
    advance(seconds{5});
  }

  void introduce(Pair& pair) {
    pair.met = true;
    any_device(pair.guest).add(pair.link);
  }

  void each_device(const std::function<void(Correspondent&)>& each) {
    for (auto& devices : people_) {
      for (auto& device : devices) each(*device);
    }
  }

  // Everything is switched off, so that the days cost nothing.
  void rest(Duration time) {
    each_device([](Correspondent& device) { device.rest(); });
    honest_.die(RelayParty::Death::killed);
    world_.run_until(world_.now() + time);
    honest_.start();
    each_device([this](Correspondent& device) {
      device.get_up();
      advance(seconds{10});
    });
    advance(minutes{1});
  }

  void live() {
    auto rest_left = kMostRest;
    for (auto left = kLeastTexts + world_.below(kMostTexts - kLeastTexts); left > 0; --left) {
      advance(world_.between(Duration{0}, kMostPause));
      for (auto& pair : pairs_) {
        if (!pair.met && world_.chance(0.1)) introduce(pair);
      }
      const auto from = world_.below(people_.size());
      auto to = world_.below(people_.size() - 1);
      if (to >= from) ++to;
      write(any_device(from), from, to, false);
      if (rest_left > Duration{0} && world_.chance(0.06)) {
        const Duration time = std::min<Duration>(rest_left, days{1 + world_.below(8)});
        rest_left -= time;
        rest(time);
      }
    }
    for (auto& pair : pairs_) {
      if (!pair.met) introduce(pair);
    }
    advance(minutes{2});
  }

  void write(Correspondent& writer, std::size_t from, std::size_t to, bool must_arrive) {
    const auto& reader = *people_[to].front();
    auto text = writer.name() + " to " + reader.name() + ": " + std::to_string(texts_.size());
    if (world_.chance(0.1)) text += std::string(world_.below(8'000), 'x');
    texts_[text] = {&writer, from, to, texts_.size()};
    writer.write(reader, text, must_arrive || world_.chance(0.6),
                 [this, text, must_arrive] { texts_[text].must_arrive = must_arrive; });
  }

  void recover() {
    for (std::size_t round = 0; round < kRests.size(); ++round) {
      rest(kRests[round]);
      advance(kSettle);
      trust_anew();
      const bool last = round + 1 == kRests.size();
      for (std::size_t from = 0; from < people_.size(); ++from) {
        for (std::size_t to = 0; to < people_.size(); ++to) {
          if (from == to) continue;
          for (auto& device : people_[from]) write(*device, from, to, last);
        }
      }
      advance(kSettle);
      trust_anew();  // what was written may have raised an alarm, rightly
    }
  }

  void trust_anew() {
    each_device([](Correspondent& device) {
      device.trust_anew();
      device.accept_requests();
    });
    advance(minutes{1});
  }

  MaliciousReport report() {
    MaliciousReport report{.violations = judge_.violations(), .trace_hash = world_.trace_hash()};
    for (std::size_t trick = 0; trick < kTricks; ++trick) {
      report.tricks += relay_.played(Trick{trick});
    }
    report.refused = judge_.refused();
    report.alarms = judge_.alarms();
    if (events_ >= kMostEvents) report.violations.emplace_back("no end of events");
    if (keeps_every_message(relay_)) expect_all_in_order(report);
    for (std::size_t reader = 0; reader < people_.size(); ++reader) {
      for (const auto& device : people_[reader]) check(reader, *device, report);
    }
    for (const auto& [text, told] : texts_) {
      if (!told.must_arrive || has_no_key(*told.writer, told.to)) continue;
      for (const auto& device : people_[told.to]) {
        if (told.read_on.contains(device.get())) continue;
        report.violations.push_back("no way back: " + name_of(*device) + " lacks " +
                                    text.substr(0, 40));
      }
    }
    return report;
  }

  // Whoever has been invited by a link is known on all devices of whoever has used it, but the link
  // serves the one alone until there is an answer. The others are told so.
  [[nodiscard]] bool has_no_key(const Correspondent& writer, std::size_t to) const {
    const auto rows = writer.client().rows().all(client::RowKind::contact);
    return std::ranges::any_of(rows, [&](const crypto::SecretBuffer& value) {
      const auto row = client::parse_row<proto::pb::ContactRow>(value);
      return row.name() == people_[to].front()->name() && row.write_secret().empty() &&
             row.link_secret().empty();
    });
  }

  static std::string name_of(const Correspondent& device) {
    return device.name() + (device.client().number() < kSecondDevices ? "" : "'s second device");
  }

  void check(std::size_t reader, const Correspondent& device, MaliciousReport& report) {
    std::map<std::string, std::set<std::string>> ids;
    for (const auto& read : device.read()) {
      const auto found = texts_.find(read.text);
      const auto what = name_of(device) + " read " + read.text.substr(0, 40);
      if (found == texts_.end()) {
        report.violations.push_back(what + ", which nobody wrote");
        continue;
      }
      if (found->second.to != reader) report.violations.push_back(what + ", written to another");
      if (people_[found->second.from].front()->account() != read.from_account) {
        report.violations.push_back(what + " as if somebody else had written it");
      }
      found->second.read_on.insert(&device);
      if (ids[read.text].insert(read.id).second) ++report.messages;
      if (ids[read.text].size() > 1) report.violations.push_back(what + " twice");
    }
  }

  // What a sender was told to be on the relay has arrived, and no device's texts overtake each
  // other.
  void expect_all_in_order(MaliciousReport& report) {
    each_device([&](const Correspondent& device) {
      for (const auto& text : device.stored()) texts_.at(text).must_arrive = true;
      std::map<const Correspondent*, std::size_t> last;
      std::set<std::string> ids;
      for (const auto& read : device.read()) {
        const auto text = texts_.find(read.text);
        if (text == texts_.end() || !ids.insert(read.id).second) continue;
        auto& before = last[text->second.writer];
        if (text->second.number < before) report.violations.push_back("out of order: " + read.text);
        before = text->second.number;
      }
    });
  }

  World world_;
  std::optional<Trick> only_;
  RelayParty honest_;
  MaliciousRelay relay_;
  Network network_;
  StepJudge judge_;
  std::map<std::string, std::unique_ptr<client::Identity>> identities_;  // by account
  std::vector<Devices> people_;
  std::vector<Pair> pairs_;
  std::map<std::string, Text> texts_;
  std::size_t events_ = 0;
};  // namespace bisik::simulation

}  // namespace

MaliciousReport run_malicious_seed(std::uint64_t seed, std::optional<Trick> only, Defect defect) {
  return MaliciousRun{seed, only, defect}.go();
}

}  // namespace bisik::simulation
