#include "client/engine/engine.hpp"

#include "client/engine/parts.hpp"
#include "proto/frame.hpp"

namespace bisik::client {

using proto::pb::ApiRequest;

Engine::Engine(const RowSource& rows) : parts_{std::make_unique<Parts>(rows)} {}
Engine::~Engine() = default;

Effects Engine::start(Now now) {
  Step step{now};
  parts_->restoring.load(step);
  parts_->outgoing.load(step);
  parts_->rollback.load();
  parts_->sends.load(step);
  parts_->copies.load(step);
  parts_->incoming.load();
  parts_->own_news.load();
  parts_->own_list.load();
  return parts_->conclude(std::move(step));
}

Effects Engine::command(CommandId command, const ApiRequest& request, Now now) {
  Step step{now};
  parts_->dispatch(step, command, request);
  return parts_->conclude(std::move(step));
}

Effects Engine::cancel(CommandId command, Now now) {
  Step step{now};
  parts_->readers.cancel(command);
  parts_->sends.cancel(step, command);
  parts_->own_list.cancel(command);
  parts_->newcomers.cancel(command);
  parts_->linking.cancel(step, command);
  parts_->device_joining.cancel(command);
  parts_->takeover.cancel(command);
  parts_->set_up.cancel(command);
  return parts_->conclude(std::move(step));
}

Effects Engine::line_up(LineId id, const LineFacts& facts, Now now) {
  Step step{now};
  if (auto* line = parts_->state.lines.find(id)) {
    line->up(facts, now.steady);
    if (line->key().purpose == LinePurpose::own) {
      parts_->mailbox.line_up(step, facts);
      parts_->upkeep.line_up();
    }
  }
  return parts_->conclude(std::move(step));
}

Effects Engine::line_down(LineId id, LineEnd why, Now now) {
  Step step{now};
  if (auto* line = parts_->state.lines.find(id)) {
    const bool was_up = line->is_up();
    line->down(step);
    if (line->key().purpose == LinePurpose::own) {
      parts_->mailbox.line_down(step, why, was_up);
    } else if (!was_up) {
      parts_->outgoing.line_failed(step, line->key(), why);
      parts_->device_joining.line_failed(step, line->key(), why);
      parts_->takeover.line_failed(step, line->key(), why);
      parts_->own_list.line_failed(step, line->key(), why);
    }
  }
  return parts_->conclude(std::move(step));
}

Effects Engine::frame(LineId id, crypto::ByteView frame, Now now) {
  Step step{now};
  if (auto* line = parts_->state.lines.find(id); line != nullptr && line->is_up()) {
    line->heard(now.steady);
    const auto message = proto::decode_from_relay(frame);
    const bool taken =
        message && (message->has_push()
                        ? parts_->push(step, line->key(), message->push())
                        : message->has_response() && line->response(step, message->response()));
    if (!taken) line->hang_up(step);  // a relay that breaks the protocol
  }
  return parts_->conclude(std::move(step));
}

Effects Engine::tick(Now now) {
  Step step{now};
  parts_->incoming.try_again(step);
  return parts_->conclude(std::move(step));
}

std::optional<Time> Engine::wake_at() const { return parts_->wake_at; }

bool Engine::idle(Time now) const {
  const auto& parts = *parts_;
  return !parts.sends.any() && !parts.state.lines.anything_unanswered() &&
         !parts.mailbox.wants_line(false) && parts.outgoing.settled(now) &&
         parts.copies.settled(now) && !parts.linking.any() && !parts.device_joining.any() &&
         !parts.takeover.any() && !parts.set_up.any() && !parts.own_list.any() &&
         !parts.newcomers.any();
}

const crypto::DhKeyPair* Engine::network_key() const {
  const auto& identity = parts_->state.identity;
  return identity ? &identity->network_key : nullptr;
}

}  // namespace bisik::client
