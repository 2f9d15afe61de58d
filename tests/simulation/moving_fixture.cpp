#include "tests/simulation/moving_fixture.hpp"

#include <algorithm>

namespace bisik::simulation {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;
using std::chrono::minutes;
using std::chrono::seconds;

void Moving::sleep(Duration time) {
  for (auto& one : members_) one->go_offline();
  pass(time);
  for (auto& one : members_) one->come_online();
  pass(std::chrono::minutes{2});
}

Member& Moving::member() {
  return *members_.emplace_back(std::make_unique<Member>(world_, network_, members_.size()));
}

Member& Moving::newcomer() {
  auto& one = member();
  EXPECT_TRUE(one.join(proto::format_link(
      {.relay = relay_.address(), .invite = relay_.make_invite(1), .contact = {}})));
  return one;
}

Member& Moving::linked(Member& primary) {
  auto& other = member();
  ApiRequest request;
  request.mutable_link()->set_relay(proto::format_address(relay_.address()));
  request.mutable_link()->set_history(true);
  const auto command = other.client().next_command();
  const auto shown = other.ask_first(request).made_link().link();
  request.mutable_approve()->set_code(shown);
  EXPECT_TRUE(primary.ask(request).has_digits_wanted());
  request.mutable_confirm_digits()->set_digits(
      other.replies(command).back().link_digits().digits());
  EXPECT_TRUE(primary.ask(request).has_done());
  request.mutable_accept_link();
  EXPECT_TRUE(other.ask(request).has_done());
  pass(seconds{10});
  EXPECT_TRUE(other.replies(command).back().has_who_am_i());
  other.listen();
  pass(minutes{2});
  return other;
}

void Moving::expect_arrives(Member& from, Member& to, const std::string& text) {
  EXPECT_EQ(from.send(to, text).state(), proto::pb::MESSAGE_STATE_RELAY) << text;
  pass(minutes{2});
  EXPECT_EQ(to.times_read(text), 1) << text;
}

std::string Moving::code(Member& old, Member& fresh) {
  ApiRequest request;
  request.mutable_move();
  const auto shown = old.ask(request).succession().link();
  request.mutable_successor()->set_of(shown);
  const auto reply = fresh.ask(request);
  EXPECT_TRUE(reply.has_succession()) << reply.failure().sentence();
  return reply.succession().link();
}

ApiReply Moving::move(Member& old, const std::string& link, bool confirmed) {
  ApiRequest request;
  request.mutable_move()->set_link(link);
  request.mutable_move()->set_confirmed(confirmed);
  return old.ask(request);
}

void Moving::move(Member& old, Member& fresh) {
  const auto reply = move(old, code(old, fresh));
  EXPECT_TRUE(reply.succession().done()) << reply.failure().sentence();
  pass(minutes{2});
}

ApiReply Moving::accept(Member& who, const std::string& name) {
  ApiRequest request;
  request.mutable_accept()->set_name(name);
  return who.ask(request);
}

ApiReply Moving::refuse(Member& who, const std::string& name) {
  ApiRequest request;
  request.mutable_accept()->set_name(name);
  request.mutable_accept()->set_refuse(true);
  return who.ask(request);
}

ApiReply Moving::trust(Member& who, const std::string& name) {
  ApiRequest request;
  request.mutable_verify()->set_name(name);
  request.mutable_verify()->set_action(proto::pb::VerifyCommand::ACTION_TRUST);
  return who.ask(request);
}

proto::pb::ContactEntry Moving::entry(Member& of, const std::string& name) {
  ApiRequest request;
  request.mutable_contacts();
  const auto command = of.client().next_command();
  static_cast<void>(of.ask(request));
  for (const auto& reply : of.replies(command)) {
    if (reply.contact().name() == name) return reply.contact();
  }
  return {};
}

std::vector<std::string> Moving::texts(Member& of, const std::string& chat) {
  ApiRequest request;
  request.mutable_history()->set_chat(chat);
  const auto command = of.client().next_command();
  static_cast<void>(of.ask(request));
  std::vector<std::string> texts;
  for (const auto& reply : of.replies(command)) {
    if (reply.has_message()) {
      texts.push_back((reply.message().ours() ? "> " : "< ") + reply.message().text());
    }
  }
  return texts;
}

proto::pb::Sent::Recipient Moving::send(Member& from, const std::string& to,
                                        const std::string& text) {
  ApiRequest request;
  request.mutable_send()->add_recipients(to);
  request.mutable_send()->set_text(text);
  request.mutable_send()->set_timeout_ms(4'000);
  const auto reply = from.ask(request);
  return reply.has_sent() ? reply.sent().recipients(0) : proto::pb::Sent::Recipient{};
}

std::ptrdiff_t Moving::told(const Member& who, const std::string& part) {
  return std::ranges::count_if(who.notices(), [&](const std::string& notice) {
    return notice.find(part) != std::string::npos;
  });
}

}  // namespace bisik::simulation
