// Notes to oneself: kept at once, shown on all devices of the account, and sent to nobody else.
#include "tests/simulation/device_story.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::ApiRequest;
using proto::pb::Message;
using proto::pb::Reference;
using proto::pb::TraceStep;
using std::chrono::milliseconds;
using std::chrono::minutes;

class Notes : public DeviceStory {
 protected:
  static proto::pb::Sent::Recipient note(Member& member, const std::string& text,
                                         const std::string& replaces = {}) {
    ApiRequest request;
    request.mutable_send()->add_recipients("note-to-self");
    request.mutable_send()->set_text(text);
    if (!replaces.empty()) {
      request.mutable_send()->mutable_about()->set_kind(Reference::KIND_EDIT);
      request.mutable_send()->mutable_about()->set_id(replaces);
    }
    return member.ask(request).sent().recipients(0);
  }
  static proto::pb::Sent planned(Member& member, const std::string& text, std::uint64_t at_ms) {
    ApiRequest request;
    request.mutable_send()->add_recipients("note-to-self");
    request.mutable_send()->set_text(text);
    request.mutable_send()->set_at_ms(at_ms);
    return member.ask(request).sent();
  }
  static std::vector<Message> history(Member& member) {
    return DeviceStory::history(member, "Note-To-Self");
  }
  static std::vector<std::string> notes(Member& member) {
    std::vector<std::string> texts;
    for (const auto& message : history(member)) texts.push_back(message.text());
    return texts;
  }
  static std::vector<Message> outbox(Member& member) {
    ApiRequest request;
    request.mutable_outbox();
    return messages(member, request);
  }
  static std::vector<TraceStep::What> trace(Member& member, const std::string& id) {
    ApiRequest request;
    request.mutable_trace()->set_id(id);
    const auto command = member.client().next_command();
    static_cast<void>(member.ask(request));
    std::vector<TraceStep::What> steps;
    for (const auto& reply : member.replies(command)) {
      if (reply.has_trace_step()) steps.push_back(reply.trace_step().what());
    }
    return steps;
  }
  using Texts = std::vector<std::string>;
  using Steps = std::vector<TraceStep::What>;
};

TEST_F(Notes, ANoteIsKeptWithoutANetworkAndGoesToNoContact) {
  relay_.die(RelayParty::Death::killed);
  const auto kept = note(*alice_, "buy milk");
  EXPECT_FALSE(kept.has_failure());
  EXPECT_EQ(kept.id(), "note-to-self/1");
  EXPECT_EQ(notes(*alice_), Texts{"buy milk"});
  relay_.start();
  pass(minutes{2});
  EXPECT_EQ(bob_->times_read("buy milk"), 0);
  EXPECT_EQ(alice_->times_read("buy milk"), 0) << "nor is it news here";
}

TEST_F(Notes, EveryDeviceShowsItAlsoOneThatComesLater) {
  auto& second = linked(*alice_);
  EXPECT_FALSE(note(second, "buy milk").has_failure());
  pass(minutes{2});
  EXPECT_EQ(notes(*alice_), Texts{"buy milk"});
  EXPECT_FALSE(note(*alice_, "buy bread", "note-to-self/1").has_failure());
  pass(minutes{2});
  EXPECT_EQ(notes(second), (Texts{"buy bread", "buy bread"})) << "the note, and its edit";
  auto& third = linked(*alice_);
  EXPECT_EQ(notes(third), (Texts{"buy bread", "buy bread"}));
}

TEST_F(Notes, ANoteForALaterTimeWaitsForItAndIsToldThen) {
  auto& second = linked(*alice_);
  EXPECT_FALSE(note(*alice_, "now").has_failure());
  const auto later = history(*alice_).at(0).timestamp_ms() + milliseconds{minutes{30}}.count();
  const auto kept = planned(*alice_, "call the dentist", later).recipients(0);
  EXPECT_EQ(kept.state(), proto::pb::MESSAGE_STATE_WAITING);
  ASSERT_EQ(outbox(*alice_).size(), 1U);
  EXPECT_EQ(outbox(*alice_)[0].at_ms(), later);
  EXPECT_EQ(trace(*alice_, kept.id()), (Steps{TraceStep::WHAT_QUEUED, TraceStep::WHAT_PLANNED}));
  pass(minutes{20});
  EXPECT_EQ(notes(second), Texts{"now"});
  pass(minutes{15});
  EXPECT_TRUE(outbox(*alice_).empty());
  const auto there = history(*alice_).at(1);
  EXPECT_EQ(there.state(), proto::pb::MESSAGE_STATE_READ);
  EXPECT_GE(there.timestamp_ms(), later);
  EXPECT_EQ(notes(second), (Texts{"now", "call the dentist"}));
}

TEST_F(Notes, ANoteForALaterTimeIsTakenBack) {
  EXPECT_FALSE(note(*alice_, "now").has_failure());
  const auto later = history(*alice_).at(0).timestamp_ms() + milliseconds{minutes{30}}.count();
  ApiRequest request;
  request.mutable_outbox_cancel()->set_id(planned(*alice_, "later", later).recipients(0).id());
  EXPECT_TRUE(alice_->ask(request).has_done());
  pass(minutes{35});
  EXPECT_EQ(notes(*alice_), Texts{"now"});
}

// Neither is anything of it at a relay.
TEST_F(Notes, WhatBecameOfANoteIsTheSameOnEveryDevice) {
  auto& second = linked(*alice_);
  const auto id = note(second, "buy milk").id();
  pass(minutes{2});
  for (auto* device : {alice_, &second}) {
    EXPECT_EQ(history(*device).at(0).state(), proto::pb::MESSAGE_STATE_READ);
    EXPECT_EQ(trace(*device, id), (Steps{TraceStep::WHAT_QUEUED, TraceStep::WHAT_READ}));
  }
}

TEST_F(Notes, NobodyWhoIsCalledSoGetsThem) {
  auto& carol = member();
  EXPECT_TRUE(carol.join(proto::format_link(
      {.relay = relay_.address(), .invite = relay_.make_invite(1), .contact = {}})));
  ApiRequest request;
  request.mutable_add()->set_link(carol.invite());
  request.mutable_add()->set_name("note-to-self");
  EXPECT_TRUE(alice_->ask(request).has_contact());
  EXPECT_FALSE(note(*alice_, "mine alone").has_failure());
  pass(minutes{2});
  EXPECT_EQ(carol.times_read("mine alone"), 0);
  EXPECT_EQ(notes(*alice_), Texts{"mine alone"});
}

TEST_F(Notes, TheAccountItselfIsNobodyWhoCouldBeBlockedOrDeleted) {
  for (const bool block : {true, false}) {
    ApiRequest request;
    if (block) {
      request.mutable_block()->set_name("note-to-self");
    } else {
      request.mutable_remove()->set_name("note-to-self");
      request.mutable_remove()->set_contact(true);
    }
    EXPECT_EQ(alice_->ask(request).failure().exit_code(), 1U);
  }
}

}  // namespace
}  // namespace bisik::simulation
