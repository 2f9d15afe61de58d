#include "crypto/stamp.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace bisik::crypto {
namespace {

QueueId counted_queue() {
  QueueId queue;
  std::iota(queue.bytes.begin(), queue.bytes.end(), std::uint8_t{0});
  return queue;
}

// Found by another program, with the SHA-256 of another library.
const QueueId kQueue = counted_queue();
constexpr Day kToday{std::chrono::days{20'000}};
const Hash kCell = sha256(as_bytes("a cell"));
constexpr std::uint64_t kStamp = 0x0123'4567'89d7'7e3a;
constexpr std::uint64_t kOneBitShort = 0x0123'4567'89d8'7d9a;  // 21 zero bits and a one

TEST(Stamp, IsANonceThatGivesTwentyTwoZeroBits) {
  EXPECT_TRUE(check_stamp(kQueue, kToday, kCell, kStamp));
  EXPECT_FALSE(check_stamp(kQueue, kToday, kCell, kOneBitShort));
}

TEST(Stamp, ThatWasMadeIsGoodForItsCell) {
  const auto queue = QueueId::random();
  const auto stamp = StampSearch{queue, kToday, kCell}.try_some(UINT64_MAX);
  ASSERT_TRUE(stamp);
  EXPECT_TRUE(check_stamp(queue, kToday, kCell, *stamp));
}

TEST(Stamp, OfFewerBitsIsGoodWhereThoseAreEnough) {
  EXPECT_TRUE(check_stamp(kQueue, kToday, kCell, kOneBitShort, kStampBits - 1));
  const auto stamp = StampSearch{kQueue, kToday, kCell}.try_some(UINT64_MAX, 4);
  ASSERT_TRUE(stamp);
  EXPECT_TRUE(check_stamp(kQueue, kToday, kCell, *stamp, 4));
}

TEST(Stamp, IsNeverZero) {
  constexpr Day kDayOnWhichZeroWouldDo{std::chrono::days{2'913'870}};
  EXPECT_FALSE(check_stamp(kQueue, kDayOnWhichZeroWouldDo, kCell, 0));
}

TEST(Stamp, OfAnotherQueueIsNone) {
  auto other = kQueue;
  other.bytes[31] ^= 1;
  EXPECT_FALSE(check_stamp(other, kToday, kCell, kStamp));
}

TEST(Stamp, OfAnotherDayIsNone) {
  for (const auto away : {std::chrono::days{-1}, std::chrono::days{1}}) {
    EXPECT_FALSE(check_stamp(kQueue, kToday + away, kCell, kStamp));
  }
}

TEST(Stamp, OfAnotherCellIsNone) {
  EXPECT_FALSE(check_stamp(kQueue, kToday, sha256(as_bytes("b cell")), kStamp));
}

TEST(Stamp, WithOneBitOffIsNone) {
  for (unsigned bit = 0; bit < 64; ++bit) {
    EXPECT_FALSE(check_stamp(kQueue, kToday, kCell, kStamp ^ (std::uint64_t{1} << bit))) << bit;
  }
}

}  // namespace
}  // namespace bisik::crypto
