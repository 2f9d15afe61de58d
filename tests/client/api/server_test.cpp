#include "client/api/server.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "tests/client/temporary_folder.hpp"

namespace bisik::client {
namespace {

using crypto::Bytes;
using proto::pb::ApiReply;
using proto::pb::ApiRequest;

// The server in the middle, a visitor's raw socket on one side, recorded calls on the other.
class ApiServerTest : public testing::Test, public CommandListener {
 protected:
  [[nodiscard]] Descriptor visit() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    server.serve(Descriptor{ends[1]});
    return Descriptor{ends[0]};
  }
  static void say(const Descriptor& stream, crypto::ByteView bytes) {
    EXPECT_EQ(send(stream.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  static void ask(const Descriptor& stream, const ApiRequest& request) {
    Bytes frame;
    append_frame(frame, request);
    say(stream, frame);
  }
  static ApiRequest receive(std::uint64_t number) {
    ApiRequest request;
    request.set_number(number);
    request.mutable_receive()->set_follow(true);
    return request;
  }
  static ApiRequest status(std::uint64_t number) {
    ApiRequest request;
    request.set_number(number);
    request.mutable_status();
    return request;
  }
  // Everything that is ready is done.
  void settle() {
    context.restart();
    while (context.poll() > 0) {
    }
  }
  static bool at_end(const Descriptor& stream) {
    char byte = 0;
    return recv(stream.get(), &byte, 1, MSG_DONTWAIT) == 0;
  }
  static std::vector<ApiReply> replies(const Descriptor& stream) {
    FrameReader reader{kMaxReplyBytes};
    std::vector<ApiReply> all;
    for (;;) {
      const auto space = reader.space();
      const auto got = recv(stream.get(), space.data(), space.size(), MSG_DONTWAIT);
      if (got <= 0) return all;
      reader.received(static_cast<std::size_t>(got));
      while (const auto bytes = reader.next()) {
        EXPECT_TRUE(
            all.emplace_back().ParseFromArray(bytes->data(), static_cast<int>(bytes->size())));
      }
    }
  }

  void command(CommandId command, ApiRequest request) override {
    commands.emplace_back(command, std::move(request));
  }
  void cancel(CommandId command) override { cancelled.push_back(command); }
  void answered() override {}

  boost::asio::io_context context;
  std::vector<std::pair<CommandId, ApiRequest>> commands;
  std::vector<CommandId> cancelled;
  ApiServer server{context, *this};
};

TEST_F(ApiServerTest, AnswersFindWhoAskedUnderHisOwnNumber) {
  const auto alice = visit();
  const auto bob = visit();
  ask(alice, status(7));
  ask(bob, status(7));
  settle();
  ASSERT_EQ(commands.size(), 2U);
  EXPECT_NE(commands[0].first, commands[1].first);
  ApiReply reply;
  reply.set_last(true);
  reply.mutable_status()->set_relay("for the second");
  server.answer(commands[1].first, reply);
  settle();
  EXPECT_TRUE(replies(alice).empty());
  const auto answers = replies(bob);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].number(), 7U);
  EXPECT_EQ(answers[0].status().relay(), "for the second");
  server.answer(commands[1].first, reply);  // it was the last one
  settle();
  EXPECT_TRUE(replies(bob).empty());
}

TEST_F(ApiServerTest, WhoGoesTakesHisCommandsAlong) {
  auto alice = visit();
  const auto bob = visit();
  ask(alice, receive(1));
  ask(bob, receive(1));
  settle();
  alice.close();
  settle();
  EXPECT_EQ(cancelled, std::vector{commands[0].first});
}

TEST_F(ApiServerTest, CancellingEndsBothTheCommandAndTheRequestForIt) {
  const auto alice = visit();
  ask(alice, receive(1));
  settle();
  ApiRequest cancel;
  cancel.set_number(2);
  cancel.mutable_cancel()->set_number(1);
  ask(alice, cancel);
  settle();
  EXPECT_EQ(cancelled, std::vector{commands[0].first});
  EXPECT_EQ(commands.size(), 1U);
  const auto answers = replies(alice);
  ASSERT_EQ(answers.size(), 2U);
  for (const auto& answer : answers) EXPECT_TRUE(answer.last() && answer.has_done());
}

TEST_F(ApiServerTest, NonsenseEndsItsOwnStreamAlone) {
  const auto alice = visit();
  ask(alice, receive(1));
  const std::vector<Bytes> nonsense{{0x80, 0, 0, 0}, {0, 0, 0, 2, 0xff, 0xff}, Bytes(64, 0xff)};
  for (const auto& bytes : nonsense) {
    const auto eve = visit();
    say(eve, bytes);
    settle();
    EXPECT_TRUE(at_end(eve));
  }
  EXPECT_TRUE(cancelled.empty());
  EXPECT_EQ(commands.size(), 1U);
  ask(alice, status(2));
  settle();
  EXPECT_EQ(commands.size(), 2U);
}

TEST_F(ApiServerTest, WaitsForUnreadAnswersButNotForThoseWhoListen) {
  const auto alice = visit();
  ask(alice, receive(1));
  settle();
  EXPECT_FALSE(server.somebody_waits());
  ApiReply big;
  big.mutable_message()->set_text(std::string(200'000, 'x'));
  for (int i = 0; i < 20; ++i) server.answer(commands[0].first, big);  // more than a socket holds
  settle();
  EXPECT_TRUE(server.somebody_waits());
  std::vector<char> part(1'000'000);
  while (recv(alice.get(), part.data(), part.size(), MSG_DONTWAIT) > 0) settle();
  EXPECT_FALSE(server.somebody_waits());
}

TEST_F(ApiServerTest, TheSocketIsForItsPersonAndReplacesWhatAKilledOwnerLeft) {
  TemporaryFolder folder;
  const auto profile = Profile::in(folder.path());
  write_whole(folder.path() / "api.sock", "left over");
  server.open(profile);
  struct stat status {};
  ASSERT_EQ(stat((folder.path() / "api.sock").c_str(), &status), 0);
  EXPECT_TRUE(S_ISSOCK(status.st_mode));
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  server.close();
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "api.sock"));
}

}  // namespace
}  // namespace bisik::client
