#include "client/engine/mailbox.hpp"

#include <algorithm>
#include <iterator>

#include "client/engine/sentences.hpp"
#include "crypto/network_binding.hpp"
#include "proto/limits.hpp"

namespace bisik::client {

std::optional<LineKey> Mailbox::line_key() const {
  if (!state_.identity) return std::nullopt;
  return LineKey{LinePurpose::own, state_.identity->relay};
}

bool Mailbox::wants_line(bool reading) const {
  return state_.identity && (!questions_.empty() || (reading && state_.joined()));
}

bool Mailbox::drained(Time now) const {
  const auto key = line_key();
  return key && state_.lines.at(*key).is_up() && mailbox_.drained(now) && knock_.drained(now);
}

std::optional<Time> Mailbox::wake_at(Time now) const {
  std::optional<Time> latest;
  for (const auto* reading : {&mailbox_, &knock_}) {
    const Time when{reading->last_arrival + kAnswerWithin};
    if (reading->is_due() && when > now) latest = std::max(latest.value_or(when), when);
  }
  for (const auto* reading : {&mailbox_, &knock_}) {
    if (!reading->is_put_off(now)) continue;
    latest = std::min(latest.value_or(reading->not_before), reading->not_before);
  }
  return latest;
}

std::optional<std::chrono::sys_seconds> Mailbox::relay_time(const Step& step) const {
  const auto key = line_key();
  if (!key || !state_.lines.at(*key).is_up()) return std::nullopt;
  return state_.lines.at(*key).relay_time(step.now());
}

std::optional<seconds> Mailbox::clock_offset(const Step& step) const {
  const auto there = relay_time(step);
  if (!there) return std::nullopt;
  return step.now_seconds() - *there;
}

void Mailbox::ask(Step& step, proto::pb::Request request, OnAnswer on_answer) {
  questions_.push_back({std::move(request), std::move(on_answer)});
  if (const auto key = line_key()) state_.lines.at(*key).hurry(step.now());
}

void Mailbox::pump(Step& step, bool reading) {
  const auto key = line_key();
  if (!key) return;
  auto& line = state_.lines.at(*key);
  if (!line.is_up()) return;
  while (!questions_.empty()) {
    auto question = std::move(questions_.front());
    questions_.pop_front();
    if (question.request.has_register_()) {
      bind(*question.request.mutable_register_(), line.facts());
    }
    if (question.request.has_publish_list()) {
      bind(*question.request.mutable_publish_list(), line.facts());
    }
    if (question.request.has_add_device()) {
      bind(*question.request.mutable_add_device(), line.facts());
    }
    line.request(step, std::move(question.request),
                 [this, relay = key->relay, on_answer = std::move(question.on_answer)](
                     Step& later, const proto::pb::Response* response) {
                   if (response != nullptr) hear_of_registration(response->status());
                   // However the line ended, also if we gave it up: there was no answer.
                   on_answer(later, response,
                             response != nullptr
                                 ? std::nullopt
                                 : std::optional{failure(LineEnd::unreachable, relay)});
                 });
  }
  if (!state_.joined()) return;
  const auto& identity = *state_.identity;
  if (reading) {
    subscribe(step, line, identity.mailbox, mailbox_);
    subscribe(step, line, identity.knock, knock_);
  }
  acknowledge(step, line, identity.mailbox, mailbox_);
  acknowledge(step, line, identity.knock, knock_);
}

namespace {

std::string publication_of(const Identity& identity, const std::string& list,
                           const LineFacts& facts) {
  const crypto::ListPublication publication{
      .list = crypto::DeviceList::hash_of(crypto::as_bytes(list)),
      .relay_key = identity.relay.key,
      .handshake = facts.handshake_hash};
  return to_string(publication.sign(*identity.primary));
}

}  // namespace

void Mailbox::bind(proto::pb::Register& registration, const LineFacts& facts) const {
  const auto& identity = *state_.identity;
  const crypto::NetworkBinding binding{.change = crypto::NetworkKeyChange::add,
                                       .network_key = identity.network_key.public_key,
                                       .device = identity.device.number(),
                                       .relay_key = identity.relay.key,
                                       .handshake = facts.handshake_hash};
  registration.set_network_binding(to_string(binding.sign(*identity.primary)));
}

void Mailbox::bind(proto::pb::PublishList& request, const LineFacts& facts) const {
  request.set_publication(publication_of(*state_.identity, request.device_list(), facts));
}

void Mailbox::bind(proto::pb::AddDevice& request, const LineFacts& facts) const {
  const auto& identity = *state_.identity;
  const crypto::NetworkBinding binding{
      .change = crypto::NetworkKeyChange::add,
      .network_key = crypto::DhPublicKey::parse(crypto::as_bytes(request.network_key())).value(),
      .device = request.device(),
      .relay_key = identity.relay.key,
      .handshake = facts.handshake_hash};
  request.set_network_binding(to_string(binding.sign(*identity.primary)));
  request.set_publication(publication_of(identity, request.device_list(), facts));
}

void Mailbox::subscribe(Step& step, Line& line, const OwnQueue& queue, Reading& reading) {
  if (reading.subscription != Subscription::none || step.now() < reading.not_before) return;
  reading.subscription = Subscription::asked;
  proto::pb::Request request;
  request.mutable_subscribe()->set_queue(to_string(queue.id.bytes));
  request.mutable_subscribe()->set_read_key(to_string(queue.read_key.bytes()));
  line.request(step, std::move(request),
               [this, &reading](Step& later, const proto::pb::Response* response) {
                 if (response == nullptr) {
                   // Also of a line that we gave up: nobody else tells the readers.
                   unreachable_ = failure(LineEnd::unreachable, state_.identity->relay);
                   return;
                 }
                 hear_of_registration(response->status());
                 if (!response->has_subscribed()) {
                   unreachable_ = failure(*response);
                   if (put_off(later, *response, reading)) {
                     reading.subscription = Subscription::none;
                   }
                   return;
                 }
                 unreachable_.reset();
                 registration_ = Registration::known;
                 reading.subscription = Subscription::standing;
                 reading.waiting_up_to = response->subscribed().last_sequence();
                 reading.last_arrival = later.now();
               });
}

// A device that the relay does not know is told so, whatever it asks for that is an account's.
void Mailbox::hear_of_registration(proto::pb::Status status) {
  if (status == proto::pb::STATUS_NOT_REGISTERED) registration_ = Registration::refused;
}

bool Mailbox::push(Step& step, const proto::pb::Cell& cell) {
  const bool knocks = cell.queue() == crypto::as_text(state_.identity->knock.id.bytes);
  if (!knocks && cell.queue() != crypto::as_text(state_.identity->mailbox.id.bytes)) return false;
  auto& reading = knocks ? knock_ : mailbox_;
  const bool is_new = incoming_.receive(step, cell, knocks);
  reading.last_arrival = step.now();
  reading.processed_up_to = std::max(reading.processed_up_to, cell.sequence());
  auto& item = reading.to_acknowledge.emplace_back();
  item.set_sequence(cell.sequence());
  item.set_envelope_id(cell.envelope_id());
  return is_new;
}

// Goes out after the commit of this step, with everything else that is transmitted.
void Mailbox::acknowledge(Step& step, Line& line, const OwnQueue& queue, Reading& reading) {
  if (step.now() < reading.not_before) return;
  while (!reading.to_acknowledge.empty()) acknowledge_some(step, line, queue, reading);
}

void Mailbox::acknowledge_some(Step& step, Line& line, const OwnQueue& queue, Reading& reading) {
  auto& waiting = reading.to_acknowledge;
  const auto count = std::min(std::ssize(waiting), std::ptrdiff_t{proto::kMaxAcknowledgements});
  std::vector<proto::pb::Acknowledge::Item> items{waiting.begin(), waiting.begin() + count};
  waiting.erase(waiting.begin(), waiting.begin() + count);
  proto::pb::Request request;
  auto& operation = *request.mutable_acknowledge();
  operation.set_queue(to_string(queue.id.bytes));
  for (const auto& item : items) *operation.add_items() = item;
  line.request(
      step, std::move(request),
      [&reading, items = std::move(items)](Step& later, const proto::pb::Response* response) {
        // Or the relay would push no more, once its window is full of them.
        if (response == nullptr || !put_off(later, *response, reading)) return;
        std::ranges::copy(items, std::back_inserter(reading.to_acknowledge));
      });
}

bool Mailbox::put_off(const Step& step, const proto::pb::Response& response, Reading& reading) {
  if (response.retry_after_seconds() == 0) return false;
  reading.not_before = step.now() + seconds{response.retry_after_seconds()};
  return true;
}

// However the last line ended: what was not acknowledged on it the relay pushes again, and those
// are repeats.
void Mailbox::line_up(Step& step, const LineFacts& facts) {
  mailbox_ = knock_ = {};
  registration_ = Registration::unknown;
  unreachable_.reset();
  auto& identity = *state_.identity;
  if (!identity.relay_signing_key) {
    identity.relay_signing_key = facts.relay_signing_key;
    identity.save(step);
  }
}

void Mailbox::line_down(Step& step, LineEnd why, bool was_up) {
  mailbox_ = knock_ = {};  // nobody is drained without a line
  unreachable_ = failure(why, state_.identity->relay);
  if (was_up) return;
  for (auto& question : std::exchange(questions_, {})) {
    question.on_answer(step, nullptr, unreachable_);
  }
}

}  // namespace bisik::client
