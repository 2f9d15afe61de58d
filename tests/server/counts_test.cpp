#include "server/counts.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/server/world.hpp"

namespace bisik::server {
namespace {

using namespace std::chrono_literals;

pb::Request stats_request() {
  pb::Request request;
  request.mutable_get_stats();
  return request;
}

class CountsTest : public testing::Test {
 protected:
  std::uint64_t count(std::string_view name) {
    const auto local = world.connect_local();
    const auto response = world.ask(local, stats_request());
    world.disconnect(local);
    for (const auto& entry : response.stats().counts()) {
      if (entry.name() == name) return entry.value();
    }
    ADD_FAILURE() << "no count " << name;
    return 0;
  }

  World world;
  Resident alice;
};

TEST(CountTable, NamesEveryCountOnceWithUnitAndMeaning) {
  std::set<std::string_view> names;
  std::set<const std::uint64_t*> members;
  const Counts counts;
  for (const auto& line : count_table()) {
    names.insert(line.name);
    members.insert(&(counts.*line.value));
    EXPECT_FALSE(line.unit.empty()) << line.name;
    EXPECT_FALSE(line.meaning.empty()) << line.name;
  }
  EXPECT_EQ(names.size(), count_table().size());
  EXPECT_EQ(members.size(), count_table().size());
  EXPECT_LE(count_table().size(), static_cast<std::size_t>(proto::kMaxLimits));
}

TEST_F(CountsTest, TheOperatorIsTheOnlyOneWhoMayAsk) {
  const auto own = alice.register_at(world);
  EXPECT_EQ(world.ask(own, stats_request()).status(), pb::STATUS_MALFORMED);
  EXPECT_EQ(world.ask(world.connect_anonymous(), stats_request()).status(), pb::STATUS_MALFORMED);
  EXPECT_EQ(world.ask(world.connect_local(), stats_request()).status(), pb::STATUS_OK);
}

TEST_F(CountsTest, SayWhatThereIs) {
  EXPECT_EQ(count("accounts"), 0U);
  const auto own = alice.register_at(world);
  const auto stranger = world.connect_anonymous();
  EXPECT_EQ(world.ask(stranger, cell_for(alice, 1)).status(), pb::STATUS_OK);
  EXPECT_EQ(count("accounts"), 1U);
  EXPECT_EQ(count("devices"), 1U);
  EXPECT_EQ(count("queues"), 2U);
  EXPECT_EQ(count("cells_waiting"), 1U);
  EXPECT_EQ(count("bytes_waiting"), proto::kSmallCellBytes);
  EXPECT_EQ(count("cells_taken"), 1U);
  EXPECT_EQ(count("own_connections"), 1U);
  EXPECT_EQ(count("anonymous_connections"), 1U);
  EXPECT_EQ(world.ask(own, alice.subscription()).status(), pb::STATUS_OK);
  const auto pushes = world.take_pushes(own);
  ASSERT_EQ(pushes.size(), 1U);
  EXPECT_EQ(world.ask(own, acknowledgement(pushes)).status(), pb::STATUS_OK);
  EXPECT_EQ(count("cells_waiting"), 0U);
  EXPECT_EQ(count("cells_acknowledged"), 1U);
  world.disconnect(own);
  EXPECT_EQ(count("own_connections"), 0U);
}

TEST_F(CountsTest, SayWhatWasRefusedAndWhy) {
  alice.register_at(world);
  const auto stranger = world.connect_anonymous();
  auto wrong = cell_for(alice, 1);
  put(*wrong.mutable_send_cell()->mutable_write_key(), crypto::Capability::random().bytes());
  EXPECT_EQ(world.ask(stranger, wrong).status(), pb::STATUS_REFUSED);
  EXPECT_EQ(world.ask(stranger, wrong).status(), pb::STATUS_REFUSED) << "by memory alone";
  EXPECT_EQ(count("refused_unknown"), 2U);
  EXPECT_EQ(world.ask(stranger, stats_request()).status(), pb::STATUS_MALFORMED);
  EXPECT_EQ(count("refused_malformed"), 1U);
  EXPECT_EQ(count("refused_busy"), 0U);
  world.frame(stranger, crypto::Bytes{1, 2, 3});
  EXPECT_EQ(count("broken_frames"), 1U);
}

TEST_F(CountsTest, SayHowManyCommitsThereWereAndHowLongTheyTook) {
  const auto before = count("batches");
  EXPECT_EQ(count("batches"), before + 1) << "each question is one, too";
  for (int i = 0; i < 99; ++i) world.relay.on_timed(1ms);
  world.relay.on_timed(1s);
  EXPECT_GE(count("commit_median"), 1'000U);
  EXPECT_LE(count("commit_median"), 1'250U);
  EXPECT_LE(count("commit_99"), 1'250U);
  EXPECT_EQ(count("commit_longest"), 1'000'000U);
}

}  // namespace
}  // namespace bisik::server
