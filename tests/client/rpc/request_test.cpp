// What is no request, in every way in which it can be none.
#include "client/rpc/request.hpp"

#include <gtest/gtest.h>

#include "client/rpc/limits.hpp"

namespace bisik::client::rpc {
namespace {

const Request& request_in(const Message& message) { return std::get<Request>(message.items.at(0)); }

// The id under which it is refused, and the code.
std::pair<Json, Code> refused(std::string_view text) {
  const auto message = decode(text);
  EXPECT_FALSE(message.batch);
  EXPECT_EQ(message.items.size(), 1U);
  const auto* rejected = std::get_if<Rejected>(&message.items.at(0));
  if (rejected == nullptr) return {nullptr, Code{0}};
  return {rejected->id, rejected->error.code};
}

std::string with_id(const std::string& id) {
  return R"({"jsonrpc":"2.0","method":"version","id":)" + id + "}";
}

using Refusal = std::pair<Json, Code>;

TEST(RpcRequest, IsReadWithItsIdMethodAndParams) {
  const auto message = decode(R"({"jsonrpc":"2.0","id":7,"method":"send","params":{"a":[1]}})");
  const auto& request = request_in(message);
  EXPECT_EQ(request.id, Json(7));
  EXPECT_EQ(request.method, "send");
  EXPECT_EQ(request.params.dump(), R"({"a":[1]})");
}

TEST(RpcRequest, AnIdIsAStringOrANumberAndComesBackAsItWas) {
  for (const auto* id : {"0", "-5", "18446744073709551615", "1.5", R"("")", R"("x\u00e9")"}) {
    const auto message = decode(with_id(id));
    ASSERT_TRUE(request_in(message).id) << id;
    EXPECT_EQ(*request_in(message).id, Json::parse(id));
  }
}

TEST(RpcRequest, AnIdOfAnyOtherTypeIsRefusedUnderNull) {
  for (const auto* id : {"null", "true", "false", "[]", "[1]", "{}", R"({"id":1})"}) {
    EXPECT_EQ(refused(with_id(id)), (Refusal{nullptr, Code::invalid_request})) << id;
  }
  const std::string long_id(kMaxIdBytes + 1, 'x');
  EXPECT_EQ(refused(with_id('"' + long_id + '"')), (Refusal{nullptr, Code::invalid_request}));
}

TEST(RpcRequest, WithoutAnIdNobodyWantsAnAnswer) {
  const auto message = decode(R"({"jsonrpc":"2.0","method":"version"})");
  EXPECT_FALSE(request_in(message).id);
}

TEST(RpcRequest, WhatIsNotJsonIsAParseError) {
  const std::string half = R"({"jsonrpc":"2.0","id":1,"meth)";
  const std::string nul{"{\"jsonrpc\":\"2.0\",\0\"id\":1}", 24};
  for (const auto& text :
       {half, nul, std::string{"\xff"}, std::string{"\"\xc3\x28\""}, std::string{"\"\\ud800\""},
        std::string{"1e999"}, std::string{"nonsense"}, std::string{"{} {}"}, std::string{"NaN"}}) {
    EXPECT_EQ(refused(text), (Refusal{nullptr, Code::parse})) << text;
  }
}

TEST(RpcRequest, JsonThatIsNoRequestIsInvalid) {
  for (const auto* text :
       {"1", "\"x\"", "null", "true", "{}", "[]", R"({"jsonrpc":"1.0","method":"version"})",
        R"({"method":"version"})", R"({"jsonrpc":"2.0"})", R"({"jsonrpc":"2.0","method":7})"}) {
    EXPECT_EQ(refused(text), (Refusal{nullptr, Code::invalid_request})) << text;
  }
}

TEST(RpcRequest, IsRefusedUnderItsOwnIdIfItHasOne) {
  EXPECT_EQ(refused(R"({"jsonrpc":"2.0","id":"a"})"), (Refusal{"a", Code::invalid_request}));
  EXPECT_EQ(refused(R"({"jsonrpc":"2.0","id":3,"method":"version","params":[1]})"),
            (Refusal{3, Code::invalid_params}));
}

TEST(RpcRequest, NullParamsAreNone) {
  const auto message = decode(R"({"jsonrpc":"2.0","method":"version","params":null})");
  EXPECT_TRUE(request_in(message).params.empty());
}

TEST(RpcRequest, ABatchMayHoldBothRequestsAndNonsense) {
  const auto message = decode(R"([{"jsonrpc":"2.0","id":1,"method":"version"},1,{}])");
  EXPECT_TRUE(message.batch);
  ASSERT_EQ(message.items.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<Request>(message.items[0]));
  EXPECT_TRUE(std::holds_alternative<Rejected>(message.items[1]));
  EXPECT_TRUE(std::holds_alternative<Rejected>(message.items[2]));
}

TEST(RpcRequest, ABatchThatIsTooLongIsRefusedAsAWhole) {
  std::string batch = "[1";
  for (std::size_t i = 1; i < kMaxBatch; ++i) batch += ",1";
  EXPECT_EQ(decode(batch + "]").items.size(), kMaxBatch);
  EXPECT_EQ(refused(batch + ",1]"), (Refusal{nullptr, Code::invalid_request}));
}

TEST(RpcRequest, WhatIsNestedTooDeepIsNeverBuilt) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse(nested(kMaxDepth)));
  EXPECT_FALSE(parse(nested(kMaxDepth + 1)));
  EXPECT_FALSE(parse(std::string(kMaxLineBytes, '[')));
  EXPECT_TRUE(parse('"' + std::string(100, '[') + "\\\"" + std::string(100, '{') + '"'));
}

TEST(RpcRequest, ManyKeysCostNoMoreThanTheirLine) {
  std::string object = R"({"jsonrpc":"2.0","method":"version","params":{"k0":0)";
  for (int i = 1; object.size() < kMaxLineBytes - 20; ++i) {
    object += ",\"k" + std::to_string(i) + "\":0";
  }
  EXPECT_GT(request_in(decode(object + "}}")).params.size(), 50'000U);
}

}  // namespace
}  // namespace bisik::client::rpc
