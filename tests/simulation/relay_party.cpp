#include "tests/simulation/relay_party.hpp"

#include <algorithm>

#include "proto/frame.hpp"

namespace bisik::simulation {
namespace {

constexpr std::uint64_t kRelayStream = 1'000;  // away from the clients' numbers

crypto::DhKeyPair make_key(PartyRandom& random) {
  const DrawingFrom drawing{random};
  return crypto::DhKeyPair::generate();
}

}  // namespace

Endured& Endured::operator+=(const Endured& other) {
  batches_undone += other.batches_undone;
  refused_busy += other.refused_busy;
  refused_quota += other.refused_quota;
  slow_readers += other.slow_readers;
  return *this;
}

RelayParty::RelayParty(World& world, Defect defect, const server::Limits& limits)
    : world_{world},
      defect_{defect},
      random_{world.seed(), kRelayStream},
      key_{make_key(random_)},
      usual_{limits} {
  address_ = {.host = "relay.example", .port = 7443, .key = key_.public_key};
  // The seeds send within minutes of virtual time what people send in days.
  usual_.one_time_keys_per_target_per_hour = 1'000;
  // Nor do slow readers have a minute's worth of megabytes to be slow about: one large cell.
  usual_.unsent_bytes = 64 * 1024;
  limits_ = usual_;
  start();
}

std::unique_ptr<storage::SqliteRelayStore> RelayParty::open_store() const {
  return std::make_unique<storage::SqliteRelayStore>(storage::RelayStoreOptions{
      .path = "/relay.db",
      .vfs = vfs_.name(),
      .synchronous = defect_ == Defect::synchronous_normal ? storage::Synchronous::normal
                                                           : storage::Synchronous::full,
      .checkpoint_bytes = 64 * 1024,
      .reserve_bytes = 64 * 1024});
}

void RelayParty::start() {
  const DrawingFrom drawing{random_};
  make_room();
  store_ = open_store();
  clerk_ = std::make_unique<server::Clerk>(*store_, limits_, key_.public_key);
  relay_ = std::make_unique<server::Relay>(limits_);
  world_.trace("relay starts");
  plan_tick();
}

void RelayParty::die(Death death) {
  if (!is_running()) return;
  world_.trace(death == Death::killed ? "relay is killed" : "relay loses power");
  end_life();
  if (death == Death::killed) {
    vfs_.disk().kill();
  } else {
    vfs_.disk().power_cut(world_.rng());
  }
  outlet_->relay_died();
}

void RelayParty::end_life() {
  ++life_;
  earlier_ = endured();
  relay_.reset();
  clerk_.reset();
  store_.reset();
  operations_.clear();
  batch_planned_ = false;
}

Endured RelayParty::endured() const {
  auto all = earlier_;
  if (!is_running()) return all;
  const auto& counts = relay_->counts();
  return all += {.batches_undone = counts.batches_undone,
                 .refused_busy = counts.refused_busy,
                 .refused_quota = counts.refused_quota,
                 .slow_readers = counts.slow_readers};
}

void RelayParty::die_soon() {
  if (is_running()) vfs_.disk().die_at(static_cast<std::int64_t>(1 + world_.below(30)));
}

// Whoever acknowledges before the commit cannot take back what a full disk undoes: power cuts show
// that one.
void RelayParty::fill_disk() {
  if (defect_ == Defect::acknowledge_before_commit) return;
  world_.trace("relay's disk is filled");
  const auto left = static_cast<std::int64_t>(world_.below(40'000));
  vfs_.disk().set_capacity(vfs_.disk().used() + left);
}

void RelayParty::overload(bool begins) {
  world_.trace(begins ? "relay is overloaded" : "relay has time again");
  limits_.waiting_requests = begins ? 0 : usual_.waiting_requests;
}

void RelayParty::tighten_quotas(bool begins) {
  world_.trace(begins ? "relay's quotas are tight" : "relay's quotas are as usual");
  limits_.mailbox_cells = begins ? 2 : usual_.mailbox_cells;
  limits_.one_time_keys_per_target_per_hour = begins ? 1 : usual_.one_time_keys_per_target_per_hour;
}

server::Time RelayParty::time() const {
  return {.wall = std::chrono::floor<std::chrono::seconds>(world_.now() + clock_error_),
          .steady = world_.now().time_since_epoch()};
}

crypto::Capability RelayParty::make_invite(std::uint32_t uses) {
  const DrawingFrom drawing{random_};
  const auto token = crypto::Capability::random();
  proto::pb::Request request;
  request.set_number(1);
  auto& operation = *request.mutable_create_invite();
  operation.set_token_hash(std::string{crypto::as_text(token.hash())});
  operation.set_uses(uses);
  operation.set_lifetime_seconds(24 * 3600);
  const auto connection = connected({.kind = server::Peer::Kind::local});
  carry_out(relay_->on_frame(connection, proto::encode(request), time()));
  disconnected(connection);
  return token;
}

void RelayParty::take_one_time_keys(const std::string& account, std::uint32_t times) {
  const DrawingFrom drawing{random_};
  const auto connection = connected({.kind = server::Peer::Kind::anonymous});
  for (std::uint32_t number = 1; number <= times; ++number) {
    proto::pb::Request request;
    request.set_number(number);
    request.mutable_fetch_bundle()->set_account(account);
    request.mutable_fetch_bundle()->set_one_time_keys(true);
    carry_out(relay_->on_frame(connection, proto::encode(request), time()));
    world_.run_until(world_.now() + Duration{10});
    if (!is_running()) return;
  }
  disconnected(connection);
}

std::optional<std::int64_t> RelayParty::first_unread(const std::string& account,
                                                     std::uint32_t device) {
  const auto id = crypto::AccountId::parse(crypto::as_bytes(account));
  if (!id) return std::nullopt;
  try {
    const auto opened = is_running() ? nullptr : open_store();
    auto& store = opened ? *opened : *store_;
    for (const auto& queue : store.queues().of_device(id->bytes, device)) {
      const auto known = store.queues().find(queue);
      if (!known || known->kind != proto::pb::QUEUE_KIND_MAILBOX) continue;
      const auto waiting = store.cells().read(queue, 0, {.max_cells = 1, .max_bytes = 1});
      return waiting.empty() ? known->next_sequence : waiting.front().sequence;
    }
    return std::nullopt;
  } catch (const storage::StorageError&) {
    if (!is_running() || !vfs_.disk().dead()) throw;  // only a planned death may do this
  }
  die(Death::power_cut);
  return first_unread(account, device);
}

storage::Bytes RelayParty::bundle(const std::string& account, std::uint32_t device) {
  const auto id = crypto::AccountId::parse(crypto::as_bytes(account)).value();
  return store_->bundles().bundle(id.bytes, device).value().bytes;
}

server::ConnectionId RelayParty::connected(const server::Peer& peer) {
  const auto connection = ++last_connection_;
  relay_->on_connected(connection, peer, time());
  return connection;
}

void RelayParty::frame(server::ConnectionId connection, crypto::ByteView frame) {
  const DrawingFrom drawing{random_};
  carry_out(relay_->on_frame(connection, frame, time()));
}

void RelayParty::disconnected(server::ConnectionId connection) {
  if (is_running()) carry_out(relay_->on_disconnected(connection));
}

void RelayParty::carry_out(server::Effects effects) {
  std::set<server::ConnectionId> written_to;
  for (auto& frame : effects.frames) {
    written_to.insert(frame.to);
    outlet_->from_relay(frame.to, std::move(frame.message));
  }
  cut_slow_readers(written_to);
  for (const auto connection : effects.close) outlet_->close(connection);
  for (auto& operation : effects.operations) operations_.push_back(std::move(operation));
  if (!operations_.empty()) plan_batch();
}

// As Switchboard does it.
void RelayParty::cut_slow_readers(const std::set<server::ConnectionId>& written_to) {
  for (const auto connection : written_to) {
    if (outlet_->unsent_bytes(connection) <= limits_.unsent_bytes) continue;
    ++relay_->counts().slow_readers;
    outlet_->cut_off(connection);
  }
}

void RelayParty::plan_batch() {
  if (std::exchange(batch_planned_, true)) return;
  world_.after(world_.between(Duration{0}, Duration{5}), [this, life = life_] {
    if (life == life_) run_planned_batch();
  });
}

void RelayParty::run_planned_batch() {
  batch_planned_ = false;
  const auto operations = std::exchange(operations_, {});
  const DrawingFrom drawing{random_};
  executed_ = false;
  lied_ = false;
  try {
    server::run_batch(*store_, *clerk_, operations, time(), *this);
  } catch (const storage::StorageError&) {
    if (!vfs_.disk().dead()) throw;  // only a planned death may do this
    die(world_.chance(0.5) ? Death::killed : Death::power_cut);
  }
}

void RelayParty::executed(std::vector<server::Outcome> outcomes) {
  if (lied_) return;
  executed_ = true;
  carry_out(relay_->on_executed(std::move(outcomes)));
  if (defect_ == Defect::acknowledge_before_commit) carry_out(relay_->on_committed());
}

void RelayParty::committed() {
  if (lied_) return;
  if (defect_ != Defect::acknowledge_before_commit) carry_out(relay_->on_committed());
}

// Whoever lies has answered: what is tried again without what the disk has no room for is for
// nobody.
void RelayParty::undone() {
  lied_ = executed_ && defect_ == Defect::acknowledge_on_full_disk;
  executed_ = false;
  carry_out(lied_ ? relay_->on_committed() : relay_->on_undone());
}

// Every second, but for those at which nothing can happen. The last of them is kept, so that what
// is due at one moment comes in the order of a relay that has them all.
void RelayParty::plan_tick() {
  const auto quiet = relay_->quiet_until(time()) - world_.now().time_since_epoch();
  const Duration seconds = std::chrono::floor<std::chrono::seconds>(quiet - Duration{1});
  world_.after(std::max(Duration{1'000}, seconds), [this, life = life_] {
    if (life != life_) return;
    carry_out(relay_->on_tick(time()));
    plan_tick();
  });
}

}  // namespace bisik::simulation
