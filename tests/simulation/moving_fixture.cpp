#include "tests/simulation/moving_fixture.hpp"

#include <algorithm>

namespace bisik::simulation {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;
using std::chrono::minutes;

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
