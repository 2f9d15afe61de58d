// Answers to `fetch_bundle` as a relay would like them to be: other keys, other lists, other
// devices; and to `raise_state_epoch`. What it cannot sign it leaves unsigned, unless it has stolen
// the account's key or the client is thought not to look at signatures.
#pragma once

#include <functional>

#include "client/engine/identity.hpp"
#include "tests/simulation/defect.hpp"
#include "tests/simulation/loot.hpp"
#include "tests/simulation/tricks.hpp"

namespace bisik::simulation {

// An account's keys, for those who steal them.
using StolenKeys = std::function<const client::Identity*(const std::string& account)>;

struct Forgery {
  Trick trick;
  enum class Wrong {
    nothing,       // all of it is genuine, and may be too old
    one_time_key,  // no session may start with it
    keys,          // nor may a bundle be believed; the lists are genuine
    all,           // nothing of it may be believed
  } wrong = Wrong::nothing;
  std::string account = {};         // about which
  crypto::DeviceNumber device = 0;  // whose keys
  std::string list_hash = {};       // of what stolen_account has signed
};

class AnswerForger {
 public:
  AnswerForger(World& world, const Loot& loot, StolenKeys keys, Defect defect)
      : world_{world}, loot_{loot}, keys_{std::move(keys)}, defect_{defect} {}

  // Nothing, and nothing changed, where there is no material for it. `spared`: the reader's own
  // device, at whose keys it does not look; 0: none.
  [[nodiscard]] std::optional<Forgery> forge(Trick trick, const ClientEnd* reader,
                                             const std::string& account,
                                             crypto::DeviceNumber spared,
                                             proto::pb::Bundles& bundles);
  // In place of the epoch that it keeps for this reader. None of them may be believed.
  [[nodiscard]] std::optional<std::string> forge_epoch(const ClientEnd* reader);
  // Those who were split off see everything again.
  void heal() { views_.clear(); }

 private:
  using Bundles = proto::pb::Bundles;
  using Device = proto::pb::Bundles::Device;
  using Wrong = Forgery::Wrong;
  [[nodiscard]] std::optional<Wrong> forge_keys(Trick trick, const std::string& account,
                                                Bundles& bundles, Device& device);
  [[nodiscard]] std::optional<Wrong> damage_keys(Bundles& bundles, Device& device);
  [[nodiscard]] std::optional<Wrong> swap_keys(const std::string& account, Device& device);
  [[nodiscard]] bool old_bundle(const std::string& account, Device& device);
  [[nodiscard]] bool old_list(const std::string& account, Bundles& bundles);
  [[nodiscard]] bool edited_list(const std::string& account, Bundles& bundles);
  [[nodiscard]] bool foreign_list(const std::string& account, Bundles& bundles);
  [[nodiscard]] bool split_view(const ClientEnd* reader, const std::string& account,
                                Bundles& bundles);
  [[nodiscard]] std::optional<Forgery> stolen_account(const std::string& account, Bundles& bundles);
  [[nodiscard]] bool used_key(const std::string& account, Device& device);
  [[nodiscard]] bool no_keys(Bundles& bundles, Device& device);

  // Null: there is none but the spared one.
  [[nodiscard]] Device* any_device(Bundles& bundles, crypto::DeviceNumber spared);
  [[nodiscard]] const std::string* another_account(const std::string& account);
  [[nodiscard]] std::string signed_by(const std::string& account, const std::string& bundle) const;

  World& world_;
  const Loot& loot_;
  StolenKeys keys_;
  Defect defect_;
  std::map<std::pair<const ClientEnd*, std::string>, std::string> views_;  // the list they see
};

// One bit of it, anywhere.
void damage(World& world, std::string& bytes);

}  // namespace bisik::simulation
