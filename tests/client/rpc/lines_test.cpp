#include "client/rpc/lines.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace bisik::client::rpc {
namespace {

constexpr std::size_t kLimit = 8;

// A line that was too long is "!".
std::vector<std::string> all(Lines& lines) {
  std::vector<std::string> found;
  while (const auto line = lines.next()) found.push_back(line->too_long ? "!" : line->text);
  return found;
}

using Texts = std::vector<std::string>;

TEST(RpcLines, AreTheSameHoweverTheyArrive) {
  const std::string bytes = "one\n\n  \r\ntwo\r\nfar too long\nthree\n";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    Lines lines{kLimit};
    for (std::size_t at = 0; at < bytes.size(); at += step) lines.add(bytes.substr(at, step));
    EXPECT_EQ(all(lines), (Texts{"one", "two\r", "!", "three"})) << step;
  }
}

TEST(RpcLines, HalfALineIsOneAtTheEndAlone) {
  Lines lines{kLimit};
  lines.add("half");
  EXPECT_TRUE(all(lines).empty());
  lines.finish();
  EXPECT_EQ(all(lines), Texts{"half"});
  lines.finish();
  EXPECT_TRUE(all(lines).empty());
}

TEST(RpcLines, TheLimitItselfFits) {
  Lines lines{kLimit};
  lines.add(std::string(kLimit, 'x') + "\n" + std::string(kLimit + 1, 'x') + "\n");
  EXPECT_EQ(all(lines), (Texts{std::string(kLimit, 'x'), "!"}));
}

}  // namespace
}  // namespace bisik::client::rpc
