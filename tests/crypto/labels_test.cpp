#include "crypto/labels.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace bisik::crypto {
namespace {

// Invariant: one key, one purpose; no two uses of a primitive share a label.
TEST(Labels, AllDiffer) {
  std::set<std::string_view> seen;
  for (const auto& label : label::kAll)
    EXPECT_TRUE(seen.insert(label.text()).second) << label.text();
  for (const auto& personal : personal::kAll) {
    EXPECT_TRUE(seen.insert(personal.text()).second) << personal.text();
  }
}

}  // namespace
}  // namespace bisik::crypto
