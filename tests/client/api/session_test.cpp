#include "client/api/session.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <thread>

#include "client/problem.hpp"
#include "tests/client/temporary_folder.hpp"

namespace bisik::client {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;

// The owner of a profile, as its commands see it: the lock, and a socket with recorded requests.
class SessionTest : public testing::Test {
 protected:
  SessionTest() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const SocketName name{profile};
    name.path().copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(bind(door.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(door.get(), 1), 0);
  }

  static Profile profile_in(const TemporaryFolder& folder) {
    auto profile = Profile::in(folder.path());
    write_whole(profile.database(), "of somebody who has joined");
    return profile;
  }
  static ApiRequest receive() {
    ApiRequest request;
    request.mutable_receive();
    return request;
  }
  static ApiRequest acknowledge() {
    ApiRequest request;
    request.mutable_ack()->set_cursor(1);
    return request;
  }

  // --- what the owner does ---

  // Lets in whoever comes by what `command` does, and answers that it is there.
  template <class F>
  auto found_by(F&& command) {
    std::thread owner{[this] {
      visitor = Descriptor{::accept(door.get(), nullptr, nullptr)};
      const auto greeting = first_request();
      EXPECT_TRUE(greeting.has_cancel());
      finish(greeting.number());
    }};
    auto result = command();
    owner.join();
    return result;
  }
  ApiRequest first_request() {
    FrameReader reader{kMaxRequestBytes};
    ApiRequest request;
    for (;;) {
      const auto space = reader.space();
      const auto got = recv(visitor.get(), space.data(), space.size(), 0);
      if (got <= 0) return request;
      reader.received(static_cast<std::size_t>(got));
      const auto bytes = reader.next();
      if (!bytes) continue;
      EXPECT_TRUE(request.ParseFromArray(bytes->data(), static_cast<int>(bytes->size())));
      EXPECT_FALSE(reader.has_next()) << "asked before it is known whether anybody hears it";
      return request;
    }
  }
  // Everything that was asked since the visitor came.
  std::vector<ApiRequest> requests() {
    FrameReader reader{kMaxRequestBytes};
    std::vector<ApiRequest> all;
    for (;;) {
      const auto space = reader.space();
      const auto got = recv(visitor.get(), space.data(), space.size(), MSG_DONTWAIT);
      if (got <= 0) return all;
      reader.received(static_cast<std::size_t>(got));
      while (const auto bytes = reader.next()) {
        EXPECT_TRUE(
            all.emplace_back().ParseFromArray(bytes->data(), static_cast<int>(bytes->size())));
      }
    }
  }
  void finish(std::uint64_t number) {
    ApiReply reply;
    reply.set_number(number);
    reply.set_last(true);
    reply.mutable_done();
    crypto::Bytes frame;
    append_frame(frame, reply);
    EXPECT_EQ(send(visitor.get(), frame.data(), frame.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(frame.size()));
  }

  TemporaryFolder folder;
  Profile profile = profile_in(folder);
  std::optional<ProfileLock> lock = ProfileLock::try_take(profile);
  Descriptor door{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  Descriptor visitor;
  Gate gate{profile, {}};
  Session session{gate};
};

// `receive` waits until each of its acknowledgements was answered: one answer too many, and it ends
// before the owner has heard the last.
TEST_F(SessionTest, TheAnswerToCancelIsForNobody) {
  const auto reading = found_by([&] { return session.ask(receive()); });
  session.cancel(reading);
  const auto acknowledging = session.ask(acknowledge());
  const auto heard = requests();
  ASSERT_EQ(heard.size(), 3U);
  EXPECT_EQ(heard[1].cancel().number(), reading);
  for (const auto& request : heard) finish(request.number());
  EXPECT_EQ(session.next()->number(), acknowledging);
  EXPECT_FALSE(session.next(Session::Clock::now()));
}

TEST_F(SessionTest, TheNextOwnerIsAskedWhatWasNotAnswered) {
  const auto reading = found_by([&] { return session.ask(receive()); });
  finish(session.ask(acknowledge()));
  EXPECT_NE(session.next()->number(), reading);
  session.cancel(session.ask(acknowledge()));
  visitor.close();
  EXPECT_FALSE(found_by([&] { return session.next(Session::Clock::now()); }));
  const auto heard = requests();
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].number(), reading);
}

// A chat looks before it waits for the keyboard: what it must not do is to wait without an owner.
TEST_F(SessionTest, WithoutAnOwnerThereIsSomethingToDoBeforeWaiting) {
  const auto reading = found_by([&] { return session.ask(receive()); });
  EXPECT_FALSE(session.has_reply());
  visitor.close();
  const auto acknowledging = session.ask(acknowledge());  // finds nobody
  EXPECT_LT(session.fd(), 0);
  EXPECT_TRUE(session.has_reply());
  EXPECT_FALSE(found_by([&] { return session.next(Session::Clock::now()); }));
  const auto heard = requests();
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(heard[0].number(), reading);
  EXPECT_EQ(heard[1].number(), acknowledging);
  EXPECT_FALSE(session.has_reply());
}

// It was stopped: the kernel goes on taking streams for it.
TEST_F(SessionTest, AnOwnerThatSaysNothingIsNotWaitedForWithoutEnd) {
  constexpr std::chrono::milliseconds kNotLong{1};
  Gate impatient{profile, {}, kNotLong, kNotLong};
  Session asking{impatient};
  try {
    (void)asking.ask(receive());
    ADD_FAILURE() << "nobody is there";
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.code(), ExitCode::unexpected);
    EXPECT_NE(std::string{problem.what()}.find("does not answer"), std::string::npos);
  }
  EXPECT_LT(asking.fd(), 0) << "it would be asked further";
}

}  // namespace
}  // namespace bisik::client
