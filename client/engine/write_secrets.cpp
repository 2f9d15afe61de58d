#include "client/engine/write_secrets.hpp"

#include <algorithm>

namespace bisik::client {

std::string WriteSecrets::key_hash(const crypto::Capability& secret) const {
  return to_string(crypto::write_key(secret, state_.identity->mailbox.id).hash());
}

void WriteSecrets::change(Step& step) {
  auto& identity = *state_.identity;
  if (!identity.next_write_secret) identity.next_write_secret = crypto::Capability::random();
  identity.save(step);
  if (!asked_) add_next(step);
}

void WriteSecrets::end_old(Step& step) {
  auto& identity = *state_.identity;
  for (auto& old : identity.old_write_secrets) old.until_ms = 0;
  identity.end_current_secret = identity.next_write_secret.has_value();
  identity.save(step);
  if (!asked_ && !identity.old_write_secrets.empty()) remove_oldest(step);
}

void WriteSecrets::pump(Step& step) {
  if (!state_.joined() || asked_ || !state_.lines.at(*mailbox_.line_key()).is_up()) return;
  const auto& identity = *state_.identity;
  const auto& old = identity.old_write_secrets;
  if (!old.empty() && (old.size() > kMaxOldSecrets || old.front().until_ms <= step.now_ms())) {
    return remove_oldest(step);
  }
  if (identity.next_write_secret) add_next(step);
}

void WriteSecrets::add_next(Step& step) {
  const auto& identity = *state_.identity;
  proto::pb::Request request;
  request.mutable_add_write_key()->set_queue(to_string(identity.mailbox.id.bytes));
  request.mutable_add_write_key()->mutable_key()->set_hash(key_hash(*identity.next_write_secret));
  asked_ = true;
  mailbox_.ask(step, std::move(request),
               [this](Step& later, const proto::pb::Response* response, const auto&) {
                 asked_ = false;
                 if (response == nullptr) return;
                 if (response->status() == proto::pb::STATUS_OK) next_added(later);
               });
}

void WriteSecrets::next_added(Step& step) {
  auto& identity = *state_.identity;
  constexpr auto kLifetime = static_cast<std::uint64_t>(milliseconds{kOldSecretLifetime}.count());
  const bool at_once = std::exchange(identity.end_current_secret, false);
  identity.old_write_secrets.push_back(
      {identity.write_secret, at_once ? 0 : step.now_ms() + kLifetime});
  std::ranges::stable_sort(identity.old_write_secrets, {}, &OldSecret::until_ms);
  identity.write_secret = *identity.next_write_secret;
  identity.next_write_secret.reset();
  identity.save(step);
}

void WriteSecrets::remove_oldest(Step& step) {
  const auto& identity = *state_.identity;
  proto::pb::Request request;
  request.mutable_remove_write_key()->set_queue(to_string(identity.mailbox.id.bytes));
  request.mutable_remove_write_key()->set_hash(key_hash(identity.old_write_secrets.front().secret));
  asked_ = true;
  mailbox_.ask(step, std::move(request),
               [this](Step& later, const proto::pb::Response* response, const auto&) {
                 asked_ = false;
                 if (response == nullptr || response->status() != proto::pb::STATUS_OK) return;
                 auto& old = state_.identity->old_write_secrets;
                 old.erase(old.begin());
                 state_.identity->save(later);
               });
}

}  // namespace bisik::client
