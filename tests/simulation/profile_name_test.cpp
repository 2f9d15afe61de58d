// What an account calls itself: said to contacts and to its own devices, and by whomever it is
// known, he goes on calling it as he did.
#include "tests/simulation/device_story.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::ApiRequest;
using proto::pb::ContactEntry;
using std::chrono::minutes;

class ProfileName : public DeviceStory {
 protected:
  static proto::pb::ApiReply call_itself(Member& member, const std::string& name) {
    ApiRequest request;
    request.mutable_profile()->set_name(name);
    return member.ask(request);
  }
  static ContactEntry first_contact(Member& member) {
    ApiRequest request;
    request.mutable_contacts();
    return member.ask_first(request).contact();
  }
  static std::string own_name(Member& member) {
    ApiRequest request;
    request.mutable_who_am_i();
    return member.ask(request).who_am_i().name();
  }
};

TEST_F(ProfileName, ContactsHearOfItAndKeepTheirOwn) {
  EXPECT_EQ(alice_->send(*bob_, "hello").state(), proto::pb::MESSAGE_STATE_RELAY);
  pass(minutes{1});
  EXPECT_EQ(call_itself(*alice_, " Alice  from work ").who_am_i().name(), "Alice from work");
  pass(minutes{1});
  const auto shown = first_contact(*bob_);
  EXPECT_EQ(shown.profile_name(), "Alice from work");
  EXPECT_EQ(shown.name(), alice_->name());
  EXPECT_EQ(call_itself(*alice_, "Alice again").who_am_i().name(), "Alice again");
  pass(minutes{1});
  EXPECT_EQ(first_contact(*bob_).profile_name(), "Alice again");
}

TEST_F(ProfileName, WhoWasAwayHearsOfItWithTheNextMessage) {
  EXPECT_EQ(alice_->send(*bob_, "hello").state(), proto::pb::MESSAGE_STATE_RELAY);
  pass(minutes{1});
  bob_->go_offline();
  EXPECT_TRUE(call_itself(*alice_, "Alice from work").has_who_am_i());
  alice_->go_offline();
  alice_->come_online();
  EXPECT_EQ(alice_->send(*bob_, "it is me").state(), proto::pb::MESSAGE_STATE_RELAY);
  bob_->come_online();
  pass(minutes{1});
  EXPECT_EQ(first_contact(*bob_).profile_name(), "Alice from work");
}

TEST_F(ProfileName, OtherDevicesOfTheAccountTakeIt) {
  auto& second = linked(*alice_);
  EXPECT_TRUE(call_itself(second, "Alice from work").has_who_am_i());
  pass(minutes{2});
  EXPECT_EQ(own_name(*alice_), "Alice from work");
  EXPECT_EQ(own_name(second), "Alice from work");
}

TEST_F(ProfileName, ANameThatCannotBeReadIsNone) {
  EXPECT_EQ(call_itself(*alice_, " \n ").failure().exit_code(), 1U);
  EXPECT_EQ(own_name(*alice_), alice_->name());
}

}  // namespace
}  // namespace bisik::simulation
