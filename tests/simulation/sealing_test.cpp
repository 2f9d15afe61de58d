// I5: a copied state seals nothing with a key and nonce that were used, since each body has a salt
// of its own; and the oracle that says so sees it where that fails.
#include "tests/simulation/device_story.hpp"
#include "tests/simulation/sealing_oracle.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::MESSAGE_STATE_RELAY;

class Sealing : public DeviceStory, public testing::WithParamInterface<bool> {};

// A machine draws other random bytes after its disk was put back. One that draws the same again
// derives the same keys, for another text.
TEST_P(Sealing, IsNeverRepeatedUnlessTheRandomBytesAre) {
  const bool draws_again = GetParam();
  expect_arrives(*alice_, *bob_, "hello");
  alice_->go_offline();
  const auto copy = alice_->client().snapshot();
  const auto drawn = alice_->client().drawn();
  watch_sealings();
  alice_->client().start();
  EXPECT_EQ(alice_->send(*bob_, "one").state(), MESSAGE_STATE_RELAY);
  alice_->go_offline();
  EXPECT_EQ(sealings().repeated, 0U);
  alice_->client().restore(copy);
  if (draws_again) alice_->client().draw_again_from(drawn);
  alice_->client().start();
  static_cast<void>(alice_->send(*bob_, "two"));
  EXPECT_GT(sealings().seen, 1U);
  EXPECT_EQ(sealings().repeated != 0, draws_again);
}

INSTANTIATE_TEST_SUITE_P(RandomBytes, Sealing, testing::Bool());

}  // namespace
}  // namespace bisik::simulation
