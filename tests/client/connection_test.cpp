#include "client/connection.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "crypto/sodium.hpp"

namespace bisik::client {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using crypto::Bytes;

constexpr std::chrono::sys_seconds kRelayTime{std::chrono::seconds{1'700'000'000}};

// The other end: accepts one connection, echoes its frames until one says "bye".
class EchoRelay {
 public:
  explicit EchoRelay(asio::io_context& context)
      : key_{crypto::DhKeyPair::generate()},
        reception_{key_.duplicate(), signing_key_.verify_key()},
        acceptor_{context, {asio::ip::make_address("127.0.0.1"), 0}} {
    asio::co_spawn(context, serve(), asio::detached);
  }

  [[nodiscard]] proto::RelayAddress address() const {
    return {"127.0.0.1", acceptor_.local_endpoint().port(), key_.public_key};
  }
  [[nodiscard]] const crypto::VerifyKey& signing_key() const { return signing_key_.verify_key(); }

  std::optional<crypto::DhPublicKey> seen;  // the network key of who came

 private:
  asio::awaitable<void> serve() {
    proto::Socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
    auto accepted = co_await proto::accept_handshake(socket, reception_, kRelayTime);
    if (!accepted) co_return;
    seen = accepted->network_key;
    proto::RecordReader reader;
    for (;;) {
      const auto frame = co_await proto::read_frame(socket, accepted->channel, reader);
      if (!frame || crypto::as_text(*frame) == "bye") co_return;
      Bytes record;
      if (!accepted->channel.seal(*frame, record)) co_return;
      const auto written = co_await proto::write_records(socket, record);
      if (!written) co_return;
    }
  }

  crypto::DhKeyPair key_;
  crypto::SigningKeyPair signing_key_ = crypto::SigningKeyPair::generate();
  proto::Reception reception_;
  tcp::acceptor acceptor_;
};

class ConnectionTest : public testing::Test, public LineListener {
 protected:
  static void SetUpTestSuite() { crypto::initialise(); }

  // Runs a line to its end.
  LineEnd run(Dial dial, const crypto::DhKeyPair* network_key = nullptr) {
    dial.may_be_private = near;
    connection.emplace(context, std::move(dial), network_key, *this);
    std::optional<LineEnd> end;
    asio::co_spawn(context, connection->run(), [&](std::exception_ptr failure, LineEnd why) {
      EXPECT_FALSE(failure);
      end = why;
    });
    while (!end) context.run_one();
    return *end;
  }

  void send(std::string_view text) { connection->transmit(crypto::as_bytes(text)); }

  void line_up(LineId, const LineFacts& up) override {
    facts = up;
    on_up();
  }
  void frame(LineId, crypto::ByteView bytes) override {
    frames.emplace_back(crypto::as_text(bytes));
    if (frames.size() == wanted) on_frames();
  }

  asio::io_context context;
  bool near = true;  // the other end is on this machine
  std::optional<Connection> connection;
  std::optional<LineFacts> facts;
  std::vector<std::string> frames;
  std::size_t wanted = SIZE_MAX;
  std::function<void()> on_up = [] {};
  std::function<void()> on_frames = [] {};
};

TEST_F(ConnectionTest, FramesGoBothWaysInOrderAndTheFactsAreTheRelays) {
  EchoRelay relay{context};
  wanted = 200;
  on_up = [&] {
    for (int i = 0; i < 200; ++i) send("frame " + std::to_string(i));
  };
  on_frames = [&] { send("bye"); };
  EXPECT_EQ(run({1, LineKind::anonymous, relay.address()}), LineEnd::closed);
  ASSERT_EQ(frames.size(), 200U);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(frames[static_cast<std::size_t>(i)], "frame " + std::to_string(i));
  }
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->relay_signing_key, relay.signing_key().bytes);
  EXPECT_EQ(facts->relay_unix_seconds, 1'700'000'000U);
  EXPECT_FALSE(relay.seen);
}

TEST_F(ConnectionTest, AnOwnLineProvesTheNetworkKey) {
  EchoRelay relay{context};
  const auto key = crypto::DhKeyPair::generate();
  on_up = [&] { send("bye"); };
  EXPECT_EQ(run({1, LineKind::own, relay.address()}, &key), LineEnd::closed);
  EXPECT_EQ(relay.seen, key.public_key);
}

TEST_F(ConnectionTest, AnotherKeyThanTheAddressSaysIsNoRelay) {
  EchoRelay relay{context};
  auto address = relay.address();
  address.key = crypto::DhKeyPair::generate().public_key;
  EXPECT_EQ(run({1, LineKind::anonymous, address}), LineEnd::not_a_relay);
  EXPECT_FALSE(facts);
}

TEST_F(ConnectionTest, NobodyThereIsUnreachable) {
  tcp::acceptor closed{context, {asio::ip::make_address("127.0.0.1"), 0}};
  const auto port = closed.local_endpoint().port();
  closed.close();
  const proto::RelayAddress address{"127.0.0.1", port, crypto::DhKeyPair::generate().public_key};
  EXPECT_EQ(run({1, LineKind::anonymous, address}), LineEnd::unreachable);
}

// The name is a stranger's choice, and so is what it leads to.
TEST_F(ConnectionTest, ANameThatLeadsToThisMachineIsNotDialledForAStranger) {
  near = false;
  EchoRelay relay{context};
  auto address = relay.address();
  for (const auto* host : {"127.0.0.1", "127.1", "2130706433", "::ffff:127.0.0.1", "localhost"}) {
    address.host = host;
    EXPECT_EQ(run({1, LineKind::anonymous, address}), LineEnd::unreachable) << host;
  }
  EXPECT_FALSE(facts);
}

TEST_F(ConnectionTest, HangingUpEndsItAndNothingIsReportedAfterwards) {
  EchoRelay relay{context};
  on_up = [&] {
    send("lost");
    connection->hang_up();
    send("too late");
  };
  EXPECT_EQ(run({1, LineKind::anonymous, relay.address()}), LineEnd::closed);
  EXPECT_TRUE(frames.empty());
}

TEST_F(ConnectionTest, MoreThanARelayTakesEndsTheLineInsteadOfTheMemory) {
  EchoRelay relay{context};
  on_up = [&] {
    const std::string big(60'000, 'x');
    for (int i = 0; i < 1'000; ++i) send(big);  // 60 MB, of which nothing is written meanwhile
  };
  EXPECT_EQ(run({1, LineKind::anonymous, relay.address()}), LineEnd::closed);
}

}  // namespace
}  // namespace bisik::client
