#include "server/qr.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace bisik::server {
namespace {

TEST(QrText, IsASquareWithAQuietBorder) {
  const auto code = qr_text("bisik://chat.example.org:7443/KEY");
  ASSERT_TRUE(code);
  // A code of version 3 has 29 modules, with two of border on each side 33: 17 lines of two.
  EXPECT_EQ(std::ranges::count(*code, '\n'), 17);
  EXPECT_NE(code->find("█"), std::string::npos);
}

TEST(QrText, HasNothingForATextThatFitsNoCode) { EXPECT_FALSE(qr_text(std::string(5'000, 'x'))); }

}  // namespace
}  // namespace bisik::server
