// Finds the pattern that g++ 12 compiles wrongly: a capturing lambda written inside an expression
// that also suspends. Its captures are destroyed twice.
//
// An expression reaches, from the co_await, as far as the statement does, or as far as the
// parentheses of if, while, for or switch; a block in braces ends it on either side. Everything
// inside counts, the arguments before and after the co_await too, because the lambda is a temporary
// of the whole expression. Works on text, so it errs on the strict side.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace bisik::layering {

// `code` is what code_only() leaves. Gives the line of each such lambda, ascending.
std::vector<std::size_t> capturing_lambdas_in_co_await(std::string_view code);

}  // namespace bisik::layering
