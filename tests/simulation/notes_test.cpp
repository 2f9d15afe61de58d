// Notes to oneself: kept at once, shown on all devices of the account, and sent to nobody else.
#include "tests/simulation/device_story.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::ApiRequest;
using proto::pb::Message;
using proto::pb::Reference;
using std::chrono::minutes;

class Notes : public DeviceStory {
 protected:
  static proto::pb::Sent::Recipient note(Member& member, const std::string& text,
                                         const std::string& replaces = {}) {
    ApiRequest request;
    request.mutable_send()->add_recipients("note-to-self");
    request.mutable_send()->set_text(text);
    if (!replaces.empty()) {
      request.mutable_send()->mutable_about()->set_kind(Reference::KIND_EDIT);
      request.mutable_send()->mutable_about()->set_id(replaces);
    }
    return member.ask(request).sent().recipients(0);
  }
  static std::vector<std::string> notes(Member& member) {
    ApiRequest request;
    request.mutable_history()->set_chat("Note-To-Self");
    const auto command = member.client().next_command();
    static_cast<void>(member.ask(request));
    std::vector<std::string> texts;
    for (const auto& reply : member.replies(command)) {
      if (reply.has_message()) texts.push_back(reply.message().text());
    }
    return texts;
  }
  using Texts = std::vector<std::string>;
};

TEST_F(Notes, ANoteIsKeptWithoutANetworkAndGoesToNoContact) {
  relay_.die(RelayParty::Death::killed);
  const auto kept = note(*alice_, "buy milk");
  EXPECT_FALSE(kept.has_failure());
  EXPECT_EQ(kept.id(), "note-to-self/1");
  EXPECT_EQ(notes(*alice_), Texts{"buy milk"});
  relay_.start();
  pass(minutes{2});
  EXPECT_EQ(bob_->times_read("buy milk"), 0);
  EXPECT_EQ(alice_->times_read("buy milk"), 0) << "nor is it news here";
}

TEST_F(Notes, EveryDeviceShowsItAlsoOneThatComesLater) {
  auto& second = linked(*alice_);
  EXPECT_FALSE(note(second, "buy milk").has_failure());
  pass(minutes{2});
  EXPECT_EQ(notes(*alice_), Texts{"buy milk"});
  EXPECT_FALSE(note(*alice_, "buy bread", "note-to-self/1").has_failure());
  pass(minutes{2});
  EXPECT_EQ(notes(second), (Texts{"buy bread", "buy bread"})) << "the note, and its edit";
  auto& third = linked(*alice_);
  EXPECT_EQ(notes(third), (Texts{"buy bread", "buy bread"}));
}

TEST_F(Notes, NobodyWhoIsCalledSoGetsThem) {
  auto& carol = member();
  EXPECT_TRUE(carol.join(proto::format_link(
      {.relay = relay_.address(), .invite = relay_.make_invite(1), .contact = {}})));
  ApiRequest request;
  request.mutable_add()->set_link(carol.invite());
  request.mutable_add()->set_name("note-to-self");
  EXPECT_TRUE(alice_->ask(request).has_contact());
  EXPECT_FALSE(note(*alice_, "mine alone").has_failure());
  pass(minutes{2});
  EXPECT_EQ(carol.times_read("mine alone"), 0);
  EXPECT_EQ(notes(*alice_), Texts{"mine alone"});
}

TEST_F(Notes, TheAccountItselfIsNobodyWhoCouldBeBlockedOrDeleted) {
  for (const bool block : {true, false}) {
    ApiRequest request;
    if (block) {
      request.mutable_block()->set_name("note-to-self");
    } else {
      request.mutable_remove()->set_name("note-to-self");
      request.mutable_remove()->set_contact(true);
    }
    EXPECT_EQ(alice_->ask(request).failure().exit_code(), 1U);
  }
}

}  // namespace
}  // namespace bisik::simulation
