#include "tests/simulation/answer_forger.hpp"

#include <algorithm>

#include "crypto/state_epoch.hpp"
#include "tests/simulation/client_party.hpp"

namespace bisik::simulation {
namespace {

using crypto::DeviceList;

std::string text_of(crypto::ByteView bytes) { return std::string{crypto::as_text(bytes)}; }

DeviceList parse(const std::string& list) {
  return DeviceList::parse(crypto::as_bytes(list)).value();
}

// One that another copy of this profile might have made: only with its key.
std::string epoch_of_a_copy(const ClientEnd* reader) {
  const auto& client = dynamic_cast<const ClientParty&>(*reader);
  const auto row = client.rows().get(client::RowKind::state_epoch, {});
  crypto::SecretReader in{*row};
  static_cast<void>(in.take_int<std::uint8_t>());
  const auto key = in.take_secret<crypto::StateEpochKey>();
  return text_of(crypto::StateEpoch::make(key, in.take_int<std::uint64_t>() + 1).bytes);
}

void show_only(proto::pb::Bundles& bundles, const std::string& list) {
  bundles.clear_device_lists();
  bundles.add_device_lists(list);
}

}  // namespace

void damage(World& world, std::string& bytes) {
  auto& byte = bytes.at(world.below(bytes.size()));
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << world.below(8)));
}

std::optional<Forgery> AnswerForger::forge(Trick trick, const ClientEnd* reader,
                                           const std::string& account, crypto::DeviceNumber spared,
                                           Bundles& bundles) {
  const auto done = [trick, &account](bool did, Wrong wrong = Wrong::nothing) {
    return did ? std::optional{Forgery{trick, wrong, account}} : std::nullopt;
  };
  switch (trick) {
    case Trick::old_list:
      return done(old_list(account, bundles));
    case Trick::edited_list:
      return done(edited_list(account, bundles), Wrong::all);
    case Trick::foreign_list:
      return done(foreign_list(account, bundles), Wrong::all);
    case Trick::split_view:
      return done(split_view(reader, account, bundles));
    case Trick::stolen_account:
      return stolen_account(account, bundles);
    default:
      break;
  }
  auto* device = any_device(bundles, spared);
  if (device == nullptr) return std::nullopt;
  const auto number = device->number();
  const auto wrong = forge_keys(trick, account, bundles, *device);
  return wrong ? std::optional{Forgery{trick, *wrong, account, number}} : std::nullopt;
}

std::optional<Forgery::Wrong> AnswerForger::forge_keys(Trick trick, const std::string& account,
                                                       Bundles& bundles, Device& device) {
  const auto done = [](bool did) { return did ? std::optional{Wrong::nothing} : std::nullopt; };
  switch (trick) {
    case Trick::damage_keys:
      return damage_keys(bundles, device);
    case Trick::swap_keys:
      return swap_keys(account, device);
    case Trick::old_bundle:
      return done(old_bundle(account, device));
    case Trick::used_key:
      return done(used_key(account, device));
    case Trick::no_keys:
      return done(no_keys(bundles, device));
    default:
      return std::nullopt;
  }
}

std::optional<std::string> AnswerForger::forge_epoch(const ClientEnd* reader) {
  if (defect_ == Defect::epoch_unchecked) return epoch_of_a_copy(reader);
  std::vector<std::string> own;
  std::vector<std::string> others;
  for (const auto& [by, epoch] : loot_.epochs) (by == reader ? own : others).push_back(epoch);
  if (own.empty()) return std::nullopt;
  auto newest = own.back();  // what the answer answers
  own.pop_back();
  const auto& some = world_.chance(0.5) ? own : others;
  if (!some.empty() && world_.chance(0.7)) return some[world_.below(some.size())];
  damage(world_, newest);
  return newest;
}

std::optional<Forgery::Wrong> AnswerForger::damage_keys(Bundles& bundles, Device& device) {
  if (bundles.device_lists().empty()) return std::nullopt;
  std::vector<std::string*> parts{bundles.mutable_device_lists(0), device.mutable_bundle()};
  if (!device.one_time_key().empty()) parts.push_back(device.mutable_one_time_key());
  if (!device.pq_one_time_key().empty()) parts.push_back(device.mutable_pq_one_time_key());
  const auto which = world_.below(parts.size());
  damage(world_, *parts[which]);
  if (which == 0) return Wrong::all;
  return which == 1 ? Wrong::keys : Wrong::one_time_key;
}

// Where bundles are to be signed again it is the primary's, whose keys are there.
proto::pb::Bundles::Device* AnswerForger::any_device(Bundles& bundles,
                                                     crypto::DeviceNumber spared) {
  std::vector<Device*> some;
  for (auto& device : *bundles.mutable_devices()) {
    if (device.number() != spared) some.push_back(&device);
  }
  if (some.empty()) return nullptr;
  return some[defect_ == Defect::bundle_device_unchecked ? 0 : world_.below(some.size())];
}

const std::string* AnswerForger::another_account(const std::string& account) {
  std::vector<const std::string*> others;
  for (const auto& [other, lists] : loot_.lists) {
    if (other != account && !lists.empty()) others.push_back(&other);
  }
  return others.empty() ? nullptr : others[world_.below(others.size())];
}

