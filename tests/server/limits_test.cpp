#include "server/limits.hpp"

#include <gtest/gtest.h>

#include <set>

namespace bisik::server {
namespace {

TEST(LimitTable, NamesEveryLimitOnceWithUnitAndReason) {
  std::set<std::string_view> names;
  std::set<std::uint64_t Limits::*, decltype([](auto a, auto b) {
             const Limits limits;
             return &(limits.*a) < &(limits.*b);
           })>
      members;
  for (const auto& line : limit_table()) {
    names.insert(line.name);
    members.insert(line.value);
    EXPECT_FALSE(line.unit.empty()) << line.name;
    EXPECT_FALSE(line.reason.empty()) << line.name;
    EXPECT_LE(line.reason.size(), proto::kMaxLimitTextBytes) << line.name;
  }
  EXPECT_EQ(names.size(), limit_table().size());
  EXPECT_EQ(members.size(), sizeof(Limits) / sizeof(std::uint64_t));
}

TEST(Limits, LetTheLargestCellPass) {
  const Limits limits;
  EXPECT_GE(limits.push_window_bytes, 2 * proto::kLargeCellBytes);
  EXPECT_GE(limits.unsent_bytes, 2 * limits.push_window_bytes);
  EXPECT_GE(limits.mailbox_bytes, proto::kLargeCellBytes);
  EXPECT_GE(limits.waiting_bytes, proto::kLargeCellBytes);
}

}  // namespace
}  // namespace bisik::server
