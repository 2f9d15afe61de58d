#include "tests/layering/co_await.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>

#include "tests/layering/source_text.hpp"

namespace bisik::layering {
namespace {

using testing::ElementsAre;

struct Sample {
  std::string_view name, text;
  friend void PrintTo(const Sample& sample, std::ostream* out) { *out << sample.name; }
};

std::string name_of(const testing::TestParamInfo<Sample>& test) {
  return std::string{test.param.name};
}

class Forbidden : public testing::TestWithParam<Sample> {};
class Allowed : public testing::TestWithParam<Sample> {};

TEST_P(Forbidden, IsFound) {
  EXPECT_FALSE(capturing_lambdas_in_co_await(code_only(GetParam().text)).empty());
}

TEST_P(Allowed, IsNotFound) {
  EXPECT_TRUE(capturing_lambdas_in_co_await(code_only(GetParam().text)).empty());
}

INSTANTIATE_TEST_SUITE_P(
    CoAwait, Forbidden,
    testing::Values(
        Sample{"Argument", "void f() { co_await run([&] { g(); }); }"},
        Sample{"NamedCapture", "void f() { co_await run([x](int y) { g(x, y); }); }"},
        Sample{"InitCapture", "void f() { co_await run([x = move(y)]() mutable { g(x); }); }"},
        Sample{"CaptureOfThis", "void f() { co_await run([this] { g(); }); }"},
        Sample{"AcrossLines", "void f() {\n co_await run(\n   a,\n   [&](int b)\n { g(b); });\n}"},
        Sample{"CalledAtOnce", "void f() { co_await [&]() -> Task { co_return; }(); }"},
        Sample{"ReturnedExpression", "Task f() { co_return co_await run([=] { g(); }); }"},
        Sample{"InsideParentheses", "void f() { co_await (read() || run([&] { g(); })); }"},
        Sample{"OtherArgument", "void f() { both(co_await a(), [&] { g(); }); }"},
        Sample{"EarlierArgument", "void f() { both([&] { g(); }, co_await a()); }"},
        Sample{"ChainAfterLambda", "void f() { co_await run([&] { g(); }).with(token); }"},
        Sample{"Condition", "void f() { if (co_await run([&] { g(); })) h(); }"},
        Sample{"LoopRange", "void f() { for (auto x : co_await run([&] { g(); })) h(x); }"},
        Sample{"Initialiser", "void f() { auto [a, b] = co_await run([&] { g(); }); }"},
        Sample{"Template", "void f() { co_await run([&]<class T>(T t) { g(t); }); }"},
        Sample{"WithinOuterLambda", "auto f = [] { co_await run([&] { g(); }); };"},
        Sample{"AfterBlock", "void f() { if (a) { b(); } co_await run([&] { g(); }); }"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    CoAwait, Allowed,
    testing::Values(
        Sample{"CapturesNothing", "void f() { co_await run([] { g(); }); }"},
        Sample{"BoundBefore", "void f() { auto h = [&] { g(); }; co_await run(h); }"},
        Sample{"NextStatement", "void f() { co_await run(); sort([&] { g(); }); }"},
        Sample{"StructuredBinding", "void f() { const auto& [a, b] = co_await run(); }"},
        Sample{"Subscript", "void f() { co_await run(table[i](x), rows()[j](y), m[a][b](z)); }"},
        Sample{"Attribute", "void f() { [[maybe_unused]] auto x = co_await run(); }"},
        Sample{"Comment", "void f() { co_await run(/* [&] { g(); } */ a); }"},
        Sample{"String", "void f() { co_await run(\"[&] { g(); }\"); }"},
        Sample{"CoAwaitInComment", "// co_await\nvoid f() { run([&] { g(); }); }"},
        Sample{"CoAwaitInsideLambda",
               "void f() { spawn(ex, [self]() -> Task { co_await run(); }, detached); }"},
        Sample{"BodyOfCondition", "void f() { if (co_await run()) { sort([&] { g(); }); } }"},
        Sample{"BareBodyOfCondition", "void f() { if (co_await run()) sort([&] { g(); }); }"},
        Sample{"BodyOfLoop", "void f() { while (co_await run()) { sort([&] { g(); }); } }"},
        Sample{"ConditionBefore", "void f() { if (any([&] { g(); })) co_await run(); }"},
        Sample{"BlockBefore", "void f() { for (;;) { sort([&] { g(); }); } co_await run(); }"},
        Sample{"LongerWord", "void f() { not_co_await(run([&] { g(); })); }"},
        Sample{"ArrayType", "void f() { co_await run(new int[n]{1}, x); }"}),
    name_of);

TEST(CapturingLambdas, AreReportedByTheirLines) {
  const std::string_view text =
      "void f() {\n"
      "  co_await run(\n"
      "      [&] { g(); });\n"
      "  co_await run([x] { g(); }, [y] { g(); });\n"
      "}\n";
  EXPECT_THAT(capturing_lambdas_in_co_await(code_only(text)), ElementsAre(3U, 4U));
}

}  // namespace
}  // namespace bisik::layering
