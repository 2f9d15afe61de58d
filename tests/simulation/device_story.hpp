// A relay, Alice and Bob who are contacts, and whoever else comes: for stories of accounts with
// several devices.
#pragma once

#include <gtest/gtest.h>

#include "tests/simulation/member.hpp"
#include "tests/simulation/wiretap.hpp"

namespace bisik::simulation {

class DeviceStory : public testing::Test {
 protected:
  explicit DeviceStory(const server::Limits& limits = {}) : relay_{world_, Defect::none, limits} {
    tap_.attach(network_);
    alice_ = &newcomer();
    bob_ = &newcomer();
    bob_->add(alice_->invite());
    pass(std::chrono::seconds{10});
  }

  void pass(Duration time) { world_.run_until(world_.now() + time); }

  // With everybody switched off, so that it costs nothing.
  void sleep(Duration time) {
    for (auto& one : members_) one->go_offline();
    pass(time);
    for (auto& one : members_) one->come_online();
    pass(std::chrono::minutes{2});
  }

  Member& member() {
    return *members_.emplace_back(std::make_unique<Member>(world_, network_, members_.size()));
  }

  Member& newcomer() {
    auto& one = member();
    EXPECT_TRUE(one.join(proto::format_link(
        {.relay = relay_.address(), .invite = relay_.make_invite(1), .contact = {}})));
    return one;
  }

  // What the new device shows; its other replies come under `link_command`.
  std::string begin_link(Member& fresh, bool history = true) {
    proto::pb::ApiRequest request;
    request.mutable_link()->set_relay(proto::format_address(relay_.address()));
    request.mutable_link()->set_history(history);
    link_command_ = fresh.client().next_command();
    return fresh.ask_first(request).made_link().link();
  }

  proto::pb::ApiReply approve(Member& primary, const std::string& code) {
    proto::pb::ApiRequest request;
    request.mutable_approve()->set_code(code);
    approve_command_ = primary.client().next_command();
    return primary.ask(request);
  }

  proto::pb::ApiReply confirm(Member& primary, const std::string& digits) {
    proto::pb::ApiRequest request;
    request.mutable_confirm_digits()->set_digits(digits);
    return primary.ask(request);
  }

  static proto::pb::ApiReply accept(Member& fresh) {
    proto::pb::ApiRequest request;
    request.mutable_accept_link();
    return fresh.ask(request);
  }

  std::string digits_of(const Member& fresh) {
    for (const auto& reply : fresh.replies(link_command_)) {
      if (reply.has_link_digits()) return reply.link_digits().digits();
    }
    return {};
  }

  Member& linked(Member& primary, bool history = true) {
    auto& fresh = member();
    const auto code = begin_link(fresh, history);
    EXPECT_TRUE(approve(primary, code).has_digits_wanted());
    EXPECT_TRUE(confirm(primary, digits_of(fresh)).has_done());
    EXPECT_TRUE(primary.replies(approve_command_).back().has_link_granted());
    EXPECT_TRUE(accept(fresh).has_done());
    pass(std::chrono::seconds{10});
    EXPECT_TRUE(primary.replies(approve_command_).back().has_done());
    EXPECT_TRUE(fresh.replies(link_command_).back().has_who_am_i());
    fresh.listen();
    pass(std::chrono::minutes{2});
    return fresh;
  }

  // What the replies to this name.
  static std::vector<proto::pb::Message> messages(Member& of,
                                                  const proto::pb::ApiRequest& request) {
    const auto command = of.client().next_command();
    static_cast<void>(of.ask(request));
    std::vector<proto::pb::Message> messages;
    for (const auto& reply : of.replies(command)) {
      if (reply.has_message()) messages.push_back(reply.message());
    }
    return messages;
  }

  static std::vector<proto::pb::Message> history(Member& of, const std::string& chat) {
    proto::pb::ApiRequest request;
    request.mutable_history()->set_chat(chat);
    return messages(of, request);
  }

  static std::vector<proto::pb::Message> history(Member& of, const Member& with) {
    return history(of, with.name());
  }

  // What the chat shows: ours behind ">", theirs behind "<".
  static std::vector<std::string> texts(Member& of, const std::string& chat) {
    std::vector<std::string> texts;
    for (const auto& message : history(of, chat)) {
      texts.push_back((message.ours() ? "> " : "< ") + message.text());
    }
    return texts;
  }

  static std::vector<std::string> texts(Member& of, const Member& with) {
    return texts(of, with.name());
  }

  static std::size_t count_devices(Member& member) {
    proto::pb::ApiRequest request;
    request.mutable_devices();
    const auto command = member.client().next_command();
    static_cast<void>(member.ask(request));
    return member.replies(command).size() - 1;
  }

  // Somebody puts an older copy of the folder back.
  void restore(Member& member, const storage::DiskImage& copy) {
    member.go_offline();
    member.client().restore(copy);
    member.come_online();
    pass(std::chrono::seconds{10});
  }

  static proto::pb::ApiReply ask_for_devices(Member& member) {
    proto::pb::ApiRequest request;
    request.mutable_devices();
    return member.ask(request);
  }

  static proto::pb::Trust trust(Member& of, const Member& in) {
    proto::pb::ApiRequest request;
    request.mutable_verify()->set_name(in.name());
    return of.ask(request).safety_number().trust();
  }

  static proto::pb::ApiReply remove_device(Member& member, std::uint32_t number) {
    proto::pb::ApiRequest request;
    request.mutable_remove_device()->set_number(number);
    return member.ask(request);
  }

  // Whoever receives once, as a person does.
  static std::vector<std::string> told_reading_along(Member& person) {
    proto::pb::ApiRequest request;
    request.mutable_receive()->set_person(true);
    const auto command = person.client().next_command();
    static_cast<void>(person.ask(request));
    std::vector<std::string> sentences;
    for (const auto& reply : person.replies(command)) {
      if (reply.has_notice()) sentences.push_back(reply.notice().sentence());
    }
    return sentences;
  }

  void expect_arrives(Member& from, Member& to, const std::string& text) {
    EXPECT_EQ(from.send(to, text).state(), proto::pb::MESSAGE_STATE_RELAY) << text;
    pass(std::chrono::minutes{2});
    EXPECT_EQ(to.times_read(text), 1) << text;
  }

  World world_{1};
  RelayParty relay_;
  Wiretap tap_{relay_};
  Network network_{world_, tap_};
  std::vector<std::unique_ptr<Member>> members_;
  Member* alice_ = nullptr;
  Member* bob_ = nullptr;
  client::CommandId link_command_ = 0;
  client::CommandId approve_command_ = 0;
};

}  // namespace bisik::simulation
