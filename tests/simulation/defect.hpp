// Defects that are planted to see that the checker finds them.
#pragma once

namespace bisik::simulation {

enum class Defect {
  none,
  acknowledge_before_commit,  // the relay's responses leave when a batch was executed
  synchronous_normal,         // the relay's store does not sync its commits
  no_repeat_detection,        // a client forgets on restart what it has received
};

}  // namespace bisik::simulation
