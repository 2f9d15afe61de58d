#include "tests/layering/functions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "tests/layering/rules.hpp"

namespace bisik::layering {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using testing::SizeIs;

// A folder with a quote and a space in its name that lives as long as the test.
class Functions : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(root_ / "crypto"); }
  void TearDown() override { fs::remove_all(root_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream{root_ / "crypto" / name} << text;
  }

  [[nodiscard]] std::vector<Function> functions() const { return functions_in(root_, {"crypto"}); }

  fs::path root_ = fs::temp_directory_path() / ("bisik's functions " + std::to_string(getpid()));
};

std::string body_of(int lines) {
  std::string body = "{\n";
  for (int i = 2; i < lines; ++i) body += "  g();\n";
  return body + "}\n";
}

TEST_F(Functions, AreMeasuredFromNameToBrace) {
  write("a.cpp", "int f()\n{\n  return 1;\n}\n");
  const auto found = functions();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].path, "crypto/a.cpp");
  EXPECT_EQ(found[0].name, "f");
  EXPECT_EQ(found[0].lines(), 4);
}

TEST_F(Functions, OfSixtyLinesAreAllowed) {
  write("a.cpp", "void f() " + body_of(60));
  EXPECT_THAT(functions(), SizeIs(1));
  EXPECT_THAT(functions_too_long(functions()), IsEmpty());
}

TEST_F(Functions, OfSixtyOneLinesAreNot) {
  write("plain.cpp", "void f() " + body_of(61));
  write("inline.hpp", "struct S {\n  void f() " + body_of(61) + "};\n");
  write("test.cpp", "TEST(Suite, Name) " + body_of(61));
  write("lambda.cpp", "const auto f = [](int x) " + body_of(61) + ";\n");
  write("coroutine.cpp",
        "template <class T>\nboost::asio::awaitable<std::vector<T>> f(T t) " + body_of(61));
  EXPECT_THAT(functions_too_long(functions()), SizeIs(5));
}

TEST(FunctionLengths, AreJudgedTogetherToo) {
  std::vector<Function> functions(190, {"crypto/a.cpp", "f", 1, 30});
  functions.resize(200, {"crypto/a.cpp", "g", 1, 31});
  EXPECT_THAT(functions_too_long(functions), IsEmpty());
  functions.back().last_line = 31;
  functions.front().last_line = 31;
  EXPECT_THAT(functions_too_long(functions), SizeIs(1));
}

TEST(FunctionLengths, NeedARealFolder) {
  EXPECT_THROW(functions_in("/nonexistent", {"crypto"}), std::runtime_error);
}

}  // namespace
}  // namespace bisik::layering
