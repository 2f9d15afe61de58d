// A split view of device lists is found out with the next message that says what its sender sees.
#include "client/engine/list_watch.hpp"

#include <gtest/gtest.h>

#include "crypto/sodium.hpp"

namespace bisik::client {
namespace {

class ListWatch : public testing::Test {
 protected:
  ListWatch() {
    crypto::initialise();
    Step step{{}};
    const auto key = crypto::DhKeyPair::generate().public_key;
    const proto::Link link{.relay = {"relay.example", 7443, key}, .invite = {}, .contact = {}};
    alice_ = Identity::create("Alice", link, step);
    bob_.row.set_list_sequence(4);
    bob_.row.set_list_hash(std::string(32, 'b'));
    content_.mutable_sender_list()->set_sequence(4);
    content_.mutable_sender_list()->set_hash(std::string(32, 'b'));
    says_of_ours(1, to_string(alice_->list_hash()));
  }

  void says_of_ours(std::uint64_t sequence, const std::string& hash) {
    content_.mutable_receiver_list()->set_sequence(sequence);
    content_.mutable_receiver_list()->set_hash(hash);
  }
  ListAlarm watch() const { return watch_lists(*alice_, bob_, content_); }

  std::optional<Identity> alice_;
  Contact bob_{};
  proto::pb::Content content_;
};

TEST_F(ListWatch, WhoeverSeesTheSameRaisesNoAlarm) { EXPECT_EQ(watch(), ListAlarm::none); }

TEST_F(ListWatch, OlderAndNewerListsOfTheirsAreNoContradiction) {
  for (const std::uint64_t sequence : {1U, 3U, 5U, 90U}) {
    content_.mutable_sender_list()->set_sequence(sequence);
    content_.mutable_sender_list()->set_hash(std::string(32, 'x'));
    EXPECT_EQ(watch(), ListAlarm::none) << sequence;
  }
}

TEST_F(ListWatch, TwoListsOfOneNumberAreAnAlarm) {
  content_.mutable_sender_list()->set_hash(std::string(32, 'x'));
  EXPECT_EQ(watch(), ListAlarm::theirs);
}

TEST_F(ListWatch, AListOfOursThatWeHaveNotMadeIsAnAlarm) {
  says_of_ours(1, std::string(32, 'x'));
  EXPECT_EQ(watch(), ListAlarm::ours);
  says_of_ours(2, to_string(alice_->list_hash()));
  EXPECT_EQ(watch(), ListAlarm::ours);
}

TEST_F(ListWatch, TheListThatIsOnItsWayMayBeKnownBeforeTheRelayHasAnswered) {
  Step step{{{}, std::chrono::sys_days{std::chrono::January / 5 / 2026}}};
  alice_->renew_list(step);
  EXPECT_EQ(watch(), ListAlarm::none) << "the old one";
  const auto next = crypto::DeviceList::parse(alice_->next_device_list).value().hash();
  says_of_ours(2, to_string(next));
  EXPECT_EQ(watch(), ListAlarm::none);
  says_of_ours(2, std::string(32, 'x'));
  EXPECT_EQ(watch(), ListAlarm::ours);
  says_of_ours(3, to_string(next));
  EXPECT_EQ(watch(), ListAlarm::ours);
}

TEST_F(ListWatch, WhoeverKnowsNoListSaysNothing) {
  says_of_ours(0, {});
  bob_.row.clear_list_sequence();
  content_.mutable_sender_list()->set_sequence(0);
  EXPECT_EQ(watch(), ListAlarm::none);
}

}  // namespace
}  // namespace bisik::client
