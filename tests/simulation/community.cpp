#include "tests/simulation/community.hpp"

#include <algorithm>

#include "tests/simulation/cheap_stamps.hpp"
#include "tests/simulation/sealing_oracle.hpp"

namespace bisik::simulation {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kMostCopies = 3;   // kept of a device
constexpr std::size_t kMostDevices = 3;  // of a person
// A linking that nobody disturbs.
constexpr seconds kLinkingTakes{30};
// Everything must have settled this long after the weather cleared: back-off ends at a minute.
constexpr minutes kSettled{20};
// Whoever has asked for something again may ask anew after an hour (kRetryAgain).
constexpr minutes kCalm{62};
// Whoever cannot begin the session that a contact has begun says so once a day (kBeginAnewAgain):
// where both ends are copies, the answer may be in a session that cannot begin either.
constexpr std::chrono::hours kNextDay{25};
constexpr minutes kWelcome{2};
// And arrived this long after that: a dead line is noticed in 75 seconds, and a copy for another
// device leaves up to a minute later.
constexpr minutes kArrived{5};

}  // namespace

Community::Community(std::uint64_t seed, const std::vector<std::size_t>& devices)
    : world_{seed}, relay_{world_, Defect::none, {}}, network_{world_, relay_} {
  watch_sealings();
  make_stamps_cheap();
  relay_.attach(network_);
  people_.resize(devices.size());
  for (std::size_t i = 0; i < devices.size(); ++i) {
    auto& first = people_[i].devices.emplace_back(
        std::make_unique<DeviceUser>(world_, network_, chronicle_, i));
    first->join(proto::format_link(
        {.relay = relay_.address(), .invite = relay_.make_invite(1), .contact = {}}));
  }
  pass(seconds{5});
  meet();
  for (std::size_t i = 0; i < devices.size(); ++i) {
    for (std::size_t more = 1; more < devices[i]; ++more) {
      link(i);
      pass(kLinkingTakes);
    }
  }
  pass(minutes{2});
}

void Community::meet() {
  for (std::size_t i = 0; i < people_.size(); ++i) {
    for (std::size_t other = i + 1; other < people_.size(); ++other) {
      people_[i].devices.front()->invite(
          [this, other](const std::string& link) { people_[other].devices.front()->add(link); });
    }
  }
  pass(minutes{1});
}

std::vector<DeviceUser*> Community::present() {
  std::vector<DeviceUser*> all;
  for (auto& person : people_) {
    for (auto& device : person.devices) {
      const bool removed = chronicle_.devices[device->index()].removed;
      if (device->joined() && !removed) all.push_back(device.get());
    }
  }
  return all;
}

DeviceUser& Community::device(std::size_t number) {
  const auto all = present();
  return *all[number % all.size()];
}

std::size_t Community::other_person(const DeviceUser& device, std::size_t number) const {
  const auto other = number % (people_.size() - 1);
  return other < device.person() ? other : other + 1;
}

void Community::send(DeviceUser& from, std::size_t to, std::size_t bytes, bool queued) {
  if (people_[from.person()].blocks.contains(to)) return;
  from.send(to, bytes, queued);
}

void Community::kill(DeviceUser& device, bool power_cut) {
  ++report_.deaths;
  if (device.client().is_running()) device.client().die(power_cut);
}

void Community::kill_soon(DeviceUser& device) {
  ++report_.deaths;
  device.client().die_soon();
}

void Community::kill_relay(RelayParty::Death death) {
  ++report_.deaths;
  relay_.die(death);
}

void Community::kill_relay_soon() {
  ++report_.deaths;
  relay_.die_soon();
}

void Community::revive() {
  if (resting_) return;
  if (!relay_.is_running()) relay_.start();
  for (auto& person : people_) {
    for (auto& device : person.devices) device->start();
  }
}

void Community::rest(Duration time) {
  relay_.die(RelayParty::Death::killed);
  for (auto& person : people_) {
    for (auto& device : person.devices) {
      if (device->client().is_running()) device->client().die(false);
      device->give_up();
    }
  }
  resting_ = true;
  chronicle_.rests.push_back({world_.now(), world_.now() + time});
  pass(time);
  resting_ = false;
  revive();
}

