// Queues of nobody: paid with a grant, read by many, each from where it has come to.
#include <gtest/gtest.h>

#include "server/mailroom.hpp"
#include "tests/server/devices.hpp"
#include "tests/server/grants.hpp"

namespace bisik::server {
namespace {

using namespace std::chrono_literals;

class GroupQueueTest : public testing::Test {
 protected:
  GroupQueueTest() {
    const std::vector grants{crypto::Capability::random()};
    EXPECT_EQ(ask(own, drawing(grants)), pb::STATUS_OK);
    EXPECT_EQ(ask(stranger, queue.creation(grants[0])), pb::STATUS_OK);
  }
  pb::Status ask(ConnectionId from, const pb::Request& request) {
    return world.ask(from, request).status();
  }
  std::string answer(ConnectionId from, const pb::Request& request) {
    auto response = world.ask(from, request);
    response.clear_number();
    return response.SerializeAsString();
  }
  pb::Status post(int mark) {
    return ask(world.connect_anonymous(),
               cell_for(queue.id, queue.write_key, static_cast<std::uint8_t>(mark)));
  }
  pb::GroupCells read(std::uint64_t after = 0) {
    return world.ask(world.connect_anonymous(), queue.reading(after)).group_cells();
  }
  static std::vector<std::uint8_t> marks_of(const pb::GroupCells& page) {
    return marks({page.cells().begin(), page.cells().end()});
  }
  void pass_days(int days) {
    for (int hour = 0; hour < 24 * days; hour += 2) {
      world.pass(2h);
      world.settle();
    }
  }
  bool is_stored() { return world.store.queues().find(queue.id.bytes).has_value(); }

  World world;
  Resident alice;
  ConnectionId own = alice.register_at(world);
  ConnectionId stranger = world.connect_anonymous();
  GroupQueue queue;
};

TEST_F(GroupQueueTest, EveryReaderGetsEverythingFromWhereItHasComeTo) {
  for (const int mark : {1, 2, 3}) EXPECT_EQ(post(mark), pb::STATUS_OK);
  for (int reader = 0; reader < 2; ++reader) {
    const auto all = read();
    EXPECT_EQ(marks_of(all), (std::vector<std::uint8_t>{1, 2, 3}));
    EXPECT_TRUE(all.end());
    EXPECT_EQ(marks_of(read(all.cells(1).sequence())), (std::vector<std::uint8_t>{3}));
  }
  EXPECT_TRUE(read(3).cells().empty());
  EXPECT_TRUE(read(3).end());
}

TEST_F(GroupQueueTest, MoreThanFitsIntoOneAnswerIsReadInSeveral) {
  for (int mark = 1; mark <= proto::kMaxGroupCells + 2; ++mark) post(mark);
  const auto first = read();
  EXPECT_EQ(first.cells_size(), proto::kMaxGroupCells);
  EXPECT_FALSE(first.end());
  const auto rest = read(first.cells().rbegin()->sequence());
  EXPECT_EQ(rest.cells_size(), 2);
  EXPECT_TRUE(rest.end());
}

TEST_F(GroupQueueTest, BelongsToNobody) {
  EXPECT_FALSE(world.store.queues().find(queue.id.bytes)->owner);
  pb::Request view;
  view.mutable_server_view();
  EXPECT_EQ(world.ask(own, view).rows().SerializeAsString().find(
                std::string{crypto::as_text(queue.id.bytes)}),
            std::string::npos);
  pb::Request remove;
  put(*remove.mutable_remove_write_key()->mutable_queue(), queue.id.bytes);
  put(*remove.mutable_remove_write_key()->mutable_hash(), queue.write_key.hash());
  EXPECT_EQ(ask(own, remove), pb::STATUS_REFUSED);
  EXPECT_EQ(ask(own, cell_for(queue.id, queue.write_key, 1)), pb::STATUS_REFUSED)
      << "nobody says under a name where they write";
}

TEST_F(GroupQueueTest, UnknownQueueWrongKeyAndAMailboxAreTheSameBytes) {
  std::set<std::string> answers;
  GroupQueue wrong_key = queue;
  wrong_key.read_key = crypto::Capability::random();
  GroupQueue mailbox;
  mailbox.id = alice.mailbox;
  mailbox.read_key = alice.read_key;
  for (const auto& other : {GroupQueue{}, wrong_key, mailbox}) {
    answers.insert(answer(stranger, other.reading()));
    EXPECT_EQ(ask(stranger, other.reading()), pb::STATUS_REFUSED);
  }
  EXPECT_EQ(answers.size(), 1U);
}

// Or one of them would take away what the others have not read.
TEST_F(GroupQueueTest, NobodySubscribesToItNorAcknowledges) {
  EXPECT_EQ(ask(stranger, subscription(queue.id, queue.read_key)), pb::STATUS_REFUSED);
  EXPECT_EQ(ask(own, subscription(queue.id, queue.read_key)), pb::STATUS_REFUSED);
  post(1);
  pb::Cell cell = read().cells(0);
  EXPECT_EQ(ask(stranger, acknowledgement({cell})), pb::STATUS_REFUSED);
  EXPECT_EQ(read().cells_size(), 1);
}

TEST_F(GroupQueueTest, HoldsABoundedNumberOfCellsAndBytes) {
  world.limits.group_cells = 2;
  EXPECT_EQ(post(1), pb::STATUS_OK);
  EXPECT_EQ(post(2), pb::STATUS_OK);
  EXPECT_EQ(post(3), pb::STATUS_QUOTA);
  world.limits.group_cells = 100;
  world.limits.group_bytes = 3 * proto::kSmallCellBytes;
  EXPECT_EQ(post(3), pb::STATUS_OK);
  EXPECT_EQ(post(4), pb::STATUS_QUOTA);
}

TEST_F(GroupQueueTest, TakesCellsForItsTimeAndKeepsTheLastAsLongAsAny) {
  pass_days(7);
  EXPECT_EQ(post(1), pb::STATUS_OK);
  pass_days(2);
  EXPECT_EQ(post(2), pb::STATUS_REFUSED);
  pass_days(27);
  EXPECT_EQ(marks_of(read()), (std::vector<std::uint8_t>{1}));
}

// It is as if it were not there, and it is there again once the clock is right.
TEST_F(GroupQueueTest, AClockThatJumpsTakesNothingAway) {
  post(1);
  world.now.wall += std::chrono::hours{24 * 365};
  for (int i = 0; i < 5; ++i) {
    world.pass(2h);
    world.settle();
  }
  EXPECT_EQ(ask(world.connect_anonymous(), queue.reading()), pb::STATUS_REFUSED);
  world.now.wall -= std::chrono::hours{24 * 365};
  EXPECT_EQ(marks_of(read()), (std::vector<std::uint8_t>{1}));
}

TEST_F(GroupQueueTest, IsEmptyBeforeItIsSwept) {
  pass_days(7);
  post(1);
  pass_days(35);
  ASSERT_TRUE(is_stored());
  EXPECT_TRUE(read().cells().empty());
  pass_days(3);
  EXPECT_FALSE(is_stored());
}

}  // namespace
}  // namespace bisik::server
