#include "server/clerk.hpp"

namespace bisik::server {
namespace {

template <class... Cases>
struct Match : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Match(Cases...) -> Match<Cases...>;

Outcome answer_to(const Operation& operation) {
  Outcome outcome{operation.ticket, {}, {}};
  outcome.response.set_number(operation.ticket.number);
  return outcome;
}

void put(const Reply& reply, proto::pb::Response& response) {
  response.set_status(reply.status);
  response.set_retry_after_seconds(static_cast<std::uint32_t>(reply.retry_after.count()));
}

void put(DeviceDesk::Published published, Outcome& outcome) {
  put(published.reply, outcome.response);
  if (!published.removed.network_keys.empty()) outcome.news = std::move(published.removed);
}

}  // namespace

Clerk::Clerk(storage::RelayStore& store, const Limits& limits, const crypto::DhPublicKey& relay_key)
    : limits_{limits},
      sweeper_{store},
      prekeys_{store, limits},
      mailroom_{store, limits},
      registry_{store, limits, mailroom_, prekeys_, relay_key},
      devices_{store, relay_key},
      grants_{store, limits} {}

Outcome Clerk::execute(const Operation& operation, Time now) {
  Outcome outcome = answer_to(operation);
  const Match execute_one{
      [&](const op::Register& request) {
        put(registry_.register_account(request, now, sweeper_.today(now)), outcome.response);
      },
      [&](const op::AddDevice& request) {
        put(devices_.add_device(request, sweeper_.today(now)), outcome);
      },
      [&](const op::CreateInvite& request) { create_invite(request, now, outcome); },
      [&](const op::SendCell& request) { send(request, now, outcome); },
      [&](const op::Subscribe& request) { subscribe(request, now, outcome); },
      [&](const op::FetchBundle& request) {
        auto fetched = prekeys_.fetch(request, now);
        put(fetched.reply, outcome.response);
        if (fetched.reply.ok()) *outcome.response.mutable_bundles() = std::move(fetched.bundles);
      },
      [&](const op::CreateGroupQueue& request) { create_group_queue(request, now, outcome); },
      [&](const op::ReadGroupQueue& request) { read_group_queue(request, now, outcome); },
      [&](const op::Acknowledge& request) {
        mailroom_.acknowledge(request, sweeper_.today(now));
        put(kOk, outcome.response);
      },
      [&](const op::ReadPage& request) { outcome.news = mailroom_.read(request); },
      [&](const op::Count&) {
        outcome.news = registry_.totals();
        put(kOk, outcome.response);
      },
      [&](const op::Sweep&) { outcome.news = sweeper_.sweep(now); },
      [&](const op::Forget& request) { mailroom_.forget(request.connection); },
      [&](const auto& request) { execute_for_device(request, now, outcome); },
  };
  std::visit(execute_one, operation.action);
  return outcome;
}

template <class Request>
void Clerk::execute_for_device(const Request& request, Time now, Outcome& outcome) {
  const auto device = registry_.caller(request.network_key, sweeper_.today(now));
  if (!device) return put(kNotRegistered, outcome.response);
  const auto& account = device->account_id;
  auto& response = outcome.response;
  const Match execute_one{
      [&](const op::PublishBundle& wanted) {
        put(prekeys_.publish_bundle(*device, wanted.bundle), response);
      },
      [&](const op::PublishList& wanted) { put(devices_.publish_list(*device, wanted), outcome); },
      [&](const op::RaiseStateEpoch& wanted) {
        put(kOk, response);
        *response.mutable_state_epoch() = devices_.raise_state_epoch(*device, wanted);
      },
      [&](const op::PublishOneTimeKeys& wanted) {
        put(wanted.replace ? prekeys_.replace_one_time_keys(*device, wanted.keys)
                           : prekeys_.publish_one_time_keys(*device, wanted.keys),
            response);
      },
      [&](const op::CountOneTimeKeys&) {
        put(kOk, response);
        *response.mutable_one_time_key_count() = prekeys_.count(*device);
      },
      [&](const op::CreateQueue& wanted) {
        put(mailroom_.create_queue(*device, wanted.queue, now), response);
      },
      [&](const op::AddWriteKey& wanted) {
        put(mailroom_.add_write_key(account, wanted, now), response);
      },
      [&](const op::RemoveWriteKey& wanted) {
        put(mailroom_.remove_write_key(account, wanted, now), response);
      },
      [&](const op::DrawGrants& wanted) { put(grants_.draw(account, wanted, now), response); },
      [&](const op::ServerView&) {
        auto view = registry_.server_view(account, now);
        put(view.reply, response);
        if (view.reply.ok()) *response.mutable_rows() = std::move(view.rows);
      },
  };
  execute_one(request);
}

void Clerk::create_invite(const op::CreateInvite& request, Time now, Outcome& outcome) {
  std::optional<Id> account;
  if (request.network_key) {
    const auto device = registry_.caller(*request.network_key, sweeper_.today(now));
    if (!device) return put(kNotRegistered, outcome.response);
    account = device->account_id;
  }
  put(registry_.create_invite(account, request, now), outcome.response);
}

void Clerk::send(const op::SendCell& request, Time now, Outcome& outcome) {
  Mailroom::Sender sender{outcome.ticket.connection, std::nullopt};
  if (request.network_key) {
    const auto device = registry_.caller(*request.network_key, sweeper_.today(now));
    if (!device) {
      mailroom_.refuse_from_now_on(sender.connection, request.queue, kNotRegistered);
      outcome.news = RefusedCell{request.queue};
      return put(kNotRegistered, outcome.response);
    }
    sender.account = device->account_id;
  }
  auto sent = mailroom_.send(sender, request, now, sweeper_.today(now));
  put(sent.reply, outcome.response);
  if (sent.stored) {
    outcome.news = std::move(*sent.stored);
  } else if (sent.reply.ok()) {
    outcome.news = RepeatedCell{request.queue};
  } else {
    outcome.news = RefusedCell{request.queue};
  }
}

void Clerk::subscribe(const op::Subscribe& request, Time now, Outcome& outcome) {
  const bool known =
      !request.network_key || registry_.caller(*request.network_key, sweeper_.today(now));
  if (!known) return put(kNotRegistered, outcome.response);
  auto subscription = mailroom_.subscribe(request, now);
  put(subscription.reply, outcome.response);
  if (!subscription.opened) return;
  *outcome.response.mutable_subscribed() = subscription.subscribed;
  outcome.news = std::move(*subscription.opened);
}

// The grant is looked for whatever the queue's id may be: without one nobody learns of any queue.
void Clerk::create_group_queue(const op::CreateGroupQueue& request, Time now, Outcome& outcome) {
  if (mailroom_.is_group_queue(request.queue, now)) return put(kOk, outcome.response);
  const auto reply = mailroom_.check(request.queue);
  if (reply.status == proto::pb::STATUS_MALFORMED) return put(reply, outcome.response);
  if (!grants_.is_good(request.grant_hash, now)) return put(kRefused, outcome.response);
  if (!reply.ok()) return put(reply, outcome.response);
  grants_.spend(request.grant_hash);
  mailroom_.create_group_queue(request.queue, now);
  put(kOk, outcome.response);
}

void Clerk::read_group_queue(const op::ReadGroupQueue& request, Time now, Outcome& outcome) {
  auto page = mailroom_.read_group(request, now);
  if (!page) return put(kRefused, outcome.response);
  put(kOk, outcome.response);
  *outcome.response.mutable_group_cells() = std::move(*page);
}

Outcome Clerk::refuse(const Operation& operation, const Reply& reply) {
  Outcome outcome = answer_to(operation);
  put(reply, outcome.response);
  const Match refuse_one{
      [&](const op::SendCell& request) {
        mailroom_.refuse_from_now_on(operation.ticket.connection, request.queue, reply);
        outcome.news = RefusedCell{request.queue};
      },
      [&](const op::ReadPage& request) {  // nothing for now; the reader asks again
        outcome.news = Page{request.queue, request.subscription, {}, false};
      },
      [&](const op::Sweep&) { outcome.news = Swept{false}; },
      [&](const op::Forget& request) { mailroom_.forget(request.connection); },
      [](const auto&) {},
  };
  std::visit(refuse_one, operation.action);
  return outcome;
}

}  // namespace bisik::server
