// Telling a person that a name is not the one that was typed (client/name.hpp says what names may
// be; somebody else may have it, too).
#pragma once

#include <string>

#include "client/cli/context.hpp"

namespace bisik::client {

// On standard error, wherever that goes. With --json the name is in the object. `typed` may be
// empty: nobody chose one.
void tell_other_name(Context& context, const std::string& typed, const std::string& taken);

}  // namespace bisik::client
