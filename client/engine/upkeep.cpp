#include "client/engine/upkeep.hpp"

#include "client/engine/amendments.hpp"
#include "client/engine/idempotency.hpp"
#include "client/engine/seen.hpp"

namespace bisik::client {
namespace {

bool is_ok(const proto::pb::Response* response) {
  return response != nullptr && response->status() == proto::pb::STATUS_OK;
}

bool is_few(std::uint32_t left) { return left < crypto::kOneTimeKeyRefillBelow; }

}  // namespace

bool Upkeep::clock_is_trusted(const Step& step) const {
  const auto offset = mailbox_.clock_offset(step);
  return offset && std::chrono::abs(*offset) <= kMostClockError;
}

void Upkeep::pump(Step& step) {
  if (!state_.joined() || !state_.lines.at(*mailbox_.line_key()).is_up()) return;
  if (next_look_ && step.now() < *next_look_) return;
  next_look_ = step.now() + kUpkeepEvery;
  const bool replaces = state_.key_ring.is_replacing_one_time_keys();
  if (replaces || clock_is_trusted(step)) count_one_time_keys(step);
  if (!clock_is_trusted(step)) return;
  wipe(step);
  renew(step);
}

void Upkeep::renew(Step& step) {
  auto& identity = *state_.identity;
  auto& ring = state_.key_ring;
  const bool due = ring.is_published() && ring.is_due(step);
  if (due) {
    ring.generate(step);
    forget_old_rows(step);
  }
  if (identity.primary && identity.next_device_list.empty() && (due || list_is_overdue(step))) {
    on_list_due_(step);
  }
  if (!identity.next_device_list.empty()) publish_list(step);
  if (!ring.is_published()) publish_bundle(step);
}

// Whoever looked for the newest list when the keys were renewed was not answered.
bool Upkeep::list_is_overdue(const Step& step) const {
  return state_.identity->list().created() + crypto::kPrekeyRotation + kRotationJitter <=
         step.now_seconds();
}

void Upkeep::renew_list(Step& step) {
  auto& identity = *state_.identity;
  if (!identity.next_device_list.empty()) return;  // asked for twice
  identity.renew_list(step);
  publish_list(step);
}

// What was lost on the way is asked again, byte for byte, at the next look or connection.
void Upkeep::publish_list(Step& step) {
  proto::pb::Request request;
  request.mutable_publish_list()->set_device_list(to_string(state_.identity->next_device_list));
  mailbox_.ask(step, std::move(request),
               [this, list = state_.identity->next_device_list](
                   Step& later, const proto::pb::Response* response, const auto&) {
                 if (is_ok(response)) return state_.list_published(later, list);
                 const bool overtaken =
                     response != nullptr && (response->status() == proto::pb::STATUS_NOT_NEWER ||
                                             response->status() == proto::pb::STATUS_CONFLICT);
                 if (overtaken) on_list_due_(later);
               });
}

void Upkeep::publish_bundle(Step& step) {
  proto::pb::Request request;
  const auto bundle = state_.key_ring.make_bundle(*state_.identity, step);
  request.mutable_publish_bundle()->set_bundle(to_string(bundle.bytes()));
  state_.identity->save(step);  // its sequence
  mailbox_.ask(step, std::move(request),
               [this, asked = state_.key_ring.newest()](
                   Step& later, const proto::pb::Response* response, const auto&) {
                 if (is_ok(response)) bundle_published(later, asked);
               });
}

void Upkeep::bundle_published(Step& step, crypto::PrekeyId asked) {
  for (const auto signed_prekey : state_.key_ring.published(step, asked)) {
    state_.sessions.forget_prekey(step, signed_prekey);
  }
}

void Upkeep::count_one_time_keys(Step& step) {
  proto::pb::Request request;
  request.mutable_count_one_time_keys();
  mailbox_.ask(step, std::move(request),
               [this](Step& later, const proto::pb::Response* response, const auto&) {
                 if (is_ok(response) && response->has_one_time_key_count()) {
                   refill(later, response->one_time_key_count());
                 }
               });
}

// What was counted before an upload that is under way says nothing of it: a second one would have
// the relay hand out again what somebody has got from the first.
void Upkeep::refill(Step& step, const proto::pb::OneTimeKeyCount& left) {
  auto& ring = state_.key_ring;
  if (ring.is_overtaken(step, left.signed_prekey()) && clock_is_trusted(step)) publish_bundle(step);
  if (uploads_) return;
  ring.one_time_keys_counted(step, left);
  if (ring.is_replacing_one_time_keys()) return publish_one_time_keys(step);
  if (!is_few(left.classical()) && !is_few(left.post_quantum())) return;
  if (ring.refill_ms() == 0) return ring.plan_refill(step);
  const auto wait = ring.refill_ms() - std::min(ring.refill_ms(), step.now_ms());
  const bool clock_was_set = milliseconds{wait} > kMostRefillDelay;
  if (wait > 0 && !clock_was_set) return;

  const auto unsent = ring.unsent_one_time_keys(state_.identity->device);
  if (unsent.classical().empty() && unsent.post_quantum().empty()) {
    ring.make_one_time_keys(step, left.classical(), left.post_quantum());
  }
  publish_one_time_keys(step);
}

void Upkeep::publish_one_time_keys(Step& step) {
  auto keys = state_.key_ring.unsent_one_time_keys(state_.identity->device);
  if (keys.classical().empty() && keys.post_quantum().empty()) return;  // the pool is full
  proto::pb::Request request;
  request.mutable_publish_one_time_keys()->set_replace(
      state_.key_ring.is_replacing_one_time_keys());
  *request.mutable_publish_one_time_keys()->mutable_keys() = std::move(keys);
  uploads_ = true;
  mailbox_.ask(step, std::move(request),
               [this, asked = state_.key_ring.newest()](
                   Step& later, const proto::pb::Response* response, const auto&) {
                 uploads_ = false;
                 if (is_ok(response)) state_.key_ring.one_time_keys_sent(later, asked);
               });
}

void Upkeep::wipe(Step& step) {
  for (const auto signed_prekey : state_.key_ring.wipe(step)) {
    state_.sessions.forget_prekey(step, signed_prekey);
  }
}

// Each week: reading all of them is not worth more.
void Upkeep::forget_old_rows(Step& step) const {
  forget_seen(step, state_);
  forget_early(step, state_);
  repairs_.forget_old(step);
  forget_idempotency(step, state_);
  forget_links(step);
}

void Upkeep::forget_links(Step& step) const {
  for (const auto& value : state_.rows.all(RowKind::link)) {
    const auto row = parse_row<proto::pb::LinkRow>(value);
    if (row.expires_ms() <= step.now_ms()) step.erase(RowKind::link, link_id(row.token()));
  }
}

std::optional<Time> Upkeep::wake_at() const {
  const auto key = mailbox_.line_key();
  return key && state_.lines.at(*key).is_up() ? next_look_ : std::nullopt;
}

}  // namespace bisik::client
