// Messages that wait for their time, whatever the clock on the wall shows in between.
#include "client/engine/planned.hpp"

#include <gtest/gtest.h>

#include "client/engine/idempotency.hpp"
#include "client/engine/send_commands.hpp"
#include "client/engine/sentences.hpp"
#include "tests/client/engine/profile_fixture.hpp"

namespace bisik::client {
namespace {

constexpr std::uint64_t kNoon = 43'200'000;

class PlannedTest : public ProfileTest {
 protected:
  PlannedTest() {
    for (const auto* name : {"Bob", "Carol"}) {
      auto& contact = add_contact(name);
      contact.row.set_greeted(true);
      people_.push_back(&contact);
    }
    restart();
  }

  // As the next owner of the profile.
  void restart() {
    sends_.reset();
    outgoing_.emplace(
        state_, [](Step&, const Outcome&) {},
        [this](Step&, const Contact&, const proto::pb::MessageRow& row) { kept_.push_back(row); },
        [](Step&, Contact&, const DeviceChanges&) {}, [](Step&, Contact&) {});
    sends_.emplace(state_, *outgoing_);
    Step step{at(0)};
    outgoing_->load(step);
    commit(std::move(step));
  }
  static Now at(std::uint64_t ms) {
    return {Time{milliseconds{1'000}},
            std::chrono::sys_time<milliseconds>{milliseconds{static_cast<std::int64_t>(ms)}}};
  }
  void send(const std::string& text, std::uint64_t at_ms, const std::string& key = "") {
    proto::pb::SendCommand request;
    for (const auto* contact : people_) request.add_recipients(contact->row.name());
    request.set_text(text);
    request.set_at_ms(at_ms);
    request.set_idempotency_key(key);
    Step step{at(1'000)};
    sends_->start(step, 1, request);
    commit(std::move(step));
  }
  void clock_shows(std::uint64_t ms) {
    Step step{at(ms)};
    outgoing_->pump(step);
    commit(std::move(step));
  }
  void commit(Step&& step) {
    const auto effects = std::move(step).take();
    rows_.commit(effects.rows);
    for (const auto& action : effects.actions) {
      if (const auto* answer = std::get_if<Answer>(&action)) answers_.push_back(answer->reply);
    }
  }
  std::size_t waiting(std::size_t who) const { return outgoing_->waiting(people_[who]->id); }
  std::size_t planned(std::size_t who) const { return outgoing_->planned(people_[who]->id); }

  std::vector<Contact*> people_;
  std::vector<proto::pb::MessageRow> kept_;
  std::optional<Outgoing> outgoing_;
  std::optional<SendCommands> sends_;
  std::vector<proto::pb::ApiReply> answers_;
};

TEST_F(PlannedTest, TheCommandEndsOnceItIsKeptAndNothingGoesBeforeItsTime) {
  send("lunch", kNoon);
  ASSERT_EQ(answers_.size(), 1U);
  for (const auto& recipient : answers_[0].sent().recipients()) {
    EXPECT_EQ(recipient.state(), proto::pb::MESSAGE_STATE_WAITING);
    EXPECT_FALSE(recipient.id().empty());
  }
  clock_shows(kNoon - 1);
  EXPECT_EQ(waiting(0), 0U);
  EXPECT_EQ(planned(0), 1U);
  clock_shows(kNoon);
  EXPECT_EQ(waiting(0), 1U);
  EXPECT_EQ(planned(0), 0U);
}

// The key serves for a week, and a message may wait for longer.
TEST_F(PlannedTest, SentAgainUnderItsKeyItIsNotDoubledHoweverLongItWaits) {
  constexpr auto kWeek = static_cast<std::uint64_t>(milliseconds{kIdempotencyLifetime}.count());
  send("lunch", 3 * kWeek, "key");
  for (const auto when : {kWeek + 1'000, 2 * kWeek + 1'000}) {
    Step step{at(when)};
    forget_idempotency(step, state_);
    commit(std::move(step));
  }
  send("lunch", 3 * kWeek, "key");
  EXPECT_EQ(planned(0), 1U);
  EXPECT_EQ(planned(1), 1U);
}

TEST_F(PlannedTest, AKeyServesForAWeekWhateverTheClockShowedBefore) {
  constexpr auto kWeek = static_cast<std::uint64_t>(milliseconds{kIdempotencyLifetime}.count());
  Step remembered{at(1'000)};
  proto::pb::MessageRow row;
  row.set_number(7);
  row.set_idempotency_key("key");
  remember_idempotency(remembered, *people_[0], row);
  commit(std::move(remembered));
  const auto look = [&](std::uint64_t when) {
    Step step{at(when)};
    forget_idempotency(step, state_);
    commit(std::move(step));
    return find_idempotency(state_, *people_[0], "key");
  };
  EXPECT_EQ(look(kWeek + 999), 7U);
  EXPECT_EQ(look(kWeek + 1'000), 7U);  // or else by how much the clock was wrong before
  EXPECT_EQ(look(2 * kWeek + 999), 7U);
  EXPECT_EQ(look(2 * kWeek + 1'000), std::nullopt);
}

TEST_F(PlannedTest, ItsTimestampSaysWhenItWentTheSameToEverybody) {
  send("lunch", kNoon);
  clock_shows(kNoon + 5);
  const auto bob = outgoing_->unsent(people_[0]->id);
  const auto carol = outgoing_->unsent(people_[1]->id);
  ASSERT_EQ(bob.size(), 1U);
  ASSERT_EQ(carol.size(), 1U);
  EXPECT_EQ(bob[0].timestamp_ms(), kNoon + 5);
  EXPECT_EQ(carol[0].timestamp_ms(), kNoon + 5);
  EXPECT_EQ(kept_.size(), 2U);
}

TEST_F(PlannedTest, ItIsKeptForTheNextOwnerAndGoesOnce) {
  send("lunch", kNoon);
  restart();
  EXPECT_EQ(planned(0), 1U);
  clock_shows(kNoon);
  restart();
  EXPECT_EQ(planned(0), 0U);
  EXPECT_EQ(waiting(0), 1U);
}

TEST_F(PlannedTest, AClockThatIsSetBackOnlyMakesItLater) {
  send("lunch", kNoon);
  clock_shows(10);
  EXPECT_EQ(planned(0), 1U);
  clock_shows(kNoon + 1);
  EXPECT_EQ(planned(0), 0U);
  clock_shows(10);
  EXPECT_EQ(waiting(0), 1U);
}

TEST_F(PlannedTest, TheOutboxShowsItAndTakesItBackWithoutATrace) {
  send("lunch", kNoon, "key");
  const auto rows = outgoing_->unsent(people_[0]->id);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].at_ms(), kNoon);
  Step step{at(2'000)};
  EXPECT_TRUE(outgoing_->withdraw(step, people_[0]->id, rows[0].number()));
  commit(std::move(step));
  EXPECT_FALSE(state_.message(people_[0]->id, rows[0].number()));
  clock_shows(kNoon);
  EXPECT_EQ(waiting(0), 0U);
  EXPECT_EQ(waiting(1), 1U);
  send("lunch", 2 * kNoon, "key");  // Bob's is another one now
  EXPECT_EQ(planned(0), 1U);
}

TEST_F(PlannedTest, TheSameAgainIsTheSameMessage) {
  send("lunch", kNoon, "key");
  send("lunch", kNoon, "key");
  EXPECT_EQ(planned(0), 1U);
  ASSERT_EQ(answers_.size(), 2U);
  EXPECT_EQ(answers_[0].sent().recipients(0).id(), answers_[1].sent().recipients(0).id());
}

TEST_F(PlannedTest, UnderTheKeyOfAnotherMessageItIsRefusedByTheNextOwnerToo) {
  send("lunch", kNoon, "key");
  restart();
  send("dinner", kNoon, "key");
  ASSERT_EQ(answers_.size(), 2U);
  EXPECT_EQ(answers_[1].failure().exit_code(), static_cast<std::uint32_t>(Exit::conflict));
  EXPECT_EQ(planned(0), 1U);
}

// Earlier versions kept no hash: what they have sent is found by its key alone.
TEST_F(PlannedTest, AKeyOfAnEarlierVersionNamesItsMessageWhateverIsSent) {
  send("lunch", kNoon, "key");
  Step step{at(1'500)};
  for (const auto* contact : people_) {
    auto row = outgoing_->unsent(contact->id).at(0);
    EXPECT_FALSE(row.request_hash().empty());
    row.clear_request_hash();
    state_.save(step, row);
  }
  commit(std::move(step));
  send("dinner", kNoon, "key");
  EXPECT_EQ(planned(0), 1U);
  ASSERT_EQ(answers_.size(), 2U);
  EXPECT_EQ(answers_[0].sent().recipients(0).id(), answers_[1].sent().recipients(0).id());
}

TEST_F(PlannedTest, WhoWasFollowedToAnotherKeyGetsItThere) {
  send("lunch", kNoon);
  const auto before = outgoing_->unsent(people_[0]->id);
  ASSERT_EQ(before.size(), 1U);
  const auto& fresh = people_[1]->id;
  Step step{at(2'000)};
  auto row = before[0];
  row.set_account(to_string(fresh.bytes));
  row.set_number(7);
  state_.save(step, row);
  outgoing_->renumber(step, people_[0]->id, 7 - before[0].number());
  outgoing_->follow(step, people_[0]->id, fresh);
  commit(std::move(step));
  EXPECT_EQ(planned(0), 0U);
  EXPECT_EQ(planned(1), 2U);
  clock_shows(kNoon);
  EXPECT_EQ(waiting(1), 2U);
}

TEST_F(PlannedTest, OfAContactThatIsDeletedNothingIsLeft) {
  send("lunch", kNoon);
  Step step{at(2'000)};
  outgoing_->forget(step, people_[0]->id);
  commit(std::move(step));
  restart();
  EXPECT_EQ(planned(0), 0U);
  EXPECT_EQ(planned(1), 1U);
}

TEST_F(PlannedTest, WhatIsDueIsLookedAtInTime) {
  send("lunch", kNoon);
  clock_shows(kNoon - 5);
  EXPECT_EQ(outgoing_->wake_at(Time{milliseconds{1'000}}), Time{milliseconds{1'005}});
}

}  // namespace
}  // namespace bisik::client
