// A conversation in a test: a program on one side, which reads at once unless it is told not to,
// and the owner of the profile on the other, whose words the test chooses.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "client/rpc/conversation.hpp"

namespace bisik::client::rpc {

class Speaker {
 public:
  explicit Speaker(bool receives = false)
      : conversation{{.receives = receives, .accounts = {"alice"}}} {
    proto::pb::ApiReply reply;
    reply.mutable_who_am_i()->set_name("Alice");
    reply.mutable_who_am_i()->set_account(std::string(32, '\x11'));
    answer(asked(), reply);
  }
  // With a profile that has no account.
  explicit Speaker(Conversation::Options options) : conversation{std::move(options)} {
    fail(asked(), 1);
  }

  // --- the program ---

  void say(const std::string& text) { conversation.hear(text); }
  void call(int id, const std::string& method, const std::string& params = "{}") {
    say(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" + method +
        R"(","params":)" + params + "}");
  }
  // Everything that was said to it since the last time.
  std::vector<Json> heard() {
    std::vector<Json> all;
    for (const auto& line : conversation.take_output()) {
      EXPECT_EQ(line.find_first_of("\n\r\x7f"), std::string::npos);
      EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; })) << line;
      all.push_back(Json::parse(line));
    }
    said += all.size();
    if (reads) conversation.written(said);
    return all;
  }
  // The one thing that was said.
  Json only() {
    const auto all = heard();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? Json{} : all.front();
  }
  Json result() { return only()["result"]; }
  int error() { return only()["error"]["code"].get<int>(); }

  // --- the owner ---

  // All that is asked of it now.
  std::vector<proto::pb::ApiRequest> all_asked() { return conversation.take_requests(); }
  proto::pb::ApiRequest asked() {
    const auto requests = all_asked();
    EXPECT_EQ(requests.size(), 1U);
    return requests.empty() ? proto::pb::ApiRequest{} : requests.front();
  }
  // The last word on this request.
  void answer(const proto::pb::ApiRequest& request, proto::pb::ApiReply reply) {
    reply.set_number(request.number());
    reply.set_last(true);
    conversation.reply(reply);
  }
  void done(const proto::pb::ApiRequest& request) {
    proto::pb::ApiReply reply;
    reply.mutable_done();
    answer(request, std::move(reply));
  }
  void fail(const proto::pb::ApiRequest& request, std::uint32_t code) {
    proto::pb::ApiReply reply;
    reply.mutable_failure()->set_exit_code(code);
    reply.mutable_failure()->set_sentence("no");
    answer(request, std::move(reply));
  }
  void bring(const proto::pb::ApiRequest& request, std::uint64_t cursor,
             const std::string& text = "hello") {
    proto::pb::ApiReply reply;
    reply.set_number(request.number());
    auto& message = *reply.mutable_message();
    message.set_id("bob/" + std::to_string(cursor));
    message.set_from("bob");
    message.set_from_account(std::string(32, '\x22'));
    message.set_timestamp_ms(1'000 + cursor);
    message.set_text(text);
    message.set_cursor(cursor);
    conversation.reply(reply);
  }

  Conversation conversation;
  std::uint64_t said = 0;
  bool reads = true;
};

}  // namespace bisik::client::rpc
