// Two channels that must be the ends of one.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "proto/channel.hpp"
#include "proto/frame.hpp"

namespace bisik::proto {

inline void expect_works(Channel& from, Channel& to) {
  const Bytes text{'h', 'e', 'l', 'l', 'o'};
  Bytes record;
  ASSERT_TRUE(from.seal(text, record));
  const auto frame = to.open(MutableBytes{record}.subspan(kLengthBytes));
  ASSERT_TRUE(frame);
  EXPECT_TRUE(std::ranges::equal(*frame, text));
}

}  // namespace bisik::proto
