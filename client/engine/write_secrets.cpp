#include "client/engine/write_secrets.hpp"

#include <algorithm>

#include "client/engine/sentences.hpp"

namespace bisik::client {

namespace {

std::string key_hash(const crypto::Capability& secret, const crypto::QueueId& queue) {
  return to_string(crypto::write_key(secret, queue).hash());
}

}  // namespace

// Also of the devices that nothing is written to now: contacts do, with whatever key we told them.
std::vector<crypto::QueueId> mailboxes(const State& state) {
  std::vector<crypto::QueueId> queues;
  const auto add = [&](const auto& device) {
    if (device.mailbox().empty()) return;
    queues.push_back(crypto::QueueId::parse(crypto::as_bytes(device.mailbox())).value());
  };
  const auto own = state.contacts.all().find(state.identity->id());
  if (own != state.contacts.all().end()) {
    std::ranges::for_each(own->second.row.devices(), add);
    std::ranges::for_each(own->second.row.left_out(), add);
  }
  queues.push_back(state.identity->mailbox.id);
  return queues;
}

void WriteSecrets::change(Step& step) {
  auto& identity = *state_.identity;
  if (!identity.next_write_secret) identity.next_write_secret = crypto::Capability::random();
  identity.save(step);
  if (!asked_) add_next(step);
}

void WriteSecrets::end_old(Step& step, OnEnded on_ended) {
  ending_.push_back(std::move(on_ended));
  auto& identity = *state_.identity;
  for (auto& old : identity.old_write_secrets) old.until = OldSecret::kAtOnce;
  identity.end_current_secret = identity.next_write_secret.has_value();
  identity.save(step);
  if (!asked_ && !identity.old_write_secrets.empty()) remove_oldest(step);
}

bool WriteSecrets::has_to_end() const {
  const auto& identity = *state_.identity;
  return identity.end_current_secret ||
         std::ranges::find(identity.old_write_secrets, OldSecret::kAtOnce, &OldSecret::until) !=
             identity.old_write_secrets.end();
}

void WriteSecrets::tell_ended(Step& step, const std::optional<proto::pb::Failure>& why_not) {
  for (const auto& on_ended : std::exchange(ending_, {})) on_ended(step, why_not);
}

void WriteSecrets::pump(Step& step) {
  if (!ending_.empty() && !has_to_end()) tell_ended(step, std::nullopt);
  if (!state_.joined() || asked_ || !state_.lines.at(*mailbox_.line_key()).is_up()) return;
  if (step.now() < not_before_) return;
  const auto& identity = *state_.identity;
  const auto& old = identity.old_write_secrets;
  if (!old.empty() && (old.size() > kMaxOldSecrets || is_over(step, old.front()))) {
    return remove_oldest(step);
  }
  if (identity.next_write_secret) return add_next(step);
  if (spread_) spread(step);
}

// By the relay's clock, as what was promised: nobody can undo it where ours was wrong.
bool WriteSecrets::is_over(const Step& step, const OldSecret& old) const {
  const auto there = mailbox_.relay_time(step);
  return there && old.until <= *there;
}

std::optional<Time> WriteSecrets::wake_at(Time now) const {
  const auto key = mailbox_.line_key();
  if (!key || !state_.lines.at(*key).is_up() || asked_ || not_before_ <= now) return std::nullopt;
  return not_before_;
}

// Whatever is not done is asked again later: a relay that refuses does not keep us busy.
bool WriteSecrets::answered(const Step& step, const proto::pb::Response* response) {
  asked_ = false;
  if (response == nullptr) return false;
  if (response->status() == proto::pb::STATUS_OK) return true;
  const seconds wait{response->retry_after_seconds()};
  not_before_ = step.now() + (wait.count() != 0 ? wait : seconds{kUpkeepEvery});
  return false;
}

// A mailbox that is gone meanwhile refuses; so its answer does not count.
void WriteSecrets::ask_all(Step& step,
                           const std::function<proto::pb::Request(const crypto::QueueId&)>& request,
                           std::function<void(Step&)> done) {
  asked_ = true;
  const auto queues = mailboxes(state_);
  for (const auto& queue : queues) {
    const bool last = &queue == &queues.back();
    mailbox_.ask(
        step, request(queue),
        [this, last, done](Step& later, const proto::pb::Response* response,
                           const std::optional<proto::pb::Failure>& unreachable) {
          const bool there = response == nullptr || response->status() != proto::pb::STATUS_REFUSED;
          if (!last && there) refused_ |= !answered(later, response);
          asked_ = true;
          if (!last) return;
          const bool all = answered(later, response) && !refused_;
          refused_ = false;
          if (all) return done(later);
          tell_ended(later, unreachable ? *unreachable : again_later(seconds{kUpkeepEvery}));
        });
  }
}

namespace {

auto add_key(const crypto::Capability& secret) {
  return [secret](const crypto::QueueId& queue) {
    proto::pb::Request request;
    request.mutable_add_write_key()->set_queue(to_string(queue.bytes));
    request.mutable_add_write_key()->mutable_key()->set_hash(key_hash(secret, queue));
    return request;
  };
}

}  // namespace

void WriteSecrets::add_next(Step& step) {
  ask_all(step, add_key(*state_.identity->next_write_secret),
          [this](Step& later) { next_added(later); });
}

// The present one, at mailboxes that were made or learned of since it changed.
void WriteSecrets::spread(Step& step) {
  ask_all(step, add_key(state_.identity->write_secret), [this](Step&) { spread_ = false; });
}

void WriteSecrets::next_added(Step& step) {
  auto& identity = *state_.identity;
  const bool at_once = std::exchange(identity.end_current_secret, false);
  const auto there = mailbox_.relay_time(step).value_or(step.now_seconds());
  identity.old_write_secrets.push_back(
      {identity.write_secret, at_once ? OldSecret::kAtOnce : there + kOldSecretLifetime});
  std::ranges::stable_sort(identity.old_write_secrets, {}, &OldSecret::until);
  identity.write_secret = *identity.next_write_secret;
  if (std::exchange(identity.next_secret_from_clock, false)) {
    identity.write_secret_sequence =
        State::secret_sequence_after(step, identity.write_secret_sequence);
  }
  ++identity.write_secret_sequence;
  identity.next_write_secret.reset();
  identity.save(step);
  copies_.news(step);
}

// Whoever changed it has told the relay the key of our mailbox too. Two devices may change it at
// once: then everybody takes the larger, and both keys are taken.
void WriteSecrets::heard(Step& step, const proto::pb::Content& content) {
  auto& identity = *state_.identity;
  const auto secret = crypto::Capability::parse(crypto::as_bytes(content.write_secret()));
  const auto known =
      std::pair{identity.write_secret_sequence, to_string(identity.write_secret.bytes())};
  const auto told = std::pair{content.write_secret_sequence(), content.write_secret()};
  const auto there = mailbox_.relay_time(step).value_or(step.now_seconds());
  if (!secret || told <= known || told.first > most_secret_sequence(known.first, there)) return;
  if (!identity.take_write_secret(*secret, told.first, there + kOldSecretLifetime)) return;
  identity.save(step);
  spread_ = true;
}

void WriteSecrets::remove_oldest(Step& step) {
  const auto secret = state_.identity->old_write_secrets.front().secret;
  const auto remove = [secret](const crypto::QueueId& queue) {
    proto::pb::Request request;
    request.mutable_remove_write_key()->set_queue(to_string(queue.bytes));
    request.mutable_remove_write_key()->set_hash(key_hash(secret, queue));
    return request;
  };
  ask_all(step, remove, [this](Step& later) {
    auto& old = state_.identity->old_write_secrets;
    old.erase(old.begin());
    state_.identity->save(later);
  });
}

}  // namespace bisik::client
