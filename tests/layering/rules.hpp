// The rules of docs/style.md that a machine can check, each a function from the tree to what breaks
// it. One line a violation: where, and what to do instead. None of them fails.
#pragma once

#include <string>
#include <vector>

#include "tests/layering/functions.hpp"
#include "tests/layering/tree.hpp"

namespace bisik::layering {

using Violations = std::vector<std::string>;

// arrow_rules.cpp: who may know whom.
Violations includes_against_the_arrows(const Tree& tree);
Violations links_against_the_arrows(const Tree& tree);
Violations libraries_out_of_place(const Tree& tree);
Violations secrets_exposed_outside_crypto(const Tree& tree);

// text_rules.cpp: what a file looks like.
Violations too_long(const Tree& tree);
Violations functions_too_long(const std::vector<Function>& functions);
Violations headers_without_paragraph(const Tree& tree);
Violations unfinished_or_unwanted_words(const Tree& tree);
Violations lambdas_in_co_await(const Tree& tree);

// build_rules.cpp: what the build must know.
Violations folders_named_after_nothing(const Tree& tree);
Violations sources_outside_the_build(const Tree& tree);
Violations layers_without_tests(const Tree& tree);
Violations globs(const Tree& tree);

}  // namespace bisik::layering
