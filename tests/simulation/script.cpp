#include "tests/simulation/script.hpp"

#include <algorithm>
#include <charconv>

namespace bisik::simulation {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;

constexpr Duration kRetry{2'000};

// Every second text: sent again under the same key even if the client died over it.
bool has_key(std::size_t index) { return index % 2 == 0; }

std::optional<std::size_t> number_of(std::string_view name) {
  std::size_t number = 0;
  if (name.size() < 2 || name.front() != 'P') return std::nullopt;
  const auto digits = name.substr(1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string name_of(std::size_t number) { return "P" + std::to_string(number); }

Script::Script(World& world, ClientParty& client, History& history)
    : world_{world}, client_{client}, history_{history}, number_{client.number()} {
  client_.attach(*this);
}

void Script::ask(ApiRequest request, OnReply on_reply) {
  if (!client_.is_running()) return;
  // The reply may come within the call, so the number has to be known before.
  open_[client_.next_command()] = std::move(on_reply);
  client_.command(std::move(request));
}

void Script::answered(client::CommandId command, const ApiReply& reply) {
  const auto found = open_.find(command);
  if (found == open_.end()) return;
  const auto on_reply = found->second;
  if (reply.last()) open_.erase(found);
  on_reply(reply);
}

void Script::start_client() {
  if (client_.is_running()) return;
  client_.start();
  if (!client_.is_running()) return;
  if (!joined_ && !join_link_.empty()) join(join_link_);
  if (joined_) read_everything();
  for (const auto index : std::vector{sending_}) try_to_send(index);
}

void Script::client_died() {
  open_.clear();
  ++life_;
  std::erase_if(sending_, [](std::size_t index) { return !has_key(index); });
}

void Script::give_up() {
  for (const auto index : std::exchange(sending_, {}))
    history_.sent[index].told = Sent::Told::nothing;
}

void Script::join(const std::string& link) {
  join_link_ = link;
  ApiRequest request;
  request.mutable_join()->set_link(link);
  request.mutable_join()->set_name(name_of(number_));
  ask(std::move(request), [this](const ApiReply& reply) {
    if (reply.has_who_am_i() || reply.failure().exit_code() == 1) {
      joined_ = true;
      return read_everything();
    }
    world_.after(kRetry, [this] {
      if (!joined_) join(join_link_);
    });
  });
}

void Script::add(const std::string& link) {
  ApiRequest request;
  request.mutable_add()->set_link(link);
  ask(std::move(request), [](const ApiReply&) {});
}

void Script::invite(std::function<void(std::string)> made) {
  ApiRequest request;
  request.mutable_invite();
  ask(std::move(request), [this, made](const ApiReply& reply) {
    if (reply.has_made_link()) return made(reply.made_link().link());
    world_.after(kRetry, [this, made] { invite(made); });
  });
}

void Script::look_at_contacts() {
  ApiRequest request;
  request.mutable_contacts();
  ask(std::move(request), [this](const ApiReply& reply) {
    if (!reply.has_contact()) return;
    if (const auto number = number_of(reply.contact().name())) {
      contacts_[*number] = reply.contact().name();
    }
  });
}

void Script::send(std::size_t to, std::size_t bytes) {
  std::string text = name_of(number_) + " says " + std::to_string(++texts_) + " ";
  while (text.size() < bytes) text += static_cast<char>('a' + world_.below(26));
  const auto index = history_.sent.size();
  history_.sent.push_back({.from = number_, .to = to, .text = std::move(text)});
  sending_.push_back(index);
  try_to_send(index);
}

void Script::try_to_send(std::size_t index) {
  if (!client_.is_running()) return;
  auto& sent = history_.sent[index];
  ApiRequest request;
  request.mutable_send()->add_recipients(name_of(sent.to));
  request.mutable_send()->set_text(sent.text);
  request.mutable_send()->set_timeout_ms(10'000);
  if (has_key(index)) request.mutable_send()->set_idempotency_key(std::to_string(index));
  sent.told = Sent::Told::nothing;
  ask(std::move(request), [this, index](const ApiReply& reply) {
    if (reply.has_sent()) told(index, reply.sent().recipients(0));
  });
}

void Script::told(std::size_t index, const proto::pb::Sent::Recipient& recipient) {
  auto& sent = history_.sent[index];
  if (recipient.state() == proto::pb::MESSAGE_STATE_RELAY) {
    sent.told = Sent::Told::stored;
    std::erase(sending_, index);
    return;
  }
  sent.told = recipient.state() == proto::pb::MESSAGE_STATE_UNCONFIRMED ? Sent::Told::unconfirmed
                                                                        : Sent::Told::not_sent;
  world_.after(kRetry, [this, index, life = life_] {
    if (life == life_) try_to_send(index);  // a new life has begun with everything that is left
  });
}

void Script::read_everything() {
  ApiRequest request;
  request.mutable_receive()->set_follow(true);
  ask(std::move(request), [this](const ApiReply& reply) {
    if (reply.has_message()) received(reply.message());
  });
}

void Script::received(const proto::pb::Message& message) {
  if (const auto from = number_of(message.chat())) {
    history_.handed_out[{number_, *from}].push_back(message.text());
  }
  ApiRequest request;
  request.mutable_ack()->add_ids(message.id());
  // Not from within the event that has handed it out.
  world_.after(Duration{1}, [this, request] { ask(request, [](const ApiReply&) {}); });
}

void Script::write_down() {
  for (const auto& [number, name] : contacts_) {
    auto& kept = history_.kept[{number_, number}];
    ApiRequest request;
    request.mutable_history()->set_chat(name);
    ask(std::move(request), [&kept](const ApiReply& reply) {
      if (!reply.has_message()) return;
      (reply.message().ours() ? kept.ours : kept.theirs).push_back(reply.message().text());
    });
  }
}

}  // namespace bisik::simulation
