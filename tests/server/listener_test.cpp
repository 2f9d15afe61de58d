// When a relay stops, nothing that was on its way in may keep it running.
#include "server/listener.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "server/clock.hpp"
#include "storage/sqlite_relay_store.hpp"

namespace bisik::server {
namespace {

using boost::asio::ip::tcp;

constexpr int kCallers = 5;
constexpr int kMostHandlers = 40;  // by then all of them have been accepted and wait
constexpr std::chrono::seconds kPatience{20};

// The callers connect and stay silent; the listener is stopped after `handlers` of its steps.
bool ends_when_stopped_after(int handlers) {
  boost::asio::io_context io{1};
  const Limits limits;
  const auto key = crypto::DhKeyPair::generate();
  const proto::Reception reception{key.duplicate(),
                                   crypto::SigningKeyPair::generate().verify_key()};
  storage::SqliteRelayStore store{{.path = ":memory:"}};
  Clerk clerk{store, limits, key.public_key};
  Switchboard switchboard{io, store, clerk, limits, system_time};
  Listener listener{io, reception, switchboard, limits, {}, system_time};
  const auto endpoint = listener.listen({boost::asio::ip::address_v4::loopback(), 0});

  boost::asio::io_context outside;
  std::vector<tcp::socket> callers;
  for (int i = 0; i < kCallers; ++i) callers.emplace_back(outside).connect(endpoint);
  listener.start();
  for (int i = 0; i < handlers; ++i) io.poll_one();
  listener.stop();
  io.run_for(kPatience);
  const bool ended = io.stopped();
  callers.clear();
  io.run();
  return ended;
}

TEST(ListenerTest, ItEndsWhereverItWasWithThoseWhoJustConnected) {
  for (int handlers = 0; handlers <= kMostHandlers; ++handlers) {
    ASSERT_TRUE(ends_when_stopped_after(handlers)) << "stopped after " << handlers << " handlers";
  }
}

}  // namespace
}  // namespace bisik::server
