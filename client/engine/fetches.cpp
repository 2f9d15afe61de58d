#include "client/engine/fetches.hpp"

#include "client/engine/sentences.hpp"

namespace bisik::client {

void Fetches::want(const crypto::AccountId& account, bool sessions) {
  auto& fetch = fetches_[account];
  fetch.sessions = fetch.sessions || sessions;
}

void Fetches::hurry(const crypto::AccountId& account) {
  const auto found = fetches_.find(account);
  if (found != fetches_.end() && !found->second.asked_to_wait) found->second.not_before = {};
}

// Who asks for the own account is one of its devices: a relay shall not see what else it asks.
LineKey Fetches::line_to(const Contact& contact) {
  return {contact.is_own() ? LinePurpose::own_fetches : LinePurpose::fetches, contact.relay()};
}

bool Fetches::is_under_way(const crypto::AccountId& account, Time now) const {
  const auto found = fetches_.find(account);
  const auto* contact = state_.contacts.find(account);
  return found != fetches_.end() && contact != nullptr && now >= found->second.not_before &&
         !state_.lines.at(line_to(*contact)).backing_off(now);
}

void Fetches::pump(Step& step) {
  for (auto& [account, fetch] : fetches_) {
    const auto* contact = state_.contacts.find(account);
    if (contact == nullptr || fetch.on_the_way || step.now() < fetch.not_before) continue;
    auto& line = state_.lines.at(line_to(*contact));
    if (line.is_up()) request(step, line, account, fetch);
  }
}

void Fetches::request(Step& step, Line& line, const crypto::AccountId& account, Fetch& fetch) {
  const auto* contact = state_.contacts.find(account);
  proto::pb::Request request;
  auto& operation = *request.mutable_fetch_bundle();
  operation.set_account(to_string(account.bytes));
  operation.set_after_sequence(contact->row.list_sequence());
  operation.set_one_time_keys(fetch.sessions);
  fetch.on_the_way = true;
  fetch.asked_for = contact->row.refresh_sequence();
  line.request(step, std::move(request),
               [this, account](Step& later, const proto::pb::Response* response) {
                 responded(later, account, response);
               });
}

void Fetches::responded(Step& step, const crypto::AccountId& account,
                        const proto::pb::Response* response) {
  const auto found = fetches_.find(account);
  if (found == fetches_.end()) return;  // given up meanwhile
  auto& fetch = found->second;
  fetch.on_the_way = false;
  auto* contact = state_.contacts.find(account);
  if (response == nullptr || contact == nullptr) return;

  if (response->status() == proto::pb::STATUS_BUSY ||
      response->status() == proto::pb::STATUS_QUOTA) {
    const seconds wait{std::max(1U, response->retry_after_seconds())};
    fetch.not_before = step.now() + wait;
    fetch.asked_to_wait = true;
    return on_failure_(step, *contact, again_later(wait));
  }
  if (response->status() != proto::pb::STATUS_OK || !response->has_bundles()) {
    const auto sentence = "The relay knows no account for " + contact->row.name() + ". Ask " +
                          contact->row.name() + " for a new link.";
    return failed(step, account, failure(Exit::refused, sentence));
  }
  const auto learned = learn_devices(step, state_, *contact, response->bundles(), fetch.sessions);
  if (!learned) {
    const bool too_old =
        learned.error() == crypto::Errc::not_newer || learned.error() == crypto::Errc::stale;
    if (too_old && contact->row.refresh_sequence() > fetch.asked_for) return;  // again, at once
    const auto why = bad_keys(contact->row.name(), learned.error());
    const bool changed = contact->row.trust() == proto::pb::TRUST_CHANGED;
    const bool conflicting = learned.error() == crypto::Errc::conflicting;
    if (conflicting && contact->is_own()) on_alarm_(step, *contact);
    if (conflicting && !contact->is_own() && !changed) {
      contact->row.set_trust(proto::pb::TRUST_CHANGED);  // both lists carry the account's signature
      contact->save(step);
      on_alarm_(step, *contact);
    }
    if (!too_old) return failed(step, account, why);
    // They are renewed as soon as the contact is back, or shown by a relay that is itself again.
    fetch.not_before = step.now() + kAskForKeysAgain;
    fetch.asked_to_wait = false;
    return on_failure_(step, *contact, why);
  }
  const bool sessions = fetch.sessions;
  fetches_.erase(account);
  on_learned_(step, *contact, *learned);
  // A newer one is named still: the next answer says whether it is held back.
  if (contact->row.refresh_sequence() != 0) want(account, sessions);
}

void Fetches::failed(Step& step, const crypto::AccountId& account, proto::pb::Failure failure) {
  fetches_.erase(account);
  if (auto* contact = state_.contacts.find(account)) on_failure_(step, *contact, failure);
}

void Fetches::line_failed(Step& step, const LineKey& key, LineEnd why) {
  std::vector<crypto::AccountId> affected;
  for (const auto& [account, fetch] : fetches_) {
    const auto* contact = state_.contacts.find(account);
    if (contact != nullptr && line_to(*contact) == key) affected.push_back(account);
  }
  for (const auto& account : affected) failed(step, account, failure(why, key.relay));
}

void Fetches::add_wanted(Lines::Wanted& wanted, Time now) const {
  for (const auto& [account, fetch] : fetches_) {
    const auto* contact = state_.contacts.find(account);
    if (contact != nullptr && fetch.not_before <= now) {
      wanted.insert(line_to(*contact));
    }
  }
}

std::optional<Time> Fetches::wake_at(Time now) const {
  std::optional<Time> earliest;
  for (const auto& [account, fetch] : fetches_) {
    if (fetch.on_the_way || fetch.not_before <= now) continue;  // due: the line wakes us
    if (!earliest || fetch.not_before < *earliest) earliest = fetch.not_before;
  }
  return earliest;
}

}  // namespace bisik::client
