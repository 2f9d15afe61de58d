// When the owner of a profile, whose own command is done, may end without cutting anybody short.
#include <gtest/gtest.h>

#include "tests/simulation/client_party.hpp"
#include "tests/simulation/relay_party.hpp"

namespace bisik::simulation {
namespace {

using std::chrono::seconds;

class OneShotOwner : public testing::Test {
 protected:
  OneShotOwner() {
    relay_.attach(network_);
    alice_.start();
    proto::pb::ApiRequest join;
    join.mutable_join()->set_link(proto::format_link(
        {.relay = relay_.address(), .invite = relay_.make_invite(1), .contact = {}}));
    join.mutable_join()->set_name("Alice");
    alice_.command(join);
    pass(seconds{10});
  }

  void pass(Duration time) { world_.run_until(world_.now() + time); }

  World world_{1};
  RelayParty relay_{world_, Defect::none, {}};
  Network network_{world_, relay_};
  ClientParty alice_{world_, network_, 0, Defect::none};
};

TEST_F(OneShotOwner, WaitsForAnAnswer) {
  proto::pb::ApiRequest question;
  question.mutable_who_am_i()->set_server_view(true);
  alice_.command(question);
  EXPECT_FALSE(alice_.idle());
  pass(seconds{10});
  EXPECT_TRUE(alice_.idle());
}

// They go on listening to the next owner.
TEST_F(OneShotOwner, DoesNotWaitForThoseWhoOnlyListen) {
  proto::pb::ApiRequest listening;
  listening.mutable_receive()->set_follow(true);
  alice_.command(listening);
  pass(seconds{10});
  EXPECT_TRUE(alice_.idle());
}

}  // namespace
}  // namespace bisik::simulation
