// What an address is told that takes messages over HTTP.
#include "client/hook/webhook.hpp"

#include <gtest/gtest.h>

#include "client/hook/limits.hpp"

namespace bisik::client {
namespace {

WebhookUrl url(std::string_view text) {
  const auto parsed = parse_webhook_url(text);
  EXPECT_TRUE(parsed.url) << text << ": " << parsed.why_not;
  return parsed.url.value_or(WebhookUrl{});
}

TEST(Webhook, AnAddressHasAHostAndPerhapsAPortAPathAndAQuery) {
  EXPECT_EQ(url("http://localhost"), (WebhookUrl{"localhost", 80, "/"}));
  EXPECT_EQ(url("http://127.0.0.1:8000/in?x=1#top"), (WebhookUrl{"127.0.0.1", 8000, "/in?x=1"}));
  EXPECT_EQ(url("http://[::1]:8000"), (WebhookUrl{"::1", 8000, "/"}));
  EXPECT_EQ(url("http://example.org?x"), (WebhookUrl{"example.org", 80, "/?x"}));
  EXPECT_EQ(url("https://example.org/in"), (WebhookUrl{"example.org", 443, "/in", true}));
  EXPECT_EQ(url("https://[::1]:8443"), (WebhookUrl{"::1", 8443, "/", true}));
}

TEST(Webhook, WhatIsNoneIsRefusedInASentence) {
  for (const auto* text :
       {"", "localhost:8000", "ftp://x/", "http://", "http:///path", "http://host:0/",
        "http://host:65536/", "http://host:x/", "http://[::1", "http://me@host/", "http://host/a b",
        "http://host/\r\nX: y", "http://[::1]8000/", "https://", "https://host:0/"}) {
    const auto parsed = parse_webhook_url(text);
    EXPECT_FALSE(parsed.url) << text;
    EXPECT_TRUE(parsed.why_not.ends_with('.')) << text;
  }
}

// RFC 4231, test case 2.
TEST(Webhook, TheSignatureIsHmacSha256OverTheBody) {
  EXPECT_EQ(webhook_signature("Jefe", "what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Webhook, ARequestHasTheBodyItsLengthAndItsSignature) {
  const auto request = webhook_request(url("http://[::1]:8000/in"), "Jefe", "{}");
  EXPECT_TRUE(request.starts_with("POST /in HTTP/1.1\r\nHost: [::1]:8000\r\n")) << request;
  EXPECT_TRUE(request.ends_with("\r\n\r\n{}")) << request;
  EXPECT_NE(request.find("\r\nContent-Length: 2\r\n"), std::string::npos) << request;
  EXPECT_NE(request.find("\r\nX-Bisik-Signature: " + webhook_signature("Jefe", "{}") + "\r\n"),
            std::string::npos);
}

TEST(Webhook, TheHostIsNamedWithItsPortWhereThatIsNotTheUsualOne) {
  for (const auto* text :
       {"http://host/", "http://host:80/", "https://host/", "https://host:443/"}) {
    EXPECT_NE(webhook_request(url(text), "", "").find("\r\nHost: host\r\n"), std::string::npos);
  }
  for (const auto* text : {"http://host:443/", "https://host:80/"}) {
    EXPECT_NE(webhook_request(url(text), "", "").find("\r\nHost: host:"), std::string::npos);
  }
}

TEST(Webhook, AnAnswerIsItsFirstLine) {
  EXPECT_EQ(webhook_status("HTTP/1.1 204 No Content\r\n"), 204);
  EXPECT_EQ(webhook_status("HTTP/1.0 500\r\n"), 500);
  EXPECT_EQ(webhook_status("HTTP/1.1 20"), std::nullopt);
  for (const auto* text : {"\n", "hello\n", "HTTP/2 200\n", "HTTP/1.1 2x0 OK\n", "HTTP/1.1 20\n",
                           "HTTP/1.1 099 OK\n", "HTTP/1.1  20 OK\n"}) {
    EXPECT_EQ(webhook_status(text), 0) << text;
  }
  EXPECT_EQ(webhook_status(std::string(kMaxStatusLineBytes - 1, 'x')), std::nullopt);
  EXPECT_EQ(webhook_status(std::string(kMaxStatusLineBytes, 'x')), 0);
}

}  // namespace
}  // namespace bisik::client
