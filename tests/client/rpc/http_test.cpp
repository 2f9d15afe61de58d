// Who is answered over HTTP, and with what.
#include "client/rpc/http.hpp"

#include <gtest/gtest.h>

#include "crypto/base64url.hpp"
#include "crypto/sodium.hpp"

namespace bisik::client::rpc {
namespace {

class RpcHttp : public testing::Test {
 protected:
  RpcHttp() { crypto::initialise(); }

  HttpRequest request(const std::string& method, const std::string& target) const {
    return {.method = method,
            .target = target,
            .content_type = "application/json",
            .authorization = "Bearer " + crypto::to_base64url(token.bytes()),
            .host = "127.0.0.1:8080"};
  }
  // The status of what ends here; 0: it goes on.
  int status(const HttpRequest& asked, bool with_token = true) const {
    const auto planned =
        plan(asked, with_token ? std::optional{token} : std::optional<crypto::Capability>{});
    const auto* answer = std::get_if<HttpAnswer>(&planned);
    return answer == nullptr ? 0 : answer->status;
  }

  crypto::Capability token = crypto::Capability::random();
};

TEST_F(RpcHttp, EachPathHasItsMethod) {
  EXPECT_EQ(status(request("POST", "/api/v1/rpc")), 0);
  EXPECT_EQ(status(request("GET", "/api/v1/events")), 0);
  EXPECT_EQ(status(request("GET", "/api/v1/check")), 200);
  EXPECT_EQ(status(request("GET", "/api/v1/rpc")), 405);
  EXPECT_EQ(status(request("POST", "/api/v1/events")), 405);
  EXPECT_EQ(status(request("POST", "/api/v1/check")), 405);
  for (const auto* path : {"/", "/api/v1/rpc/", "/api/v1/rpcs", "api/v1/rpc", "*", ""}) {
    EXPECT_EQ(status(request("POST", path)), 404) << path;
  }
}

TEST_F(RpcHttp, OnlyJsonIsRead) {
  auto asked = request("POST", "/api/v1/rpc");
  for (const auto* type : {"application/json", "Application/JSON", "application/json; charset=x"}) {
    asked.content_type = type;
    EXPECT_EQ(status(asked), 0) << type;
  }
  for (const auto* type :
       {"", "text/plain", "application/jsonp", "application/x-www-form-urlencoded"}) {
    asked.content_type = type;
    EXPECT_EQ(status(asked), 415) << type;
  }
}

TEST_F(RpcHttp, WithoutTheTokenThereIsOnlyTheCheck) {
  for (const auto& said :
       {std::string{}, std::string{"Bearer "}, std::string{"Bearer x"},
        "Basic " + crypto::to_base64url(token.bytes()), crypto::to_base64url(token.bytes()),
        "Bearer " + crypto::to_base64url(crypto::Capability::random().bytes())}) {
    for (auto asked : {request("POST", "/api/v1/rpc"), request("GET", "/api/v1/events"),
                       request("GET", "/elsewhere")}) {
      asked.authorization = said;
      EXPECT_EQ(status(asked), 401) << said;
    }
    auto check = request("GET", "/api/v1/check");
    check.authorization = said;
    EXPECT_EQ(status(check), 200);
  }
  auto asked = request("POST", "/api/v1/rpc");
  asked.authorization = "bearer " + crypto::to_base64url(token.bytes());
  EXPECT_EQ(status(asked), 0);
}

TEST_F(RpcHttp, NoPageOfABrowserIsServedWhateverItKnows) {
  auto asked = request("POST", "/api/v1/rpc");
  asked.from_page = true;
  EXPECT_EQ(status(asked), 403);
  EXPECT_EQ(status(asked, false), 403);
}

// A page whose name was made to lead here sends no Origin with what it only reads.
TEST_F(RpcHttp, WithoutATokenTheHostIsAnAddress) {
  auto asked = request("GET", "/api/v1/events");
  for (const auto* host : {"127.0.0.1", "127.0.0.1:8080", "localhost:8080", "[::1]:8080", ""}) {
    asked.host = host;
    EXPECT_EQ(status(asked, false), 0) << host;
  }
  for (const auto* host :
       {"evil.example", "evil.example:8080", "127.0.0.1.evil.example", ":8080"}) {
    asked.host = host;
    EXPECT_EQ(status(asked, false), 403) << host;
  }
  asked.host = "bots.example:8080";
  EXPECT_EQ(status(asked), 0);
}

TEST_F(RpcHttp, AnAccountMayBeNamedInTheQuery) {
  const auto account = [this](const std::string& query) {
    return std::get<HttpEvents>(plan(request("GET", "/api/v1/events" + query), token)).account;
  };
  EXPECT_EQ(account(""), "");
  EXPECT_EQ(account("?account=alice"), "alice");
  EXPECT_EQ(account("?x=1&account=%2B49%201&y=2"), "+49 1");
  EXPECT_EQ(account("?account=%2"), "%2");
  EXPECT_EQ(account("?account=%zz%41"), "%zzA");
  EXPECT_EQ(account("?accounts=x&&"), "");
}

TEST_F(RpcHttp, EventsMayBeOfAConsumerAndBehindACursor) {
  const auto events = [this](const std::string& query) {
    return std::get<HttpEvents>(plan(request("GET", "/api/v1/events" + query), token));
  };
  EXPECT_FALSE(events("").ack);
  EXPECT_EQ(events("?consumer=bot%2D1&account=alice").consumer, "bot-1");
  EXPECT_FALSE(events("?consumer=bot&ack=false").ack);
  EXPECT_TRUE(events("?consumer=bot&ack=true").ack);
  EXPECT_EQ(events("?since=18446744073709551615").since, UINT64_MAX);
  EXPECT_TRUE(events("?since=0").ack) << "as with subscribeReceive";
  for (const auto* wrong : {"?since=", "?since=x", "?since=-1", "?since=1x", "?ack=yes", "?ack",
                            "?since=18446744073709551616", "?consumer=a&since=%31%00"}) {
    EXPECT_EQ(status(request("GET", std::string{"/api/v1/events"} + wrong)), 400) << wrong;
  }
}

TEST_F(RpcHttp, ResponsesSayHowLongTheyAreAndEventsDoNot) {
  const auto response = http_response(200, "OK", "application/json", "{}", true);
  EXPECT_TRUE(response.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(response.ends_with("Content-Length: 2\r\nConnection: keep-alive\r\n\r\n{}"));
  EXPECT_NE(http_response(401, "Unauthorized", "", "", false).find("WWW-Authenticate: Bearer"),
            std::string::npos);
  EXPECT_EQ(events_head().find("Content-Length"), std::string::npos);
  EXPECT_EQ(receive_event("{}"), "event: receive\ndata: {}\n\n");
}

}  // namespace
}  // namespace bisik::client::rpc
