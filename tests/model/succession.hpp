// A successor statement, and what is not one.
//
// A succession is a JSON object (tests/vectors/README.md). Played, it drives crypto/successor.hpp
// and adds what came out. Playing one that has all that already gives the same bytes.
#pragma once

#include "tests/model/json.hpp"

namespace bisik::model {

void play_succession(Json& succession);

}  // namespace bisik::model
