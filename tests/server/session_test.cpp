// Real connections: what arrives on a socket at each stage, good and bad, and what becomes of it.
#include "server/session.hpp"

#include <gtest/gtest.h>

#include "server/clock.hpp"
#include "server/invites.hpp"
#include "tests/server/loopback.hpp"
#include "tests/storage/temporary_folder.hpp"

namespace bisik::server {
namespace {

pb::Request keepalive() {
  pb::Request request;
  request.mutable_ping();
  return request;
}

class SessionTest : public testing::Test {
 protected:
  // Before the relay runs, so that the store is used by one thread at a time.
  void start(const std::string& path = ":memory:") {
    relay.emplace(
        limits, path,
        [this](Loopback& starting) {
          for (const auto* resident : {&alice, &bob}) {
            create_invite(starting.store, starting.clerk, resident->invite, {}, system_time());
          }
        },
        shared);
  }
  std::unique_ptr<Caller> stranger() {
    auto caller = std::make_unique<Caller>(*relay);
    EXPECT_TRUE(caller->anonymously(relay->key.public_key));
    return caller;
  }
  void expect_an_idle_reader_is_cut();
  void expect_serving() { EXPECT_EQ(stranger()->ask(keepalive()).status(), pb::STATUS_OK); }

  Limits limits;
  SharedAddresses shared = to_addresses(Config{}.shared_addresses);
  Resident alice, bob;
  std::optional<Loopback> relay;
};

TEST_F(SessionTest, OneWritesWithoutANameAndTheOtherReads) {
  start();
  const auto reader = register_over(*relay, alice);
  EXPECT_EQ(reader->ask(alice.subscription()).status(), pb::STATUS_OK);
  const auto sender = stranger();
  EXPECT_EQ(sender->ask(cell_for(alice, 42)).status(), pb::STATUS_OK);
  const auto push = reader->receive();
  ASSERT_TRUE(push && push->has_push());
  EXPECT_EQ(push->push().cell(), std::string(proto::kSmallCellBytes, 42));
  EXPECT_EQ(reader->ask(acknowledgement({push->push()})).status(), pb::STATUS_OK);
}

TEST_F(SessionTest, PipelinedRequestsAreAnsweredInOrderOfTheirQueue) {
  start();
  const auto reader = register_over(*relay, alice);
  EXPECT_EQ(reader->ask(alice.subscription()).status(), pb::STATUS_OK);
  const auto sender = stranger();
  for (std::uint8_t mark = 0; mark < 100; ++mark) sender->send(cell_for(alice, mark));
  for (std::uint8_t mark = 0; mark < 100; ++mark) {
    const auto push = reader->receive();
    ASSERT_TRUE(push && push->has_push());
    EXPECT_EQ(static_cast<std::uint8_t>(push->push().cell().front()), mark);
    EXPECT_EQ(sender->receive()->response().status(), pb::STATUS_OK);
  }
}

TEST_F(SessionTest, GarbageInPlaceOfAnOpeningIsClosedWithoutAWord) {
  start();
  for (const auto& garbage : {crypto::Bytes(2, 0), crypto::Bytes(2, 0xff), crypto::Bytes(300, 'x'),
                              crypto::Bytes{0, 65, 1, 2, 3}}) {
    Caller caller{*relay};
    caller.send_raw(garbage);
    caller.say_no_more();
    EXPECT_TRUE(caller.is_ended());
  }
  expect_serving();
}

TEST_F(SessionTest, WhoDoesNotKnowTheRelaysKeyGetsNoAnswer) {
  start();
  const auto wrong = crypto::DhKeyPair::generate().public_key;
  EXPECT_FALSE(Caller{*relay}.anonymously(wrong));
  EXPECT_FALSE(Caller{*relay}.as(alice, wrong));
  expect_serving();
}

TEST_F(SessionTest, AHandshakeThatStopsHalfwayEndsAtItsDeadline) {
  limits.handshake_seconds = 1;
  start();
  Caller silent{*relay};
  Caller halfway{*relay};
  const auto call = proto::call_own(relay->key.public_key, alice.network);
  const auto& opening = call->opening;
  halfway.send_raw(crypto::Bytes{static_cast<std::uint8_t>(opening.size() >> 8U),
                                 static_cast<std::uint8_t>(opening.size())});
  halfway.send_raw(opening);
  EXPECT_TRUE(silent.is_ended());
  EXPECT_TRUE(halfway.is_ended());
  expect_serving();
}

TEST_F(SessionTest, TooManyUnfinishedHandshakesKeepNobodyOut) {
  limits.unfinished_handshakes = 2;
  limits.handshake_seconds = 300;
  start();
  Caller first{*relay}, second{*relay}, third{*relay};
  EXPECT_TRUE(first.is_ended());
  expect_serving();
  EXPECT_TRUE(second.is_ended());
}

TEST_F(SessionTest, AnAlteredRecordEndsTheConnection) {
  start();
  for (const std::size_t flipped : {std::size_t{2}, std::size_t{10}, std::size_t{20}}) {
    const auto caller = stranger();
    caller->send_record(crypto::Bytes(8, 1), flipped);
    EXPECT_TRUE(caller->is_ended());
  }
  expect_serving();
}

TEST_F(SessionTest, ARecordTooShortToBeOneEndsTheConnection) {
  start();
  const auto caller = stranger();
  caller->send_raw(crypto::Bytes{0, 3, 1, 2, 3});
  EXPECT_TRUE(caller->is_ended());
}

TEST_F(SessionTest, AGenuineRecordWithGarbageInItEndsTheConnection) {
  start();
  const auto caller = stranger();
  caller->send_frame(crypto::Bytes(100, 0xff));
  EXPECT_TRUE(caller->is_ended());
}

TEST_F(SessionTest, ADeclaredLengthThatNeverComesHoldsUpNobody) {
  start();
  const auto waiting = stranger();
  waiting->send_raw(crypto::Bytes{0xff, 0xff, 1, 2, 3});
  expect_serving();
  waiting->socket().close();
  expect_serving();
}

// 12 MB are pushed to a reader who takes none of it.
void SessionTest::expect_an_idle_reader_is_cut() {
  limits.push_window_cells = 100'000;
  limits.push_window_bytes = std::uint64_t{1} << 30U;
  limits.requests_in_flight = 1'000;
  limits.handshake_seconds = 2;
  start();
  static_cast<void>(register_over(*relay, alice));
  constexpr int kTinyBuffer = 4'096;
  Caller reader{*relay, kTinyBuffer};
  ASSERT_TRUE(reader.as(alice, relay->key.public_key));
  EXPECT_EQ(reader.ask(alice.subscription()).status(), pb::STATUS_OK);

  const auto sender = stranger();
  constexpr int kCells = 200;  // 12 MB: more than any socket buffer takes
  for (int i = 0; i < kCells; ++i) {
    auto cell = cell_for(alice, 1);
    cell.mutable_send_cell()->mutable_cell()->resize(proto::kLargeCellBytes);
    EXPECT_EQ(sender->ask(cell).status(), pb::STATUS_OK);
  }
  // Who says nothing is hung up on at a tick, after it was seen what all leave unread.
  Caller silent{*relay};
  EXPECT_TRUE(silent.is_ended());
  EXPECT_TRUE(reader.is_ended());
  Caller again{*relay};
  ASSERT_TRUE(again.as(alice, relay->key.public_key));
  EXPECT_EQ(again.ask(alice.subscription()).subscribed().waiting_cells(), kCells);
}

TEST_F(SessionTest, AReaderThatDoesNotReadIsCutAndNotBuffered) {
  limits.unsent_bytes = 128 * 1024;
  expect_an_idle_reader_is_cut();
}

TEST_F(SessionTest, WhatNobodyTakesIsBoundedForAllReadersTogether) {
  limits.unsent_bytes = std::uint64_t{1} << 30U;
  limits.unsent_bytes_of_all = 128 * 1024;
  expect_an_idle_reader_is_cut();
}

TEST_F(SessionTest, TheNewestReaderEndsTheOlderConnection) {
  start();
  const auto older = register_over(*relay, alice);
  EXPECT_EQ(older->ask(alice.subscription()).status(), pb::STATUS_OK);
  Caller newer{*relay};
  ASSERT_TRUE(newer.as(alice, relay->key.public_key));
  EXPECT_EQ(newer.ask(alice.subscription()).status(), pb::STATUS_OK);
  EXPECT_TRUE(older->is_ended());
}

TEST_F(SessionTest, WhatWasAcknowledgedIsThereAfterARestart) {
  const storage::TemporaryFolder folder;
  start(folder.file("relay.db"));
  static_cast<void>(register_over(*relay, alice));
  EXPECT_EQ(stranger()->ask(cell_for(alice, 7)).status(), pb::STATUS_OK);
  relay->stop();
  relay.reset();

  storage::SqliteRelayStore store{{.path = folder.file("relay.db")}};
  EXPECT_EQ(store.queues().find(alice.mailbox.bytes)->cells_waiting, 1);
}

TEST_F(SessionTest, AFailedSyncIsNeverAcknowledgedAndEndsTheRelay) {
  start();
  static_cast<void>(register_over(*relay, alice));
  const auto sender = stranger();
  relay->failing.fail_next_commit(storage::StorageError::Kind::io);
  sender->send(cell_for(alice, 1));
  EXPECT_FALSE(sender->receive());
  EXPECT_THROW(relay->stop(), storage::StorageError);
}

TEST_F(SessionTest, OnAFullDiskPeopleAreToldToComeBackAndTheRelayGoesOn) {
  start();
  static_cast<void>(register_over(*relay, alice));
  relay->failing.fail_next_commit(storage::StorageError::Kind::full);
  const auto refused = stranger()->ask(cell_for(alice, 1));
  EXPECT_EQ(refused.status(), pb::STATUS_BUSY);
  EXPECT_GT(refused.retry_after_seconds(), 0U);
  EXPECT_EQ(stranger()->ask(cell_for(alice, 1)).status(), pb::STATUS_OK);
}

TEST_F(SessionTest, WhoSendsTooFastIsReadMoreSlowlyAndEveryCellIsTaken) {
  limits.bytes_per_prefix_per_second = 20'000;  // 80,000 at once
  shared.clear();
  start();
  static_cast<void>(register_over(*relay, alice));
  const auto sender = stranger();
  const auto begun = std::chrono::steady_clock::now();
  for (std::uint8_t mark = 0; mark < 25; ++mark) sender->send(cell_for(alice, mark));
  for (std::uint8_t mark = 0; mark < 25; ++mark) {
    EXPECT_EQ(sender->receive()->response().status(), pb::STATUS_OK);
  }
  EXPECT_GT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds{500});
}

TEST_F(SessionTest, ARelayThatStopsDoesNotWaitForWhomItReadsSlowly) {
  limits.bytes_per_prefix_per_second = 100;  // minutes for what follows
  shared.clear();
  start();
  const auto sender = stranger();
  for (std::uint8_t mark = 0; mark < 25; ++mark) sender->send(cell_for(alice, mark));
  EXPECT_TRUE(sender->receive());
  const auto begun = std::chrono::steady_clock::now();
  relay->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{20});
}

TEST_F(SessionTest, OnePrefixDoesNotTakeMoreConnectionsThanItsOwn) {
  limits.connections_per_prefix = 2;
  shared.clear();
  start();
  const auto first = stranger();
  const auto second = stranger();
  Caller third{*relay};
  EXPECT_FALSE(third.anonymously(relay->key.public_key));
  EXPECT_EQ(first->ask(keepalive()).status(), pb::STATUS_OK);
}

TEST_F(SessionTest, StoppingAnswersWhatWasAcceptedAndEndsEveryConnection) {
  start();
  static_cast<void>(register_over(*relay, alice));
  const auto sender = stranger();
  for (std::uint8_t mark = 0; mark < 50; ++mark) sender->send(cell_for(alice, mark));
  EXPECT_TRUE(sender->receive());
  relay->stop();
  int answered = 1;
  while (const auto message = sender->receive()) {
    EXPECT_EQ(message->response().status(), pb::STATUS_OK);
    ++answered;
  }
  EXPECT_GE(relay->store.queues().find(alice.mailbox.bytes)->cells_waiting, answered);
}

}  // namespace
}  // namespace bisik::server
