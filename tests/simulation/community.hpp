// People with several devices who all know each other, on one relay; whatever may happen to them,
// one action at a time, and the judgement in the end. Who decides what happens is elsewhere: seeds
// (device_run.hpp) and the fuzzer (tests/fuzz/devices.cpp).
#pragma once

#include <memory>

#include "tests/simulation/device_user.hpp"
#include "tests/simulation/relay_party.hpp"

namespace bisik::simulation {

struct CommunityReport {
  std::vector<std::string> violations;
  std::string trace_hash;
  std::size_t messages = 0;
  std::size_t deaths = 0;
  std::size_t restores = 0;
  std::size_t links = 0;
  std::size_t sealings = 0;  // pairs of key and nonce
};

class Community {
 public:
  // `devices`: of each person, at the beginning.
  Community(std::uint64_t seed, const std::vector<std::size_t>& devices);

  void pass(Duration time) { world_.run_until(world_.now() + time); }
  void set_weather(const Weather& weather) { network_.weather = weather; }

  // A device that is there, by any number; people likewise.
  [[nodiscard]] DeviceUser& device(std::size_t number);
  [[nodiscard]] std::size_t other_person(const DeviceUser& device, std::size_t number) const;
  [[nodiscard]] std::size_t people() const noexcept { return people_.size(); }

  void send(DeviceUser& from, std::size_t to, std::size_t bytes, bool queued);
  void kill(DeviceUser& device, bool power_cut);
  void kill_soon(DeviceUser& device);
  void kill_relay(RelayParty::Death death);
  void kill_relay_soon();
  // Whoever is down comes back.
  void revive();
  // All are switched off.
  void rest(Duration time);
  void take_copy(DeviceUser& device);
  // Of those that were taken of this device, by any number. It is down afterwards.
  void put_copy_back(DeviceUser& device, std::size_t number);
  void link(std::size_t person);
  void remove_device(std::size_t person);
  void block(DeviceUser& device, std::size_t whom, bool unblock);
  void repair(DeviceUser& device, std::size_t with);
  void take_one_time_keys(std::size_t person, std::uint32_t count);

  // The weather clears, everybody is unblocked, writes to everybody, and again.
  [[nodiscard]] CommunityReport finish();

  World& world() noexcept { return world_; }

 private:
  [[nodiscard]] std::optional<std::int64_t> first_unread(const DeviceUser& device);
  struct Resident {
    std::vector<std::unique_ptr<DeviceUser>> devices;  // the first is the primary
    std::map<const DeviceUser*, std::vector<Copy>> copies;
    std::set<std::size_t> blocks;
  };
  void meet();
  void unblock_everybody();
  void calm(std::chrono::minutes time);
  void settle(std::chrono::minutes most);
  [[nodiscard]] bool is_busy();
  void probe();
  void look_everywhere();
  [[nodiscard]] std::vector<DeviceUser*> present();

  World world_;
  RelayParty relay_;
  Network network_;
  Chronicle chronicle_;
  std::vector<Resident> people_;
  bool resting_ = false;
  CommunityReport report_;
};

}  // namespace bisik::simulation
