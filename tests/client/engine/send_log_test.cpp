// Invariant I1 beyond the relay: what it has taken can be sent again for a day.
#include "client/engine/send_log.hpp"

#include <gtest/gtest.h>

#include "crypto/sodium.hpp"
#include "tests/client/engine/memory_rows.hpp"

namespace bisik::client {
namespace {

class SendLogTest : public testing::Test {
 protected:
  SendLogTest() {
    crypto::initialise();
    Step step{now_};
    const auto key = crypto::SigningKeyPair::generate().verify_key();
    account_ = state_.contacts.add(key, "Bob", step).id;
    rows_.commit(std::move(step).take().rows);
  }

  void sent(std::uint64_t number, char envelope) {
    Step step{now_};
    proto::pb::OutboxRow cell;
    cell.set_account(to_string(account_.bytes));
    cell.set_number(number);
    cell.set_envelope_id(std::string(16, envelope));
    cell.set_session(std::string(32, 's'));
    log_.remember(step, cell);
    rows_.commit(std::move(step).take().rows);
  }
  std::vector<std::uint64_t> all() { return log_.all(Step{now_}, account_); }
  using Numbers = std::vector<std::uint64_t>;

  Now now_{Time{hours{1}}, std::chrono::sys_days{std::chrono::January / 5 / 2026}};
  MemoryRows rows_;
  State state_{rows_};
  SendLog log_{state_};
  crypto::AccountId account_{};
};

TEST_F(SendLogTest, AnEnvelopeNamesItsMessageItsSessionAndAllThatFollowed) {
  sent(1, '1');
  sent(0, 'h');
  sent(2, '2');
  const auto since = log_.since_envelope(Step{now_}, account_, std::string(16, 'h'));
  ASSERT_TRUE(since);
  EXPECT_EQ(since->numbers, Numbers{2});
  EXPECT_EQ(since->session.front(), 's');
  EXPECT_FALSE(log_.since_envelope(Step{now_}, account_, std::string(16, 'x')));
}

TEST_F(SendLogTest, AMessageInTwoCellsIsNamedOnce) {
  sent(1, '1');
  sent(2, '2');
  sent(1, '3');
  EXPECT_EQ(all(), (Numbers{1, 2}));
}

TEST_F(SendLogTest, ADayLaterNothingIsLeft) {
  sent(1, '1');
  now_.wall += kSentLifetime;
  EXPECT_EQ(all(), Numbers{});
  Step step{now_};
  log_.forget_old(step);
  rows_.commit(std::move(step).take().rows);
  EXPECT_TRUE(rows_.all(RowKind::sent).empty());
}

TEST_F(SendLogTest, OfOneContactSoManyCellsAreKnownAndNoMore) {
  for (std::uint64_t i = 0; i < kMaxSentPerContact + 5; ++i) sent(0, '0');
  EXPECT_EQ(rows_.all(RowKind::sent).size(), kMaxSentPerContact);
}

TEST_F(SendLogTest, ItGoesOnWhereTheLastProcessEnded) {
  sent(1, '1');
  SendLog next{state_};
  Step step{now_};
  proto::pb::OutboxRow cell;
  cell.set_account(to_string(account_.bytes));
  cell.set_envelope_id(std::string(16, '2'));
  next.remember(step, cell);
  rows_.commit(std::move(step).take().rows);
  EXPECT_EQ(rows_.all(RowKind::sent).size(), 2U);
}

}  // namespace
}  // namespace bisik::client
