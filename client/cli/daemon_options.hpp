// The options of `daemon`, looked at before anything is opened: what can be told to be wrong
// without a profile is told at once, not once another command has given that profile up.
#pragma once

#include "client/cli/commands.hpp"

namespace bisik::client {

// Throws Problem: an option that has nothing to do without another one, a name, an address or a
// program that is none.
void require_sound(const DaemonOptions& options);

}  // namespace bisik::client
