#include "tests/simulation/correspondent.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;

constexpr Duration kAwayAfterDeath{1'000};
constexpr std::chrono::hours kLinkLifetime{24 * 31};

}  // namespace

Correspondent::Correspondent(World& world, Network& network, std::uint64_t number, std::string name,
                             Defect defect, StepWatch& watch)
    : world_{world}, name_{std::move(name)}, client_{world, network, number, defect} {
  client_.attach(*this);
  client_.attach(watch);
  client_.start();
}

void Correspondent::ask(const ApiRequest& request, OnReply on_reply) {
  if (!client_.is_running()) return;
  // The reply may come within the call, so the number has to be known before.
  open_[client_.next_command()] = std::move(on_reply);
  client_.command(request);
}

void Correspondent::answered(client::CommandId command, const ApiReply& reply) {
  const auto found = open_.find(command);
  if (found == open_.end()) return;
  const auto on_reply = found->second;
  if (reply.last()) open_.erase(found);
  if (on_reply) on_reply(reply);
}

void Correspondent::client_died() {
  open_.clear();
  world_.after(kAwayAfterDeath, [this] { wake(); });
}

void Correspondent::rest() {
  resting_ = true;
  if (client_.is_running()) client_.die(false);
}

void Correspondent::get_up() {
  resting_ = false;
  wake();
}

void Correspondent::wake() {
  if (resting_ || client_.is_running()) return;
  client_.start();
  if (!account_.empty()) listen();
}

void Correspondent::join(const std::string& link) {
  ApiRequest request;
  request.mutable_join()->set_link(link);
  request.mutable_join()->set_name(name_);
  ask(request, [this](const ApiReply& reply) {
    if (!reply.has_who_am_i()) return;
    account_ = reply.who_am_i().account();
    listen();
  });
}

void Correspondent::invite(std::function<void(std::string)> made) {
  ApiRequest request;
  request.mutable_invite()->set_contact_only(true);
  request.mutable_invite()->set_lifetime_seconds(
      static_cast<std::uint32_t>(std::chrono::seconds{kLinkLifetime}.count()));
  ask(request, [made](const ApiReply& reply) {
    if (reply.has_made_link()) made(reply.made_link().link());
  });
}

void Correspondent::link(const proto::RelayAddress& relay) {
  ApiRequest request;
  request.mutable_link()->set_relay(proto::format_address(relay));
  ask(request, [this](const ApiReply& reply) {
    if (reply.has_made_link()) code_ = reply.made_link().link();
    if (reply.has_link_digits()) digits_ = reply.link_digits().digits();
    if (!reply.has_who_am_i()) return;
    account_ = reply.who_am_i().account();
    // Not from within the event that has told it.
    world_.after(Duration{1}, [this] { listen(); });
  });
}

void Correspondent::accept_link() {
  ApiRequest request;
  request.mutable_accept_link();
  ask(request, {});
}

void Correspondent::approve(const std::string& code) {
  ApiRequest request;
  request.mutable_approve()->set_code(code);
  ask(request, {});
}

void Correspondent::confirm(const std::string& digits) {
  ApiRequest request;
  request.mutable_confirm_digits()->set_digits(digits);
  ask(request, {});
}

void Correspondent::add(const std::string& link) {
  ApiRequest request;
  request.mutable_add()->set_link(link);
  ask(request, {});
}

void Correspondent::write(const Correspondent& to, const std::string& text, bool queued,
                          std::function<void()> kept) {
  ApiRequest request;
  request.mutable_send()->add_recipients(to.name());
  request.mutable_send()->set_text(text);
  request.mutable_send()->set_queue(queued);
  ask(request, [this, text, kept = std::move(kept)](const ApiReply& reply) {
    if (!reply.has_sent()) return;
    const auto state = reply.sent().recipients(0).state();
    if (state == proto::pb::MESSAGE_STATE_RELAY) stored_.insert(text);
    if (state != proto::pb::MESSAGE_STATE_FAILED && kept) kept();
  });
}

void Correspondent::trust_anew() {
  ApiRequest contacts;
  contacts.mutable_contacts();
  ask(contacts, [this](const ApiReply& reply) {
    if (!reply.has_contact() || reply.contact().trust() != proto::pb::TRUST_CHANGED) return;
    ApiRequest request;
    request.mutable_verify()->set_name(reply.contact().name());
    request.mutable_verify()->set_action(proto::pb::VerifyCommand::ACTION_TRUST);
    // Not from within the event that has shown it.
    world_.after(Duration{1}, [this, request] { ask(request, {}); });
  });
}

void Correspondent::accept_requests() {
  ApiRequest requests;
  requests.mutable_requests();
  ask(requests, [this](const ApiReply& reply) {
    if (!reply.has_contact()) return;
    ApiRequest request;
    request.mutable_accept()->set_name(reply.contact().name());
    world_.after(Duration{1}, [this, request] { ask(request, {}); });
  });
}

void Correspondent::listen() {
  ApiRequest request;
  request.mutable_receive()->set_follow(true);
  request.mutable_receive()->set_states(true);
  ask(request, [this](const ApiReply& reply) {
    if (reply.has_notice()) notices_.push_back(reply.notice().sentence());
    if (reply.has_message() && !reply.message().ours()) received(reply.message());
  });
}

void Correspondent::received(const proto::pb::Message& message) {
  read_.push_back({message.id(), message.from_account(), message.text()});
  ApiRequest request;
  request.mutable_ack()->add_ids(message.id());
  world_.after(Duration{1}, [this, request] { ask(request, {}); });
}

}  // namespace bisik::simulation
