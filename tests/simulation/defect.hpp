// Defects that are planted to see that the checker finds them.
#pragma once

namespace bisik::simulation {

enum class Defect {
  none,
  acknowledge_before_commit,  // the relay's responses leave when a batch was executed
  acknowledge_on_full_disk,   // the relay's responses leave though nothing was kept
  synchronous_normal,         // the relay's store does not sync its commits
  no_repeat_detection,        // a client forgets on restart what it has received
  list_signature_unchecked,   // a client takes a list whoever signed it
  bundle_device_unchecked,    // a client takes a bundle whosever it is
  epoch_unchecked,            // a client takes a state epoch whoever made it
  alarm_forgotten,            // a client does not keep that a contact has changed
  writes_on_refusal,          // a client keeps something of what it refuses
};

}  // namespace bisik::simulation
