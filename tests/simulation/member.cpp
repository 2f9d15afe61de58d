#include "tests/simulation/member.hpp"

#include <algorithm>

#include "client/engine/step.hpp"
#include "proto/rows.pb.h"

namespace bisik::simulation {
namespace {

constexpr std::chrono::seconds kPatience{5};

}  // namespace

Member::Member(World& world, Network& network, std::uint64_t number)
    : world_{world},
      name_{"P" + std::to_string(number)},
      client_{world, network, number, Defect::none} {
  client_.attach(*this);
  client_.start();
}

void Member::come_online() {
  if (client_.is_running()) return;
  client_.start();
  listen();
}

void Member::go_offline() {
  if (client_.is_running()) client_.die(false);
}

void Member::listen() {
  proto::pb::ApiRequest request;
  request.mutable_receive()->set_follow(true);
  request.mutable_receive()->set_states(true);
  client_.command(request);
}

proto::pb::ApiReply Member::ask(const proto::pb::ApiRequest& request) {
  const auto command = client_.next_command();
  client_.command(request);
  world_.run_until(world_.now() + kPatience);
  const auto& replies = replies_[command];
  return replies.empty() ? proto::pb::ApiReply{} : replies.back();
}

proto::pb::ApiReply Member::ask_first(const proto::pb::ApiRequest& request) {
  const auto command = client_.next_command();
  static_cast<void>(ask(request));
  const auto& replies = replies_[command];
  return replies.empty() ? proto::pb::ApiReply{} : replies.front();
}

bool Member::is_over(client::CommandId command) const {
  const auto found = replies_.find(command);
  return found != replies_.end() && !found->second.empty() && found->second.back().last();
}

bool Member::join(const std::string& link) {
  proto::pb::ApiRequest request;
  request.mutable_join()->set_link(link);
  request.mutable_join()->set_name(name_);
  const bool joined = ask(request).has_who_am_i();
  listen();
  return joined;
}

std::string Member::invite(std::chrono::seconds lifetime) {
  proto::pb::ApiRequest request;
  request.mutable_invite()->set_contact_only(true);
  request.mutable_invite()->set_lifetime_seconds(static_cast<std::uint32_t>(lifetime.count()));
  return ask(request).made_link().link();
}

void Member::add(const std::string& link) {
  proto::pb::ApiRequest request;
  request.mutable_add()->set_link(link);
  static_cast<void>(ask(request));
}

void Member::tell_nothing_to(const Member& contact) {
  proto::pb::ApiRequest request;
  request.mutable_receipts()->set_name(contact.name());
  request.mutable_receipts()->set_delivery(proto::pb::ReceiptsCommand::SWITCH_OFF);
  request.mutable_receipts()->set_read(proto::pb::ReceiptsCommand::SWITCH_OFF);
  static_cast<void>(ask(request));
}

proto::pb::Sent::Recipient Member::send(const Member& to, const std::string& text, bool queue) {
  proto::pb::ApiRequest request;
  request.mutable_send()->add_recipients(to.name());
  request.mutable_send()->set_text(text);
  request.mutable_send()->set_queue(queue);
  request.mutable_send()->set_timeout_ms(4'000);
  const auto reply = ask(request);
  return reply.has_sent() ? reply.sent().recipients(0) : proto::pb::Sent::Recipient{};
}

std::ptrdiff_t Member::times_read(const std::string& text) const {
  return std::ranges::count(read_, text);
}

std::ptrdiff_t Member::times_in_history(const Member& of, const std::string& text) {
  proto::pb::ApiRequest request;
  request.mutable_history()->set_chat(of.name());
  const auto command = client_.next_command();
  static_cast<void>(ask(request));
  return std::ranges::count_if(replies_[command], [&](const proto::pb::ApiReply& reply) {
    return reply.has_message() && !reply.message().ours() && reply.message().text() == text;
  });
}

std::optional<bool> Member::was_told_relay_of(const std::string& contact) const {
  for (const auto& stored : client_.rows().all(client::RowKind::contact)) {
    const auto row = client::parse_row<proto::pb::ContactRow>(stored);
    if (row.name() == contact) return row.relay_is_said();
  }
  return std::nullopt;
}

std::vector<std::map<std::string, std::string>> Member::server_view(const std::string& table) {
  proto::pb::ApiRequest request;
  request.mutable_who_am_i()->set_server_view(true);
  const auto command = client_.next_command();
  static_cast<void>(ask(request));
  std::vector<std::map<std::string, std::string>> rows;
  for (const auto& reply : replies_[command]) {
    if (!reply.has_server_row() || reply.server_row().table() != table) continue;
    auto& row = rows.emplace_back();
    for (const auto& field : reply.server_row().fields()) row[field.name()] = field.value();
  }
  return rows;
}

void Member::answered(client::CommandId command, const proto::pb::ApiReply& reply) {
  replies_[command].push_back(reply);
  if (reply.has_notice()) notices_.push_back(reply.notice().sentence());
  if (!reply.has_message() || reply.message().ours()) return;
  read_.push_back(reply.message().text());
  // Not from within the event that has handed it out.
  world_.after(Duration{1}, [this, id = reply.message().id()] { acknowledge(id); });
}

void Member::acknowledge(const std::string& id) {
  if (!client_.is_running()) return;
  proto::pb::ApiRequest request;
  request.mutable_ack()->add_ids(id);
  client_.command(request);
}

}  // namespace bisik::simulation
