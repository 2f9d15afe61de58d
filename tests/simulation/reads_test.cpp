// What is read on one device of an account is read on the others (docs/protocol.md 9.2).
#include <algorithm>

#include "tests/simulation/device_story.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::ApiRequest;
using proto::pb::MESSAGE_STATE_READ;
using proto::pb::MESSAGE_STATE_RELAY;
using std::chrono::minutes;
using std::chrono::seconds;

class ReadsStory : public DeviceStory {
 protected:
  // The person looks at the chat.
  static void look_at(Member& member, const Member& with) {
    ApiRequest request;
    for (const auto& message : history(member, with)) {
      if (!message.ours()) request.mutable_ack()->add_ids(message.id());
    }
    request.mutable_ack()->set_read(true);
    EXPECT_TRUE(member.ask(request).has_done());
  }
  static std::vector<std::uint64_t> read_times(Member& member, const Member& with) {
    std::vector<std::uint64_t> times;
    for (const auto& message : history(member, with)) times.push_back(message.read_timestamp_ms());
    return times;
  }
  static proto::pb::ContactEntry entry(Member& member, const Member& of) {
    ApiRequest request;
    request.mutable_contacts();
    const auto command = member.client().next_command();
    static_cast<void>(member.ask(request));
    for (const auto& reply : member.replies(command)) {
      if (reply.contact().name() == of.name()) return reply.contact();
    }
    return {};
  }
  // It has its mail brought, and hands out what this one writes alone.
  static void listen_to(Member& member, const Member& alone) {
    ApiRequest request;
    request.mutable_receive()->set_follow(true);
    request.mutable_receive()->set_chat(alone.name());
    static_cast<void>(member.ask(request));
  }
};

TEST_F(ReadsStory, WhatIsReadOnOneDeviceIsNoLongerUnreadOnTheOthers) {
  auto& carol = newcomer();
  carol.add(alice_->invite());
  pass(seconds{10});
  auto& second = linked(*alice_);
  second.go_offline();
  second.client().start();
  listen_to(second, carol);
  for (const auto* text : {"one", "two"}) {
    EXPECT_EQ(bob_->send(*alice_, text).state(), MESSAGE_STATE_RELAY);
  }
  pass(minutes{2});
  EXPECT_EQ(entry(second, *bob_).unread(), 2U);
  look_at(*alice_, *bob_);
  pass(minutes{2});
  EXPECT_EQ(entry(second, *bob_).unread(), 0U);
  EXPECT_EQ(entry(second, *bob_).in_inbox(), 2U);
  second.listen();
  pass(seconds{10});
  EXPECT_EQ(second.times_read("one"), 1) << "a program here has not had it yet";
  EXPECT_EQ(read_times(second, *bob_), read_times(*alice_, *bob_));
}

// Whoever wrote it has heard of it.
TEST_F(ReadsStory, TheOtherDeviceDoesNotSayToItsWriterOnceMoreThatItWasRead) {
  auto& second = linked(*alice_);
  expect_arrives(*bob_, *alice_, "read me");
  look_at(*alice_, *bob_);
  pass(minutes{3});
  EXPECT_EQ(history(*bob_, *alice_)[0].state(), MESSAGE_STATE_READ);
  const auto when = read_times(second, *bob_);
  look_at(second, *bob_);
  EXPECT_TRUE(second.client().rows().all(client::RowKind::receipt).empty());
  EXPECT_TRUE(second.client().rows().all(client::RowKind::copy).empty());
  EXPECT_EQ(read_times(second, *bob_), when);
}

TEST_F(ReadsStory, InWhateverOrderThingsComeAndHoweverOften) {
  auto& second = linked(*alice_);
  network_.weather = {.least_delay = Duration{1},
                      .most_delay = seconds{20},
                      .cut = 0.05,
                      .swallow = 0.01,
                      .repeat = 0.05};
  for (int i = 0; i < 30; ++i) {
    static_cast<void>(bob_->send(*alice_, std::to_string(i), true));
    look_at(i % 10 < 5 && i % 3 == 0 ? second : *alice_, *bob_);
    if (i % 10 == 5) second.go_offline();
    if (i % 10 == 9) second.come_online();
  }
  network_.weather = {};
  pass(minutes{10});
  for (auto* each : {alice_, &second}) look_at(*each, *bob_);
  pass(minutes{5});
  EXPECT_EQ(history(*alice_, *bob_).size(), 30U);
  const auto sorted = [&](Member& member) {
    auto times = read_times(member, *bob_);
    std::ranges::sort(times);
    return times;
  };
  EXPECT_EQ(sorted(*alice_), sorted(second));
  EXPECT_NE(sorted(*alice_).front(), 0U);
}

TEST_F(ReadsStory, ANewDeviceKnowsWhatWasRead) {
  expect_arrives(*bob_, *alice_, "read");
  look_at(*alice_, *bob_);
  expect_arrives(*bob_, *alice_, "not read");
  auto& second = linked(*alice_);
  EXPECT_EQ(read_times(second, *bob_), read_times(*alice_, *bob_));
  EXPECT_EQ(read_times(second, *bob_).at(1), 0U);
}

}  // namespace
}  // namespace bisik::simulation
