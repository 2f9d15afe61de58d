#include "tests/server/power_cut_witness.hpp"

#include <algorithm>

namespace bisik::server {
namespace {

using storage::StorageError;

constexpr int kCheckpointBytesHere = 100'000;  // every few batches, so that cuts fall into it
constexpr int kPauseBytesHere = 40'000;        // and before
constexpr int kBatches = 60;                   // of a life that no cut ends
constexpr std::int64_t kKeysOfRegistration = 3;
constexpr std::size_t kMostGrants = 40;  // in all lives together

// What these people do in seconds takes others days.
Limits wide_limits() {
  Limits limits;
  limits.grants_per_day = 1'000'000;
  limits.one_time_keys_per_target_per_hour = 1'000'000;
  return limits;
}

[[noreturn]] void corrupt(const char* what) {
  throw StorageError{StorageError::Kind::corrupt, what};
}

}  // namespace

storage::RelayStoreOptions PowerCutWitness::options(const std::string& vfs) const {
  return {.path = "/relay.db",
          .vfs = vfs,
          .synchronous = synchronous_,
          .checkpoint_bytes = kCheckpointBytesHere,
          .pause_bytes = kPauseBytesHere,
          .reserve_bytes = 1000};
}

// ---- what is on the disk

PowerCutWitness::State PowerCutWitness::read(const std::string& vfs) const {
  storage::SqliteRelayStore store{options(vfs)};
  if (const auto fault = store.integrity_check()) corrupt(fault->c_str());
  State state;
  const auto& account = people_[0].account.id().bytes;
  if (const auto list = store.bundles().newest_list(account)) state.list = list->sequence;
  for (const auto& device : store.accounts().devices(account)) {
    if (device.number == people_[0].device.number()) continue;
    state.tablet = static_cast<crypto::DeviceNumber>(device.number);
  }
  for (std::size_t i = 0; i < grants_.size(); ++i) {
    if (store.grants().end(grants_[i].hash())) state.grants.insert(i);
    if (store.queues().find(groups_[i].id.bytes)) state.groups.insert(i);
  }
  for (Place place = 0; place < people_.size(); ++place) read_person(store, place, state);
  for (Place place = 0; place < kPlaces; ++place) {
    if (place != kTablet || state.tablet != 0) read_mailbox(store, place, state.tablet, state);
  }
  return state;
}

void PowerCutWitness::read_person(storage::RelayStore& store, Place place, State& state) const {
  const auto& person = people_.at(place);
  const auto invite = store.invites().find(person.invite.hash());
  if (invite && invite->uses_left > 0) state.invited.insert(place);
  if (!store.accounts().device(person.network.public_key.bytes)) return;
  state.registered.insert(place);
  state.one_time_keys[place] = store.bundles().count_one_time_keys(
      {person.account.id().bytes, person.device.number(), storage::OneTimeKind::x25519});
  const auto bundle = store.bundles().bundle(person.account.id().bytes, person.device.number());
  if (!bundle || !std::ranges::equal(bundle->bytes, person.signed_bundle.bytes())) {
    corrupt("a bundle has other bytes");
  }
}

void PowerCutWitness::read_mailbox(storage::RelayStore& store, Place place,
                                   crypto::DeviceNumber tablet, State& state) const {
  const auto queue = mailbox(place, tablet);
  const auto found = store.queues().find(queue);
  if (!found) return;
  auto& [next_sequence, waiting] = state.mailboxes[place];
  next_sequence = found->next_sequence;
  for (const auto& cell : store.cells().read(queue, 0, {10'000, 1LL << 40U})) {
    const auto mark = cell.envelope_id.front();
    if (std::ranges::count(cell.bytes, mark) != std::ssize(cell.bytes)) {
      corrupt("a cell has other bytes");
    }
    waiting.push_back({cell.sequence, cell.envelope_id});
  }
  if (found->cells_waiting != std::ssize(waiting)) corrupt("a queue has miscounted");
}

storage::Id PowerCutWitness::mailbox(Place place, crypto::DeviceNumber tablet) const {
  return place == kTablet ? tablets_.at(tablet).mailbox.bytes : people_.at(place).mailbox.bytes;
}

// ---- what is done to it

void PowerCutWitness::work(const std::string& vfs, std::mt19937_64& rng) {
  Life life{.world = World{wide_limits(), options(vfs)}, .rng = rng};
  life.stranger = life.world.connect_anonymous();
  for (int batch = 0; batch < kBatches; ++batch) {
    connect_readers(life);
    commit_some(life);
  }
}

// Once they have a mailbox. The batches of this change nothing that a State shows.
void PowerCutWitness::connect_readers(Life& life) {
  life.next = promised;
  for (Place place = 0; place < kPlaces; ++place) {
    if (place == kTablet ? promised.tablet == 0 : !promised.registered.contains(place)) continue;
    if (!life.connections.contains(place)) {
      life.connections[place] = place == kTablet ? tablets_.at(promised.tablet).connect(life.world)
                                                 : people_.at(place).reconnect(life.world);
    }
    if (!promised.mailboxes.contains(place) || !life.readers.insert(place).second) continue;
    const auto& tablet = place == kTablet ? &tablets_.at(promised.tablet) : nullptr;
    life.ask(life.connections.at(place), tablet != nullptr
                                             ? subscription(tablet->mailbox, tablet->read_key)
                                             : people_.at(place).subscription());
  }
  settle(life);
}

void PowerCutWitness::commit_some(Life& life) {
  const std::uint64_t requests = 1 + life.below(8);
  for (std::uint64_t i = 0; i < requests; ++i) do_something(life);
  possible = life.next;  // from here on it may be on the disk
  settle(life);
  promised = life.next;
}

// Every request must have been granted, and what was pushed is there to be acknowledged.
void PowerCutWitness::settle(Life& life) {
  life.world.settle();
  if (life.below(2) == 0) life.world.store.use_pause();
  for (const auto& [from, number] : std::exchange(life.asked, {})) {
    const auto response = life.world.take_response(from, number);
    EXPECT_EQ(response ? response->status() : pb::STATUS_UNSPECIFIED, pb::STATUS_OK);
  }
  for (const Place place : life.readers) {
    auto pushes = life.world.take_pushes(life.connections.at(place));
    std::ranges::move(pushes, std::back_inserter(life.pushed[place]));
  }
}

void PowerCutWitness::do_something(Life& life) {
  const auto place = static_cast<Place>(life.below(kPlaces));
  if (place != kTablet && !life.next.registered.contains(place)) return come(life, place);
  if (place == kTablet && (!life.next.mailboxes.contains(place) || life.below(20) == 0)) {
    return change_devices(life);
  }
  if (place == 0 && life.below(6) == 0) return use_grants(life);
  if (place != kTablet && life.below(8) == 0) return use_keys(life, place);
  if (!life.pushed[place].empty() && life.below(5) < 2) return acknowledge(life, place);
  send(life, place);
}

void PowerCutWitness::come(Life& life, Place place) {
  const auto& person = people_.at(place);
  if (life.next.invited.insert(place).second) {
    pb::Request request;
    put(*request.mutable_create_invite()->mutable_token_hash(), person.invite.hash());
    request.mutable_create_invite()->set_uses(1);
    request.mutable_create_invite()->set_lifetime_seconds(3'600);
    return life.ask(life.world.connect_local(), request);
  }
  life.connections[place] = person.reconnect(life.world);
  life.ask(life.connections.at(place), person.registration(life.world.relay_key));
  life.next.invited.erase(place);
  life.next.registered.insert(place);
  life.next.mailboxes[place] = {};
  life.next.one_time_keys[place] = kKeysOfRegistration;
  if (place == 0) remember(life, person.list);
}

void PowerCutWitness::send(Life& life, Place place) {
  constexpr std::array kSizes{proto::kSmallCellBytes, proto::kSmallCellBytes,
                              proto::kMediumCellBytes};
  const auto tablet = life.next.tablet;
  const auto& key = place == kTablet ? tablets_.at(tablet).write_key : people_.at(place).write_key;
  auto request = cell_for(crypto::QueueId{mailbox(place, tablet)}, key, 0);
  auto& wanted = *request.mutable_send_cell();
  const auto id = std::as_const(wanted).envelope_id();
  wanted.set_cell(std::string(kSizes.at(life.below(kSizes.size())), id.front()));
  auto& target = life.next.mailboxes.at(place);
  Waiting waiting{.sequence = target.next_sequence++, .envelope = {}};
  std::ranges::copy(id, waiting.envelope.begin());
  target.waiting.push_back(waiting);
  life.ask(life.stranger, std::move(request));
}

void PowerCutWitness::acknowledge(Life& life, Place place) {
  auto& pushed = life.pushed.at(place);
  std::ranges::shuffle(pushed, life.rng);
  const auto count = std::min<std::size_t>(pushed.size(), 1 + life.below(4));
  const std::vector<pb::Cell> taken{pushed.end() - static_cast<std::ptrdiff_t>(count),
                                    pushed.end()};
  pushed.resize(pushed.size() - count);
  std::erase_if(life.next.mailboxes.at(place).waiting, [&](const Waiting& cell) {
    return std::ranges::count(taken, cell.sequence, [](const pb::Cell& one) {
             return static_cast<storage::Sequence>(one.sequence());
           }) > 0;
  });
  life.ask(life.connections.at(place), acknowledgement(taken));
}

// A stranger takes one; once they are gone, new ones come.
void PowerCutWitness::use_keys(Life& life, Place place) {
  auto& left = life.next.one_time_keys.at(place);
  if (left > 0) {
    --left;
    return life.ask(life.stranger, fetch(people_.at(place)));
  }
  constexpr std::size_t classical = 2;
  left = classical;
  life.ask(life.connections.at(place), one_time_keys(people_.at(place), classical, 1));
}

// What is spent is gone with the commit that makes what it has paid for.
void PowerCutWitness::use_grants(Life& life) {
  auto& next = life.next;
  if (!next.grants.empty() && life.below(2) == 0) {
    const auto spent = *next.grants.begin();
    next.grants.erase(spent);
    next.groups.insert(spent);
    return life.ask(life.stranger, groups_.at(spent).creation(grants_.at(spent)));
  }
  if (grants_.size() >= kMostGrants) return;
  next.grants.insert(grants_.size());
  grants_.push_back(crypto::Capability::random());
  groups_.emplace_back();
  life.ask(life.connections.at(0), drawing({grants_.back()}));
}

// A second device is taken in, gets a mailbox, and goes again with everything in it.
void PowerCutWitness::change_devices(Life& life) {
  auto& next = life.next;
  if (!next.registered.contains(0)) return;
  if (next.tablet != 0 && !next.mailboxes.contains(kTablet)) return make_mailbox(life);
  const auto& owner = people_[0];
  const auto& before = lists_.at(next.list);
  auto records = std::vector{owner.device.record};
  if (next.tablet != 0) {
    next.tablet = 0;
    next.mailboxes.erase(kTablet);
    life.forget(kTablet);
    const auto list = list_after(before, owner, records);
    life.ask(life.connections.at(0), publication(life.world, owner, list, owner.handshake));
    return remember(life, list);
  }
  next.tablet = static_cast<crypto::DeviceNumber>(tablets_.size() + 2);
  const auto& tablet = tablets_.try_emplace(next.tablet, owner, next.tablet).first->second;
  records.push_back(tablet.device.record);
  const auto list = list_after(before, owner, std::move(records));
  life.connections[kTablet] = tablet.connect(life.world);
  life.ask(life.connections.at(0), addition(life.world, owner, list, tablet, owner.handshake));
  remember(life, list);
}

void PowerCutWitness::make_mailbox(Life& life) {
  const auto& tablet = tablets_.at(life.next.tablet);
  life.next.mailboxes[kTablet] = {};
  life.ask(life.connections.at(kTablet),
           new_queue(tablet.mailbox, pb::QUEUE_KIND_MAILBOX, tablet.read_key, tablet.write_key));
}

// One of the same number may have been lost in a cut.
void PowerCutWitness::remember(Life& life, const crypto::DeviceList& list) {
  life.next.list = static_cast<storage::Sequence>(list.sequence());
  lists_.insert_or_assign(life.next.list, list);
}

}  // namespace bisik::server
