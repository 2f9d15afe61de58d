// Several who receive under names of their own: each keeps what it has not acknowledged.
#include <gtest/gtest.h>

#include "client/consumer_name.hpp"
#include "client/engine/readers.hpp"
#include "tests/client/engine/profile_fixture.hpp"

namespace bisik::client {
namespace {

using Cursors = std::vector<std::uint64_t>;

class ConsumersTest : public ProfileTest {
 protected:
  void write(std::uint64_t number, std::uint64_t received_ms = 1'000) {
    proto::pb::MessageRow row;
    row.set_account(to_string(bob_->id.bytes));
    row.set_number(number);
    row.set_received_ms(received_ms);
    Step step{{}};
    readers_->take_in(step, *bob_, row);
    readers_->hand_out(step, true);
    (void)commit(std::move(step));
  }
  proto::pb::ReceiveCommand by(const std::string& consumer, std::uint64_t since = 0) const {
    proto::pb::ReceiveCommand request;
    request.set_follow(true);
    request.set_consumer(consumer);
    request.set_since(since);
    return request;
  }
  // The cursors that are handed out.
  Cursors read(const proto::pb::ReceiveCommand& request) {
    Step step{{}};
    readers_->start(step, kReader, request);
    auto cursors = commit(std::move(step));
    readers_->cancel(kReader);
    return cursors;
  }
  void acknowledge(const std::string& consumer, std::uint64_t cursor, const std::string& id = "") {
    proto::pb::AckCommand request;
    request.set_consumer(consumer);
    request.set_cursor(cursor);
    if (!id.empty()) request.add_ids(id);
    Step step{{}};
    readers_->acknowledge(step, kReader, request);
    (void)commit(std::move(step));
  }
  Cursors commit(Step&& step) {
    const auto effects = std::move(step).take();
    rows_.commit(effects.rows);
    Cursors cursors;
    failure_.clear();
    for (const auto& action : effects.actions) {
      const auto& reply = std::get<Answer>(action).reply;
      if (reply.has_message()) cursors.push_back(reply.message().cursor());
      if (reply.has_failure()) failure_ = reply.failure().sentence();
    }
    return cursors;
  }
  std::size_t rows_of_inbox() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        rows_.rows(), [](const auto& row) { return row.first.first == RowKind::inbox; }));
  }
  void remove(const std::string& consumer) {
    proto::pb::ConsumersCommand request;
    request.set_remove(consumer);
    Step step{{}};
    readers_->consumers(step, kReader, request);
    (void)commit(std::move(step));
  }
  void begin(const std::string& consumer, std::uint64_t since) {
    proto::pb::ConsumersCommand request;
    request.set_begin(consumer);
    request.set_since(since);
    Step step{{}};
    readers_->consumers(step, kReader, request);
    (void)commit(std::move(step));
  }

  static constexpr CommandId kReader = 9;
  OwedReceipts owed_receipts_{state_};
  std::optional<Readers> readers_{std::in_place, state_, owed_receipts_, [](auto&&...) {}};
  Contact* bob_ = &add_contact("Bob");
  std::string failure_;
};

TEST_F(ConsumersTest, OneThatIsBegunByNameIsThereBeforeItReceives) {
  write(1);
  write(2);
  begin("backup", 1);
  EXPECT_EQ(failure_, "");
  acknowledge("", 2);
  acknowledge("backup", 1);
  EXPECT_EQ(failure_, "");
  EXPECT_EQ(read(by("backup")), Cursors{2});
  acknowledge("backup", 2);
  begin("backup", 0);  // again: it keeps its place
  EXPECT_EQ(read(by("backup")), Cursors{});
  begin("a b", 0);
  EXPECT_NE(failure_, "");
}

TEST_F(ConsumersTest, OneThatIsRemovedWhileItLooksAtTheRelayBeginsAnew) {
  write(1);
  begin("backup", 0);
  readers_->wait(kReader, by("backup"));
  remove("backup");
  EXPECT_EQ(failure_, "");
  EXPECT_EQ(read(by("backup")), Cursors{1});
}

