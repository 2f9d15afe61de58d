// From a command line to an exit code. What goes wrong anywhere below ends here as one sentence.
#pragma once

namespace bisik::client {

[[nodiscard]] int run(int argc, const char* const* argv);

}  // namespace bisik::client
