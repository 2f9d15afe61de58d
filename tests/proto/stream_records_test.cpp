// Records over real sockets: proto/stream.hpp.

#include "tests/proto/stream_fixture.hpp"

namespace bisik::proto {
namespace {

TEST_F(StreamTest, RecordsSealedTogetherArriveOneByOne) {
  open_anonymous();
  const auto records = sealed({1, 20'000, 0, 3});
  Slot<void> sent;
  spawn(sent, write_records(client_, records));
  for (const std::size_t size : {1U, 20'000U, 0U, 3U}) {
    start_read();
    run();
    ASSERT_TRUE(frame_.value());
    EXPECT_EQ((*frame_)->size(), size);
  }
  EXPECT_TRUE(sent.value());
}

TEST_F(StreamTest, TheLargestRecordArrives) {
  open_anonymous();
  start_read();
  spawn(write_raw(client_, sealed({kMaxFrameBytes})));
  run();
  ASSERT_TRUE(frame_.value());
  EXPECT_EQ((*frame_)->size(), kMaxFrameBytes);
}

TEST_F(StreamTest, ARecordMayComeByteByByte) {
  open_anonymous();
  start_read();
  spawn(write_byte_by_byte(client_, sealed({300})));
  run();
  ASSERT_TRUE(frame_.value());
  EXPECT_EQ((*frame_)->size(), 300U);
}

TEST_F(StreamTest, ARecordMayFollowTheIdentityInOneWrite) {
  auto call = call_own(reception_.key(), network_key_);
  spawn(theirs_, accept_handshake(relay_, reception_, kNow));
  spawn(write_raw(client_, with_length(call->opening)));
  const auto answer_and_go_on = [&]() -> awaitable<void> {
    const auto answer = co_await read_with_length(client_);
    auto finished = std::move(call->state).finish(answer);
    auto bytes = with_length(finished->identity);
    EXPECT_TRUE(finished->connection.channel.seal(Bytes(5), bytes));
    co_await write_raw(client_, bytes);
  };
  spawn(answer_and_go_on());
  run();
  ASSERT_TRUE(theirs_.value());
  start_read();
  run();
  ASSERT_TRUE(frame_.value());
  EXPECT_EQ((*frame_)->size(), 5U);
}

TEST_F(StreamTest, APeerGoneBetweenOrInsideRecordsIsClosed) {
  open_anonymous();
  const auto record = sealed({100});
  asio::write(client_, asio::buffer(part(record, 50)));
  client_.close();
  start_read();
  run();
  EXPECT_EQ(frame_error(), Errc::closed);
  start_read();
  run();
  EXPECT_EQ(frame_error(), Errc::closed);
}

TEST_F(StreamTest, AnAlteredRecordBreaksTheChannel) {
  open_anonymous();
  auto record = sealed({100});
  record.back() ^= 1U;
  start_read();
  spawn(write_raw(client_, record));
  run();
  EXPECT_EQ(frame_error(), Errc::broken_channel);
}

TEST_F(StreamTest, WritingToAPeerThatIsGoneIsClosed) {
  open_anonymous();
  relay_.close();
  const Bytes much(1 << 24U);
  Slot<void> sent;
  spawn(sent, write_records(client_, much));
  run();
  EXPECT_EQ(sent.value().error(), Errc::closed);
}

TEST_F(StreamTest, AnIdleConnectionHoldsNoBuffer) {
  open_anonymous();
  spawn(write_raw(client_, sealed({60'000})));
  start_read();
  run();
  ASSERT_GT(reader_.space().size(), kFirstReadBytes) << "the large record made it grow";
  start_read();
  io_.restart();
  io_.poll();  // now it waits
  spawn(write_raw(client_, sealed({3})));
  run();
  ASSERT_TRUE(frame_.value());
  EXPECT_EQ(reader_.space().size(), kFirstReadBytes);
}

TEST_F(StreamTest, TheCallerCanGiveUpOnARecord) {
  open_anonymous();
  start_read();
  const auto cancel = [this]() -> awaitable<void> {
    relay_.cancel();
    co_return;
  };
  spawn(cancel());
  run();
  EXPECT_EQ(frame_error(), Errc::cancelled);
}

}  // namespace
}  // namespace bisik::proto
