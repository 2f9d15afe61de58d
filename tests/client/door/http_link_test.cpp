// One connection over HTTP, before anybody's profile is asked.
#include "client/door/http_link.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>

#include "crypto/base64url.hpp"
#include "crypto/sodium.hpp"
#include "tests/client/temporary_folder.hpp"

namespace bisik::client {
namespace {

class HttpLinkTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::initialise(); }
  HttpLinkTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
    program = Descriptor{ends[0]};
    ours = Descriptor{ends[1]};
  }

  [[nodiscard]] std::string bearer() const {
    return "Authorization: Bearer " + crypto::to_base64url(rules.token->bytes()) + "\r\n";
  }
  // What the program is told; empty: it was hung up.
  std::string ask(HttpLink& link, const std::string& path, const std::string& fields = {}) const {
    const auto request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + fields + "\r\n";
    EXPECT_EQ(send(program.get(), request.data(), request.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(request.size()));
    link.go_on();
    std::array<char, 4096> bytes{};
    const auto got = recv(program.get(), bytes.data(), bytes.size(), 0);
    return {bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
  }
  static bool is_kept(const std::string& answer) {
    return answer.find("Connection: keep-alive") != std::string::npos;
  }
  HttpLink link() { return {tenants, copy_of(ours.get()), copy_of(ours.get()), rules}; }

  TemporaryFolder folder;
  Gate gate{Profile::in(folder.path()), {}};
  Tenants tenants{gate, ""};
  HttpLink::Rules rules{.token = crypto::Capability::random(), .accounts = {}};
  Descriptor program;
  Descriptor ours;
};

TEST_F(HttpLinkTest, WithoutTheTokenOneAnswerIsTheLast) {
  for (const auto* path : {"/api/v1/check", "/api/v1/rpc", "/"}) {
    auto one = link();
    EXPECT_TRUE(one.is_stranger());
    const auto answer = ask(one, path);
    EXPECT_FALSE(answer.empty()) << path;
    EXPECT_FALSE(is_kept(answer)) << path;
    EXPECT_TRUE(one.over()) << path;
    EXPECT_TRUE(one.is_stranger()) << path;
  }
}

TEST_F(HttpLinkTest, WhoShowsTheTokenMayAskAgain) {
  auto one = link();
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(is_kept(ask(one, "/api/v1/check", bearer())));
    EXPECT_FALSE(one.over());
    EXPECT_FALSE(one.is_stranger());
  }
  EXPECT_FALSE(is_kept(ask(one, "/api/v1/check"))) << "and forgets it";
  EXPECT_TRUE(one.over());
}

TEST_F(HttpLinkTest, WhereNoneIsAskedForNobodyIsAStranger) {
  rules.token.reset();
  auto one = link();
  EXPECT_FALSE(one.is_stranger());
  EXPECT_TRUE(is_kept(ask(one, "/api/v1/check")));
}

}  // namespace
}  // namespace bisik::client