void Community::take_copy(DeviceUser& device) {
  // Who its contacts are, a new device knows when it has been told.
  const auto joined = *chronicle_.devices[device.index()].joined;
  if (world_.now() < joined + kWelcome) return;
  auto& copies = people_[device.person()].copies[&device];
  if (copies.size() == kMostCopies) copies.erase(copies.begin());
  copies.push_back(device.copy());
  copies.back().unread = first_unread(device);
}

std::optional<std::int64_t> Community::first_unread(const DeviceUser& device) {
  return relay_.first_unread(device.account(), device.number());
}

void Community::put_copy_back(DeviceUser& device, std::size_t number) {
  const auto& copies = people_[device.person()].copies[&device];
  if (copies.empty()) return;
  ++report_.restores;
  device.put_back(copies[number % copies.size()], first_unread(device));
}

void Community::link(std::size_t number) {
  auto& person = people_[number % people_.size()];
  auto& primary = *person.devices.front();
  const auto devices = std::ranges::count_if(person.devices, [&](const auto& device) {
    return !chronicle_.devices[device->index()].removed;
  });
  if (!primary.client().is_running() || !primary.joined()) return;
  if (static_cast<std::size_t>(devices) >= kMostDevices) return;
  ++report_.links;
  person.copies[&primary].clear();  // they know nothing of the new device
  person.devices.push_back(
      std::make_unique<DeviceUser>(world_, network_, chronicle_, primary.person()));
  person.devices.back()->link_to(primary, relay_.address());
}

void Community::remove_device(std::size_t number) {
  auto& person = people_[number % people_.size()];
  auto& primary = *person.devices.front();
  if (!primary.client().is_running()) return;
  for (auto& device : person.devices) {
    const bool removed = chronicle_.devices[device->index()].removed;
    if (device.get() == &primary || !device->joined() || removed) continue;
    person.copies[&primary].clear();
    return primary.remove(*device);
  }
}

void Community::block(DeviceUser& device, std::size_t whom, bool unblock) {
  auto& blocks = people_[device.person()].blocks;
  if (!device.client().is_running() || blocks.contains(whom) != unblock) return;
  if (unblock) {
    blocks.erase(whom);
  } else {
    blocks.insert(whom);
  }
  device.block(whom, unblock);
}

void Community::repair(DeviceUser& device, std::size_t with) {
  if (device.client().is_running()) device.repair(with);
}

void Community::take_one_time_keys(std::size_t person, std::uint32_t count) {
  if (!relay_.is_running()) return;
  const auto& account = people_[person % people_.size()].devices.front()->account();
  if (!account.empty()) relay_.take_one_time_keys(account, count);
}

CommunityReport Community::finish() {
  network_.weather = {};
  settle(kSettled);
  unblock_everybody();
  calm(minutes{1});
  unblock_everybody();  // where the first was the end of whoever was to die
  calm(kCalm);
  probe();
  const bool settled = !is_busy();
  rest(kNextDay);
  calm(kArrived);
  probe();
  calm(kArrived);
  look_everywhere();
  report_.violations = violations(chronicle_);
  report_.sealings = sealings().seen;
  if (sealings().repeated != 0) {
    report_.violations.emplace_back("one key and nonce have sealed two texts");
  }
  if (!settled) report_.violations.emplace_back("no progress: a text is still unsent");
  report_.messages = chronicle_.said.size();
  report_.trace_hash = world_.trace_hash();
  return report_;
}

// Also where only a copy remembers it.
void Community::unblock_everybody() {
  for (const auto& [who, whom] : std::set{chronicle_.blocked}) {
    people_[who].devices.front()->block(whom, true);
  }
}

// A death that was planned may still come.
void Community::calm(minutes time) {
  for (auto left = time; left > minutes{0}; left -= minutes{1}) {
    revive();
    pass(minutes{1});
  }
  revive();
}

void Community::settle(minutes most) {
  calm(minutes{1});
  for (auto left = most; left > minutes{0} && is_busy(); left -= minutes{1}) calm(minutes{1});
}

bool Community::is_busy() {
  const auto all = present();
  return std::ranges::any_of(all, &DeviceUser::busy);
}

// Each to each: what has not healed has not after this, nor has it been found out.
void Community::probe() {
  for (auto* device : present()) {
    for (std::size_t to = 0; to < people_.size(); ++to) {
      if (to != device->person()) device->send(to, 1, false, true);
    }
  }
  settle(kSettled);
}

void Community::look_everywhere() {
  for (auto* device : present()) device->look();
  pass(minutes{1});
}

}  // namespace bisik::simulation
