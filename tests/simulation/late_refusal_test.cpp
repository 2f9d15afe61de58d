// A relay refuses a cell that has left with an old write key, while the new key is already here:
// that one nobody has refused, and nobody has to be asked for it (docs/protocol.md 8.3).
#include "tests/simulation/device_story.hpp"

namespace bisik::simulation {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class LateRefusal : public DeviceStory {
 protected:
  LateRefusal() { network_.weather = {.least_delay = Duration{20}, .most_delay = Duration{20}}; }

  // With another key, which he hears of when he is unblocked.
  void block(bool unblock) {
    proto::pb::ApiRequest request;
    request.mutable_block()->set_name(bob_->name());
    request.mutable_block()->set_now(!unblock);
    request.mutable_block()->set_unblock(unblock);
    alice_->client().command(request);
  }

  static void write(Member& from, const Member& to, const std::string& text) {
    proto::pb::ApiRequest request;
    request.mutable_send()->add_recipients(to.name());
    request.mutable_send()->set_text(text);
    request.mutable_send()->set_queue(true);
    from.client().command(request);
  }
};

// Whichever of his attempts it is that her word of the new key crosses.
TEST_F(LateRefusal, IsNoReasonToWaitForAnotherKey) {
  for (Duration later{500}; later < Duration{1'100}; later += Duration{20}) {
    const auto text = std::to_string(later.count());
    block(false);
    pass(seconds{10});
    write(*bob_, *alice_, text);
    pass(later);
    block(true);
    pass(minutes{1});
    ASSERT_EQ(alice_->times_read(text), 1) << text;
    sleep(std::chrono::hours{24 * 8});  // he knocks once in a week
  }
}

}  // namespace
}  // namespace bisik::simulation
