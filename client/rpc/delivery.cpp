#include "client/rpc/delivery.hpp"

#include <utility>

#include "client/rpc/envelope.hpp"
#include "client/rpc/limits.hpp"

namespace bisik::client::rpc {

void Delivery::begin(const Wish& wish, std::vector<proto::pb::ApiRequest> first) {
  wish_ = wish;
  looks_ = true;
  preparing_ = first.size();
  for (auto& request : first) {
    asking_.ask(std::move(request), [this](const proto::pb::ApiReply& reply) { prepared(reply); });
  }
  go_on();
}

void Delivery::prepared(const proto::pb::ApiReply& reply) {
  if (!reply.last() || preparing_ == 0) return;
  --preparing_;
  if (reply.has_failure()) {
    refused_ = to_error(reply.failure());
    wish_.reset();
  }
  go_on();
}

void Delivery::end() {
  if (asked_ != 0) asking_.cancel(std::exchange(asked_, 0));
  wish_.reset();
}

void Delivery::fail(const Error& error) {
  notify(to_received(error, account_), {});
  wish_.reset();
  asked_ = 0;
  preparing_ = 0;
}

std::optional<std::uint64_t> Delivery::number() const {
  return wish_ ? wish_->number : std::nullopt;
}

void Delivery::go_on() {
  if (!wish_ || asked_ != 0 || preparing_ != 0 || !output_.all_written()) return;
  proto::pb::ApiRequest request;
  auto& receive = *request.mutable_receive();
  receive.set_follow(true);
  receive.set_keep(true);
  receive.set_states(true);
  receive.set_max(kReceiveWindow);
  receive.set_since(wish_->since);
  receive.set_consumer(wish_->consumer);
  receive.set_look(std::exchange(looks_, false));
  asked_ =
      asking_.ask(std::move(request), [this](const proto::pb::ApiReply& reply) { take(reply); });
}

void Delivery::take(const proto::pb::ApiReply& reply) {
  // The next owner of the profile hands out again what was not acknowledged yet.
  if (reply.has_message() && reply.message().cursor() > wish_->since) {
    const auto cursor = reply.message().cursor();
    wish_->since = cursor;
    notify(to_received(reply.message(), account_),
           wish_->keep ? Shown{} : Shown{{cursor}, wish_->consumer, party_});
  }
  if (reply.message().by_other_device()) mention(to_synced(reply.message(), account_));
  const auto state = reply.state_changed().state();
  const bool is_receipt =
      state == proto::pb::MESSAGE_STATE_DELIVERED || state == proto::pb::MESSAGE_STATE_READ;
  if (is_receipt) {
    const auto& changed = reply.state_changed();
    mention(changed.of_theirs() ? to_synced(changed, account_) : to_received(changed, account_));
  }
  if (reply.has_typing()) mention(to_received(reply.typing(), account_));
  if (!reply.last()) return;
  asked_ = 0;
  if (reply.has_failure()) return fail(to_error(reply.failure()));
  go_on();
}

// Who does not read hears of the first alone.
void Delivery::mention(Json received) {
  if (output_.all_written()) mentioned_ = 0;
  if (mentioned_ == kMaxMentioned) return;
  ++mentioned_;
  notify(std::move(received), {});
}

void Delivery::notify(Json received, Shown shown) {
  if (wish_->bare) return output_.say(received, {std::move(shown)});
  Json params = std::move(received);
  if (wish_->number) params = {{"subscription", *wish_->number}, {"result", std::move(params)}};
  output_.say({{"jsonrpc", "2.0"}, {"method", "receive"}, {"params", std::move(params)}},
              {std::move(shown)});
}

}  // namespace bisik::client::rpc
