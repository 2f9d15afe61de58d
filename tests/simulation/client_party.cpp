#include "tests/simulation/client_party.hpp"

#include <algorithm>

#include "client/engine/step.hpp"
#include "proto/rows.pb.h"

namespace bisik::simulation {
client::VaultSecret key_file() {
  client::VaultSecret secret{client::VaultMethod::key_file, {}};
  secret.bytes.append(crypto::ByteArray<client::kKeyFileBytes>{});
  return secret;
}

ClientParty::ClientParty(World& world, Network& network, std::uint64_t number, Defect defect)
    : world_{world},
      network_{network},
      number_{number},
      defect_{defect},
      random_{world.seed(), number} {}

void ClientParty::start() {
  if (is_running()) return;
  world_.trace("client starts");
  texts_given_ = 0;
  const DrawingFrom drawing{random_};
  try {
    client::ClosedVault closed{std::make_unique<storage::ClientStore>("/profile.db", vfs_.name())};
    vault_ = closed.method() ? std::move(closed).open(key_file())
                             : std::move(closed).create(key_file(), wall_seconds());
  } catch (const storage::StorageError&) {
    if (!vfs_.disk().dead()) throw;
    return die(true);
  }
  engine_ = std::make_unique<client::Engine>(*vault_);
  handle([this] { return engine_->start(now()); });
}

void ClientParty::die(bool power_cut) {
  world_.trace(power_cut ? "client loses power" : "client is killed");
  ++life_;
  engine_.reset();
  vault_.reset();
  tick_planned_.reset();
  if (power_cut) {
    vfs_.disk().power_cut(world_.rng());
  } else {
    vfs_.disk().kill();
  }
  network_.client_died(*this);
  if (person_ != nullptr) person_->client_died();
}

void ClientParty::die_soon() {
  if (is_running()) vfs_.disk().die_at(static_cast<std::int64_t>(1 + world_.below(20)));
}

std::chrono::sys_seconds ClientParty::wall_seconds() const {
  return std::chrono::floor<std::chrono::seconds>(now().wall);
}

void ClientParty::tamper(const std::vector<client::RowWrite>& rows) {
  {
    const DrawingFrom drawing{random_};
    vault_->stage(rows);
    vault_->commit();
  }
  die(false);
  start();
}

client::Now ClientParty::now() const {
  return {client::Time{world_.now().time_since_epoch()}, world_.now() + clock_error_};
}

void ClientParty::command(const proto::pb::ApiRequest& request) {
  const auto id = ++last_command_;
  if (request.has_send()) ++texts_given_;
  handle([this, id, &request] { return engine_->command(id, request, now()); });
}

void ClientParty::cancel(client::CommandId command) {
  handle([this, command] { return engine_->cancel(command, now()); });
}

void ClientParty::line_up(client::LineId line, const client::LineFacts& facts) {
  if (is_running()) handle([&] { return engine_->line_up(line, facts, now()); });
}

void ClientParty::line_down(client::LineId line, client::LineEnd why) {
  if (is_running()) handle([&] { return engine_->line_down(line, why, now()); });
}

void ClientParty::frame(client::LineId line, crypto::ByteView frame) {
  // Whatever is due anyway is not this frame's doing.
  if (watch_ != nullptr && is_running()) handle([this] { return engine_->tick(now()); });
  if (!is_running()) return;
  const auto take = [&] {
    auto effects = engine_->frame(line, frame, now());
    plant(effects.rows);
    if (watch_ != nullptr) watch_->took(*this, line, frame, effects.rows);
    return effects;
  };
  handle(take, true);
  if (watch_ != nullptr && is_running()) watch_->committed(*this);
}

void ClientParty::handle(const std::function<client::Effects()>& event, bool received) {
  const DrawingFrom drawing{random_};
  auto effects = event();
  try {
    commit(effects.rows, received);
    if (vault_->is_day_over(wall_seconds())) vault_->change_day(wall_seconds());
  } catch (const storage::StorageError&) {
    if (!vfs_.disk().dead()) throw;  // only a planned death may do this
    return die(world_.chance(0.5));
  }
  act(std::move(effects));
  if (is_running()) plan_tick();
}

// What a client with this defect would keep of a frame.
void ClientParty::plant(std::vector<client::RowWrite>& rows) const {
  // Beside its place in the queue, which a cell always leaves.
  const bool refused = std::ranges::all_of(rows, [](const client::RowWrite& row) {
    return row.kind == client::RowKind::state_epoch || row.kind == client::RowKind::set_aside;
  });
  if (defect_ == Defect::writes_on_refusal && refused) {
    client::Step step{now()};
    proto::pb::SeenRow seen;
    seen.set_account(std::string(crypto::AccountId::kSize, 0));
    seen.set_received_ms(step.now_ms());
    step.put(client::RowKind::seen, {}, seen);
    rows.push_back(std::move(std::move(step).take().rows.front()));
  }
  if (defect_ != Defect::alarm_forgotten) return;
  for (auto& row : rows) {
    if (row.kind != client::RowKind::contact || !row.value) continue;
    auto contact = client::parse_row<proto::pb::ContactRow>(*row.value);
    contact.set_trust(proto::pb::TRUST_UNVERIFIED);
    client::Step step{now()};
    step.put(row.kind, row.id, contact);
    row = std::move(std::move(step).take().rows.front());
  }
}

void ClientParty::commit(const std::vector<client::RowWrite>& rows, bool received) {
  if (rows.empty()) return;
  if (watch_ != nullptr) watch_->wrote(*this, rows);
  if (defect_ != Defect::no_repeat_detection || !received) {
    vault_->stage(rows);
  } else {
    // The messages are kept; that their keys were used is not.
    for (const auto& row : rows) {
      if (row.kind == client::RowKind::session) continue;
      std::vector<client::RowWrite> one;
      one.push_back({row.kind, row.id, {}});
      if (row.value) {
        one.back().value.emplace().append(crypto::SecretReader{*row.value}.take(row.value->size()));
      }
      vault_->stage(one);
    }
  }
  vault_->commit();
}

void ClientParty::act(client::Effects effects) {
  const auto life = life_;
  for (auto& action : effects.actions) {
    if (life != life_) return;  // it died of an earlier one
    if (auto* dial = std::get_if<client::Dial>(&action)) {
      server::Peer peer;
      if (dial->kind == client::LineKind::own) {
        peer.kind = server::Peer::Kind::own;
        peer.network_key = engine_->network_key()->public_key;
      }
      network_.dial(*this, dial->line, peer);
    } else if (auto* transmit = std::get_if<client::Transmit>(&action)) {
      network_.from_client(*this, transmit->line, std::move(transmit->frame));
    } else if (auto* hang_up = std::get_if<client::HangUp>(&action)) {
      network_.hang_up(*this, hang_up->line);
    } else if (auto* answer = std::get_if<client::Answer>(&action)) {
      if (person_ != nullptr) person_->answered(answer->command, answer->reply);
    }
  }
}

void ClientParty::plan_tick() {
  const auto wake = engine_->wake_at();
  if (!wake) return;
  const auto when = std::max(Time{wake->time_since_epoch()}, world_.now());
  if (tick_planned_ && *tick_planned_ <= when) return;
  tick_planned_ = when;
  world_.after(when - world_.now(), [this, life = life_, when] {
    if (life != life_ || tick_planned_ != when) return;
    tick_planned_.reset();
    handle([this] { return engine_->tick(now()); });
  });
}

}  // namespace bisik::simulation