// Of whichever device: another account's, or another one of the same account.
std::optional<Forgery::Wrong> AnswerForger::swap_keys(const std::string& account, Device& device) {
  const auto own = loot_.record_hash(account, device.number());
  std::vector<const Loot::DeviceKeys*> others;
  for (const auto& [hash, keys] : loot_.devices) {
    if (hash != own && !keys.bundles.empty()) others.push_back(&keys);
  }
  if (others.empty()) return std::nullopt;
  const auto& other = *others[world_.below(others.size())];
  if (!device.one_time_key().empty() && !other.one_time.empty() && world_.chance(0.5)) {
    device.set_one_time_key(other.one_time.back());
    return Wrong::one_time_key;
  }
  const auto& bundle = other.bundles.back();
  device.set_bundle(defect_ == Defect::bundle_device_unchecked ? signed_by(account, bundle)
                                                               : bundle);
  return Wrong::keys;
}

// To a client that does not look whose bundle it is, it is the one that was asked for.
std::string AnswerForger::signed_by(const std::string& account, const std::string& bundle) const {
  const auto& record = loot_.records.at(bundle.substr(0, sizeof(crypto::Hash)));
  auto contents = crypto::Bundle::parse(crypto::as_bytes(bundle), record)->contents();
  const auto& own = keys_(account)->device.record;
  const auto newest = crypto::Bundle::parse(
      crypto::as_bytes(loot_.devices.at(text_of(own.hash())).bundles.back()), own);
  contents.mailbox = newest->contents().mailbox;  // so that the relay takes what is written to it
  contents.knock = newest->contents().knock;
  contents.sequence = crypto::kMaxSequence - 1;  // above whatever was seen
  return text_of(crypto::Bundle::create(keys_(account)->device, contents).bytes());
}

bool AnswerForger::old_bundle(const std::string& account, Device& device) {
  const auto found = loot_.devices.find(loot_.record_hash(account, device.number()));
  if (found == loot_.devices.end() || found->second.bundles.size() < 2) return false;
  const auto& all = found->second.bundles;
  device.set_bundle(all[world_.below(all.size() - 1)]);
  return true;
}

bool AnswerForger::old_list(const std::string& account, Bundles& bundles) {
  const auto& all = loot_.lists.at(account);
  if (all.size() < 2) return false;
  show_only(bundles, all[world_.below(all.size() - 1)]);
  return true;
}

// A successor of the newest list, with another list's signature.
bool AnswerForger::edited_list(const std::string& account, Bundles& bundles) {
  const auto newest = loot_.newest_list(account);
  if (!newest) return false;
  const auto edited = newest->next(*keys_(account)->primary,
                                   newest->created() + std::chrono::seconds{1}, newest->records());
  auto bytes = text_of(edited.bytes());
  if (defect_ != Defect::list_signature_unchecked) {
    constexpr auto kSignature = std::tuple_size_v<crypto::Signature>;
    const auto old = text_of(newest->bytes());
    bytes.replace(bytes.size() - kSignature, kSignature, old, old.size() - kSignature, kSignature);
  }
  show_only(bundles, bytes);
  return true;
}

bool AnswerForger::foreign_list(const std::string& account, Bundles& bundles) {
  const auto* other = another_account(account);
  if (other == nullptr) return false;
  show_only(bundles, loot_.lists.at(*other).back());
  return true;
}

bool AnswerForger::split_view(const ClientEnd* reader, const std::string& account,
                              Bundles& bundles) {
  const auto& all = loot_.lists.at(account);
  if (all.size() < 2) return false;
  const auto& [place, is_new] =
      views_.try_emplace({reader, account}, all[world_.below(all.size() - 1)]);
  show_only(bundles, place->second);
  return true;
}

// In place of the newest list, or after it; sometimes with a device of the thief's.
std::optional<Forgery> AnswerForger::stolen_account(const std::string& account, Bundles& bundles) {
  const auto newest = loot_.newest_list(account);
  if (!newest) return std::nullopt;
  const auto& key = *keys_(account)->primary;
  const auto created = newest->created() + std::chrono::seconds{1 + world_.below(1'000)};
  auto records = newest->records();
  if (world_.chance(0.5)) {
    const auto ghost = records.back().number() + 1;
    records.push_back(crypto::Device::create(key, ghost, created).record);
  }
  const auto& all = loot_.lists.at(account);
  const bool replaces = all.size() >= 2 && world_.chance(0.5);
  const auto forged = (replaces ? parse(all[all.size() - 2]) : *newest).next(key, created, records);
  show_only(bundles, text_of(forged.bytes()));
  return Forgery{Trick::stolen_account, Wrong::nothing, account, 0, text_of(forged.hash())};
}

bool AnswerForger::used_key(const std::string& account, Device& device) {
  const auto found = loot_.devices.find(loot_.record_hash(account, device.number()));
  if (device.one_time_key().empty() || found == loot_.devices.end()) return false;
  if (found->second.one_time.size() < 2) return false;  // nobody has had one before
  device.set_one_time_key(found->second.one_time.front());
  if (!device.pq_one_time_key().empty()) {
    device.set_pq_one_time_key(found->second.pq_one_time.front());
  }
  return true;
}

bool AnswerForger::no_keys(Bundles& bundles, Device& device) {
  if (world_.chance(0.3)) {
    bundles.clear_devices();
    return true;
  }
  if (world_.chance(0.3)) {
    const auto is_it = [&](const Device& each) { return &each == &device; };
    auto& all = *bundles.mutable_devices();
    all.erase(std::find_if(all.begin(), all.end(), is_it));
    return true;
  }
  device.clear_one_time_key();
  if (world_.chance(0.5)) device.clear_pq_one_time_key();
  return true;
}

}  // namespace bisik::simulation
