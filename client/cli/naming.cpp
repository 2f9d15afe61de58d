#include "client/cli/naming.hpp"

#include "client/name.hpp"

namespace bisik::client {

void tell_other_name(Context& context, const std::string& typed, const std::string& taken) {
  // Two ways to write the same characters look alike: nobody would see what is meant.
  if (context.json() || typed.empty() || fold_name(typed) == fold_name(taken)) return;
  context.say(SafeText{"The name is \u201c"} + SafeText::line(taken) +
              "\u201d: not every name can be had as it was typed.");
}

}  // namespace bisik::client
