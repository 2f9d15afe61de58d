// The architecture, as a test: every rule of docs/style.md that a machine can check, on this tree.
// What the rules themselves would miss is tested beside them, in tests/layering/.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/layering/rules.hpp"

namespace bisik::layering {
namespace {

using testing::Gt;
using testing::SizeIs;

class Layering : public testing::Test {
 protected:
  static void SetUpTestSuite() { tree_ = read_tree(SOURCE_DIR); }
  static void TearDownTestSuite() { tree_.clear(); }

  static inline Tree tree_;
};

void expect_none(const Violations& violations) {
  for (const auto& violation : violations) ADD_FAILURE() << violation;
}

// Without this, a wrong folder would satisfy every rule below.
TEST_F(Layering, SeesTheRepository) {
  EXPECT_THAT(tree_, testing::Contains(testing::Field(&SourceFile::path, "crypto/secret.hpp")));
  EXPECT_THAT(tree_, testing::Contains(testing::Field(&SourceFile::path, "bootstrap")));
}

TEST_F(Layering, IncludeArrowsPointDown) { expect_none(includes_against_the_arrows(tree_)); }

TEST_F(Layering, LinkArrowsPointDown) { expect_none(links_against_the_arrows(tree_)); }

TEST_F(Layering, LibrariesStayWhereTheyBelong) { expect_none(libraries_out_of_place(tree_)); }

TEST_F(Layering, SecretsLeaveInCryptoAlone) { expect_none(secrets_exposed_outside_crypto(tree_)); }

TEST_F(Layering, FilesAndLinesKeepTheirLimits) { expect_none(too_long(tree_)); }

TEST_F(Layering, FunctionsKeepTheirLimits) {
  const auto functions =
      functions_in(SOURCE_DIR, {"crypto", "storage", "proto", "server", "client", "tests"});
  EXPECT_THAT(functions, SizeIs(Gt(0U)));
  expect_none(functions_too_long(functions));
}

TEST_F(Layering, NoLambdaCapturesInsideCoAwait) { expect_none(lambdas_in_co_await(tree_)); }

TEST_F(Layering, HeadersOpenWithAParagraph) { expect_none(headers_without_paragraph(tree_)); }

TEST_F(Layering, NothingIsLeftForLater) { expect_none(unfinished_or_unwanted_words(tree_)); }

TEST_F(Layering, FoldersAreNamedAfterWhatTheyAre) {
  expect_none(folders_named_after_nothing(tree_));
}

TEST_F(Layering, EverySourceIsBuilt) { expect_none(sources_outside_the_build(tree_)); }

TEST_F(Layering, BuildFilesNameTheirSources) { expect_none(globs(tree_)); }

TEST_F(Layering, EveryLayerHasTests) { expect_none(layers_without_tests(tree_)); }

}  // namespace
}  // namespace bisik::layering
