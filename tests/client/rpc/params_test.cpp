#include "client/rpc/params.hpp"

#include <gtest/gtest.h>

#include <array>

namespace bisik::client::rpc {
namespace {

constexpr std::array kKnown{
    Param{"recipient", "recipients", Kind::texts, true, ""},
    Param{"message", "", Kind::text, false, ""},
    Param{"count", "", Kind::integer, false, ""},
    Param{"max", "", Kind::amount, false, ""},
    Param{"timeout", "", Kind::seconds, false, ""},
    Param{"stop", "", Kind::flag, false, ""},
    Param{"numbers", "", Kind::integers, false, ""},
    Param{"attachment", "attachments", Kind::later, false, ""},
};

std::variant<Params, Error> read(const std::string& members) {
  return read_params(kKnown, Input::parse("{" + members + "}"));
}
Params good(const std::string& members) {
  auto result = read(R"("recipient":"bob")" + (members.empty() ? "" : "," + members));
  return std::get<Params>(std::move(result));
}
Code code_of_bad(const std::string& members) {
  const auto result = read(R"("recipient":"bob",)" + members);
  const auto* error = std::get_if<Error>(&result);
  return error == nullptr ? Code{0} : error->code;
}

using Texts = std::vector<std::string>;

TEST(RpcParams, AListMayBeOneValueAndHaveEitherName) {
  for (const auto* members :
       {R"("recipient":"bob")", R"("recipient":["bob"])", R"("recipients":"bob")",
        R"("recipients":["bob"])", R"("recipients":["bob"],"recipient":null)"}) {
    EXPECT_EQ(std::get<Params>(read(members)).texts("recipient"), Texts{"bob"}) << members;
  }
  EXPECT_EQ(std::get<Params>(read(R"("recipient":"a","recipients":["b","c"])")).texts("recipient"),
            (Texts{"a", "b", "c"}));
}

TEST(RpcParams, NullIsAsIfItWereAbsentAndTheUnknownIsIgnored) {
  const auto params = good(R"("message":null,"unknown":{"x":1})");
  EXPECT_FALSE(params.has("message"));
  EXPECT_EQ(params.text("message"), "");
  EXPECT_FALSE(params.integer("count"));
}

TEST(RpcParams, WhatIsRequiredMustBeThere) {
  for (const auto* members : {"", R"("recipient":null)", R"("recipient":[])"}) {
    const auto result = read(members);
    EXPECT_EQ(std::get<Error>(result).code, Code::invalid_params) << members;
  }
}

TEST(RpcParams, AValueOfAnotherKindIsRefused) {
  for (const auto* members :
       {R"("message":5)", R"("message":["x"])", R"("message":{})", R"("count":"5")",
        R"("count":-1)", R"("count":1.5)", R"("count":1e300)", R"("timeout":"3")",
        R"("stop":"true")", R"("stop":1)", R"("numbers":[1,"2"])", R"("recipients":[["bob"]])",
        R"("recipients":[1])", R"("recipients":{"0":"bob"})", R"("max":1.5)"}) {
    EXPECT_EQ(code_of_bad(members), Code::invalid_params) << members;
  }
}

TEST(RpcParams, NumbersAreReadAsProgramsWriteThem) {
  EXPECT_EQ(good(R"("count":5)").integer("count"), 5U);
  EXPECT_EQ(good(R"("count":5.0)").integer("count"), 5U);
  EXPECT_EQ(good(R"("count":18446744073709551615)").integer("count"), UINT64_MAX);
  EXPECT_EQ(good(R"("timeout":0.5)").seconds("timeout"), 0.5);
  EXPECT_EQ(good(R"("timeout":-1)").seconds("timeout"), -1);
  EXPECT_EQ(good(R"("max":-1)").integer("max"), std::nullopt);
  EXPECT_EQ(good(R"("max":3)").integer("max"), 3U);
  EXPECT_EQ(good(R"("numbers":7)").integers("numbers"), std::vector<std::uint64_t>{7});
}

TEST(RpcParams, WhatHasNoMeaningYetIsRefusedUnlessItSaysNothing) {
  for (const auto* nothing : {"[]", "null", "false", "\"\"", "0"}) {
    EXPECT_EQ(code_of_bad(std::string{R"("attachments":)"} + nothing), Code{0}) << nothing;
  }
  for (const auto* something : {R"(["a.png"])", R"("a.png")", "true", "1"}) {
    EXPECT_EQ(code_of_bad(std::string{R"("attachment":)"} + something), Code::user) << something;
  }
}

}  // namespace
}  // namespace bisik::client::rpc
