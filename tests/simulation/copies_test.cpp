// What own devices tell each other waits within bounds, and no bound loses a message: a device that
// was away for long says what it missed and is told everything (I3, I8, I9).
#include <gmock/gmock.h>

#include "tests/simulation/device_story.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::MESSAGE_STATE_RELAY;
using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Contains;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class CopiesStory : public DeviceStory {
 protected:
  using DeviceStory::DeviceStory;

  static std::size_t waiting(Member& member) {
    return member.client().rows().all(client::RowKind::copy).size();
  }

  // Everybody else lives on, and comes by now and then.
  void weeks(int count, const std::vector<Member*>& members) {
    for (int week = 0; week < count; ++week) {
      for (auto* member : members) member->go_offline();
      pass(days{7});
      for (auto* member : members) member->come_online();
      pass(minutes{3});
    }
  }
};

TEST_F(CopiesStory, ADeviceThatWasAwayForLongerThanARelayKeepsCellsIsToldEverything) {
  auto& second = linked(*alice_);
  expect_arrives(*alice_, *bob_, "while it is here");
  second.go_offline();
  expect_arrives(*alice_, *bob_, "written while it is away");
  expect_arrives(*bob_, *alice_, "received while it is away");
  weeks(6, {alice_, bob_});
  second.come_online();
  expect_arrives(*alice_, *bob_, "it is back");
  pass(minutes{5});
  EXPECT_THAT(second.notices(), Contains(HasSubstr("was away for longer")));
  EXPECT_THAT(texts(second, *bob_),
              UnorderedElementsAre("> while it is here", "> it is back",
                                   "> written while it is away", "< received while it is away"))
      << "nothing is missing, and nothing is there twice";
}

TEST_F(CopiesStory, WhatWaitsForADeviceThatOnlySendsDoesNotGrow) {
  auto& second = linked(*alice_);
  second.go_offline();
  second.client().start();  // it never asks for mail
  for (int i = 0; i < 400; ++i) {
    ASSERT_EQ(second.send(*bob_, std::to_string(i)).state(), MESSAGE_STATE_RELAY);
    if (i % 10 == 0) {
      second.go_offline();
      second.client().start();
    }
  }
  EXPECT_LT(waiting(second), 300U);
  second.listen();
  pass(minutes{5});
  EXPECT_EQ(waiting(second), 0U);
  EXPECT_EQ(texts(*alice_, *bob_).size(), 400U) << "none was lost";
}

class SmallMailboxes : public CopiesStory {
 protected:
  static server::Limits small() {
    server::Limits limits;
    limits.mailbox_cells = 16;
    return limits;
  }
  SmallMailboxes() : CopiesStory{small()} {}
};

TEST_F(SmallMailboxes, ADeviceThatTakesNothingKeepsNoOtherOneWaiting) {
  auto& second = linked(*alice_);
  auto& third = linked(*alice_);
  second.go_offline();
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(alice_->send(*bob_, std::to_string(i)).state(), MESSAGE_STATE_RELAY);
    pass(seconds{20});
  }
  pass(minutes{10});
  EXPECT_EQ(texts(third, *bob_).size(), 100U);
  EXPECT_LT(waiting(*alice_), 80U);
  second.come_online();
  for (int hour = 0; hour < 12; ++hour) pass(minutes{61});
  EXPECT_EQ(texts(second, *bob_).size(), 100U) << "none was lost, and none is there twice";
  EXPECT_EQ(waiting(*alice_), 0U);
}

}  // namespace
}  // namespace bisik::simulation