TEST_F(ConsumersTest, ANewOneBeginsWithWhatNobodyHasReceived) {
  write(1);
  write(2);
  acknowledge("", 1);
  EXPECT_EQ(read(by("backup")), Cursors{2});
}

TEST_F(ConsumersTest, WhatOneAcknowledgesTheOthersStillGet) {
  read(by("one"));
  read(by("two"));
  write(1);
  write(2);
  acknowledge("one", 2);
  acknowledge("", 1);
  EXPECT_EQ(read(by("one")), Cursors{});
  EXPECT_EQ(read(by("two")), (Cursors{1, 2}));
  EXPECT_EQ(read(by("")), Cursors{2});
}

TEST_F(ConsumersTest, AMessageIsAcknowledgedByItsIdAfterNobodysInboxHasForgottenIt) {
  read(by("one"));
  write(1);
  write(2);
  acknowledge("", 2);
  acknowledge("one", 0, "Bob/1");
  EXPECT_EQ(read(by("one")), Cursors{2});
}

TEST_F(ConsumersTest, APlaceOutlivesTheOwnerOfTheProfile) {
  read(by("one"));
  write(1);
  write(2);
  acknowledge("one", 1);
  readers_.emplace(state_, owed_receipts_, [](auto&&...) {});
  write(3);
  EXPECT_EQ(read(by("one")), (Cursors{2, 3}));
}

TEST_F(ConsumersTest, ANewOneThatNamesACursorBeginsBehindIt) {
  for (std::uint64_t number = 1; number <= 3; ++number) write(number);
  EXPECT_EQ(read(by("one", 2)), Cursors{3});
  EXPECT_EQ(read(by("one")), Cursors{3});
}

TEST_F(ConsumersTest, WhatCameBeforeTheTimeThatIsAskedForStays) {
  write(1, 1'000);
  write(2, 5'000);
  auto late = by("one");
  late.set_since_ms(2'000);
  EXPECT_EQ(read(late), Cursors{2});
  EXPECT_EQ(read(by("one")), (Cursors{1, 2}));
}

TEST_F(ConsumersTest, AForgottenOneLeavesNothingBehind) {
  write(1);
  read(by("one"));
  acknowledge("", 1);
  EXPECT_EQ(rows_of_inbox(), 1U);
  remove("one");
  EXPECT_EQ(rows_of_inbox(), 0U);
  remove("one");
  EXPECT_NE(failure_.find("no consumer one"), std::string::npos) << failure_;
}

TEST_F(ConsumersTest, NobodyAcknowledgesInANameThatIsUnknown) {
  write(1);
  acknowledge("tpyo", 1);
  EXPECT_NE(failure_.find("no consumer tpyo"), std::string::npos) << failure_;
  EXPECT_EQ(read(by("")), Cursors{1});
}

TEST_F(ConsumersTest, NamesAndTheirNumberAreBounded) {
  read(by("one two"));
  EXPECT_NE(failure_.find("name"), std::string::npos) << failure_;
  read(by(std::string(kMaxConsumerNameBytes + 1, 'x')));
  EXPECT_NE(failure_.find("name"), std::string::npos) << failure_;
  for (std::size_t i = 0; i < kMaxConsumers; ++i) {
    read(by("c" + std::to_string(i)));
    EXPECT_EQ(failure_, "");
  }
  read(by("one-more"));
  EXPECT_NE(failure_.find("consumers already"), std::string::npos) << failure_;
}

TEST_F(ConsumersTest, AMessageThatGoesIsInNobodysInbox) {
  read(by("one"));
  write(1);
  acknowledge("", 1);
  Step step{{}};
  readers_->forget(step, *state_.message(bob_->id, 1));
  (void)commit(std::move(step));
  EXPECT_EQ(rows_of_inbox(), 0U);
}

}  // namespace
}  // namespace bisik::client
