// A contact who goes on under another account key: nothing moves before the person has said so, and
// then everything does, once (I2, I13).
#include "crypto/successor.hpp"

#include "client/engine/contact_book.hpp"
#include "client/engine/identity.hpp"
#include "tests/simulation/moving_fixture.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::MESSAGE_STATE_RELAY;
using proto::pb::MOVE_FOLLOWED;
using proto::pb::MOVE_NONE;
using proto::pb::MOVE_OFFERED;
using proto::pb::MOVE_REFUSED;
using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;
using Texts = std::vector<std::string>;

crypto::AccountKey key_of(Member& member) {
  const auto row = member.client().rows().get(client::RowKind::profile, {});
  auto identity = client::Identity::read(*row);
  return std::move(*identity.primary);
}

crypto::AccountKey nobodys_key() {
  crypto::SecretBuffer seed;
  seed.append(crypto::ByteArray<32>{7});
  crypto::SecretReader reader{seed};
  return crypto::AccountKey::read(reader).value();
}

class Successor : public Moving {
 protected:
  // Somebody has put this beside Alice's own keys, as if her account went on so.
  void announce(const crypto::AccountKey& old, const crypto::AccountKey& signer,
                const crypto::AccountKey& fresh) {
    const crypto::SuccessorClaim claim{old.verify_key(), fresh.verify_key(),
                                       std::chrono::floor<seconds>(world_.now())};
    crypto::Encoder statement{crypto::SuccessorStatement::kSize};
    statement.append(claim.encode());
    statement.append(signer.sign(crypto::label::kSuccessorByOld, claim.encode()));
    statement.append(claim.sign_as_new(fresh));
    const auto link = proto::parse_link(fresh_->invite()).value();
    proto::pb::Successor said;
    said.set_statement(client::to_string(statement.bytes()));
    *said.mutable_relay() = client::to_proto(link.relay);
    said.set_write_secret(client::to_string(link.contact->write_secret.bytes()));
    said.set_token(client::to_string(link.contact->token));
    client::Step step{{{}, world_.now()}};
    step.put(client::RowKind::successor, {}, said);
    alice_->client().tamper(std::move(step).take().rows);
    alice_->listen();
    pass(minutes{2});
  }
};

TEST_F(Successor, IsShownAndNothingIsSentBeforeThePersonHasDecided) {
  move(*alice_, *fresh_);
  const auto shown = entry(*bob_, "P0");
  EXPECT_EQ(shown.move(), MOVE_OFFERED);
  EXPECT_EQ(shown.trust(), proto::pb::TRUST_UNVERIFIED);
  EXPECT_EQ(told(*bob_, "P0 says to have moved to a new key"), 1);
  const auto refused = bob_->send(*alice_, "too early");
  EXPECT_EQ(refused.failure().exit_code(), 4U);
  EXPECT_NE(refused.failure().sentence().find("bisik accept P0"), std::string::npos);
  pass(minutes{5});
  EXPECT_EQ(alice_->times_read("too early") + fresh_->times_read("too early"), 0);
  EXPECT_EQ(entry(*fresh_, "P1").name(), "") << "the new account has heard of nobody";
}

TEST_F(Successor, FollowedTheChatGoesOnAsItWas) {
  move(*alice_, *fresh_);
  EXPECT_EQ(accept(*bob_, "P0").contact().name(), "P0");
  pass(minutes{2});
  EXPECT_EQ(texts(*bob_, "P0"), (Texts{"> before", "< answer"}));
  EXPECT_EQ(entry(*bob_, "P0").move(), MOVE_NONE);
  EXPECT_EQ(bob_->was_told_relay_of("P0"), true) << "by the old key";
  EXPECT_EQ(entry(*bob_, "P0").trust(), proto::pb::TRUST_UNVERIFIED);
  EXPECT_EQ(entry(*bob_, "P0-old").move(), MOVE_FOLLOWED);
  EXPECT_EQ(entry(*bob_, "P0-old").successor_name(), "P0");
  EXPECT_EQ(send(*bob_, "P0", "to the new key").id(), "P0/3");
  pass(minutes{2});
  EXPECT_EQ(fresh_->times_read("to the new key"), 1);
  EXPECT_EQ(alice_->times_read("to the new key"), 0);
  expect_arrives(*fresh_, *bob_, "from the new key");
  EXPECT_EQ(texts(*bob_, "P0"),
            (Texts{"> before", "< answer", "> to the new key", "< from the new key"}));
}

TEST_F(Successor, AVerifiedContactIsUnverifiedUnderTheNewKey) {
  proto::pb::ApiRequest request;
  request.mutable_verify()->set_name("P0");
  request.mutable_verify()->set_action(proto::pb::VerifyCommand::ACTION_CONFIRM);
  EXPECT_EQ(bob_->ask(request).safety_number().trust(), proto::pb::TRUST_VERIFIED);
  move(*alice_, *fresh_);
  request.mutable_verify()->set_action(proto::pb::VerifyCommand::ACTION_SHOW);
  const auto number = bob_->ask(request).safety_number();
  EXPECT_EQ(number.trust(), proto::pb::TRUST_VERIFIED);
  EXPECT_TRUE(accept(*bob_, "P0").has_contact());
  EXPECT_EQ(entry(*bob_, "P0").trust(), proto::pb::TRUST_UNVERIFIED);
  const auto after = bob_->ask(request).safety_number();
  EXPECT_EQ(after.digits(), number.successor_digits()) << "what could be compared before";
  EXPECT_NE(after.digits(), number.digits());
  pass(minutes{2});
  request.mutable_verify()->set_name("P1");
  EXPECT_EQ(fresh_->ask(request).safety_number().digits(), after.digits());
}

TEST_F(Successor, WhatTheNewAccountWritesBeforeIsHeldAndThenReadOnce) {
  move(*alice_, *fresh_);
  fresh_->add(bob_->invite());
  EXPECT_EQ(fresh_->send(*bob_, "it is me").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(fresh_->send(*bob_, "really").state(), MESSAGE_STATE_RELAY);
  pass(minutes{2});
  EXPECT_EQ(bob_->times_read("it is me"), 0);
  const auto held = entry(*bob_, "P2");
  EXPECT_EQ(held.state(), proto::pb::CONTACT_STATE_REQUEST);
  EXPECT_EQ(held.predecessor_name(), "P0");
  EXPECT_EQ(accept(*bob_, "P2").failure().exit_code(), 1U) << "decided as of P0";
  EXPECT_TRUE(accept(*bob_, "P0").has_contact());
  pass(minutes{2});
  EXPECT_EQ(bob_->times_read("it is me"), 1);
  EXPECT_EQ(bob_->times_read("really"), 1);
  EXPECT_EQ(texts(*bob_, "P0"), (Texts{"> before", "< answer", "< it is me", "< really"}));
  expect_arrives(*fresh_, *bob_, "and on");
  EXPECT_EQ(send(*bob_, "P0", "welcome").state(), MESSAGE_STATE_RELAY);
  pass(minutes{2});
  EXPECT_EQ(fresh_->times_read("welcome"), 1);
}

TEST_F(Successor, ManyMessagesAreHeldForSomebodyWhoHasMoved) {
  move(*alice_, *fresh_);
  fresh_->add(bob_->invite());
  for (int i = 0; i < 30; ++i) {  // of a stranger 20 are
    EXPECT_EQ(fresh_->send(*bob_, "held " + std::to_string(i)).state(), MESSAGE_STATE_RELAY);
  }
  EXPECT_TRUE(accept(*bob_, "P0").has_contact());
  pass(minutes{2});
  for (int i = 0; i < 30; ++i) EXPECT_EQ(bob_->times_read("held " + std::to_string(i)), 1);
}

TEST_F(Successor, RefusedTheContactStaysWithTheOldKey) {
  move(*alice_, *fresh_);
  fresh_->add(bob_->invite());
  EXPECT_EQ(fresh_->send(*bob_, "it is me").state(), MESSAGE_STATE_RELAY);
  EXPECT_TRUE(refuse(*bob_, "P0").has_contact());
  EXPECT_EQ(entry(*bob_, "P0").move(), MOVE_REFUSED);
  expect_arrives(*bob_, *alice_, "I stay with you");
  expect_arrives(*alice_, *bob_, "as you like");
  EXPECT_EQ(bob_->times_read("it is me"), 0);
  EXPECT_EQ(entry(*bob_, "P2").state(), proto::pb::CONTACT_STATE_REQUEST) << "a stranger's";
  move(*alice_, *fresh_);
  EXPECT_EQ(told(*bob_, "says to have moved"), 1) << "nobody is asked twice";
  EXPECT_TRUE(accept(*bob_, "P0").has_contact()) << "who has refused may still follow";
  pass(minutes{2});
  EXPECT_EQ(bob_->times_read("it is me"), 1);
}

TEST_F(Successor, WhoHasNotMovedIsNeitherFollowedNorRefused) {
  EXPECT_EQ(accept(*bob_, "P0").failure().exit_code(), 1U);
  EXPECT_EQ(refuse(*bob_, "P0").failure().exit_code(), 1U);
}

TEST_F(Successor, TheOldKeyGoesOnSpeakingAsAnOldKey) {
  move(*alice_, *fresh_);
  EXPECT_TRUE(accept(*bob_, "P0").has_contact());
  pass(minutes{2});
  expect_arrives(*alice_, *bob_, "from the old key");
  EXPECT_EQ(texts(*bob_, "P0-old"), (Texts{"< from the old key"}));
  EXPECT_EQ(texts(*bob_, "P0"), (Texts{"> before", "< answer"}));
  const auto refused = send(*bob_, "P0-old", "to nobody");
  EXPECT_EQ(refused.failure().exit_code(), 4U);
  EXPECT_NE(refused.failure().sentence().find("Write to P0."), std::string::npos);
}

TEST_F(Successor, ALinkOfTheOldKeyBringsNobodyBack) {
  const auto link = alice_->invite();
  move(*alice_, *fresh_);
  EXPECT_TRUE(accept(*bob_, "P0").has_contact());
  proto::pb::ApiRequest request;
  request.mutable_add()->set_link(link);
  EXPECT_EQ(bob_->ask(request).failure().exit_code(), 4U);
  EXPECT_EQ(entry(*bob_, "P0-old").move(), MOVE_FOLLOWED);
}

TEST_F(Successor, ASecondSuccessorIsAnAlarmWhileTheFirstIsOpen) {
  move(*alice_, *fresh_);
  const auto other = nobodys_key();
  announce(key_of(*alice_), key_of(*alice_), other);
  EXPECT_EQ(told(*bob_, "two different new keys"), 1);
  EXPECT_EQ(entry(*bob_, "P0").trust(), proto::pb::TRUST_CHANGED);
  EXPECT_EQ(accept(*bob_, "P0").failure().exit_code(), 4U);
  EXPECT_EQ(bob_->send(*alice_, "to whom").failure().exit_code(), 4U);
  EXPECT_TRUE(trust(*bob_, "P0").has_safety_number());
  EXPECT_TRUE(accept(*bob_, "P0").has_contact());
  pass(minutes{2});
  EXPECT_EQ(send(*bob_, "P0", "to the first").state(), MESSAGE_STATE_RELAY);
  pass(minutes{2});
  EXPECT_EQ(fresh_->times_read("to the first"), 1);
}

TEST_F(Successor, ASecondSuccessorIsAnAlarmAfterTheFirstWasFollowed) {
  move(*alice_, *fresh_);
  EXPECT_TRUE(accept(*bob_, "P0").has_contact());
  pass(minutes{2});
  announce(key_of(*alice_), key_of(*alice_), nobodys_key());
  EXPECT_EQ(send(*alice_, "P1", "with the other one").state(), MESSAGE_STATE_RELAY);
  pass(minutes{2});
  EXPECT_EQ(entry(*bob_, "P0").trust(), proto::pb::TRUST_CHANGED);
  EXPECT_EQ(send(*bob_, "P0", "to whom").failure().exit_code(), 4U);
}

TEST_F(Successor, AStatementThatTheOldKeyHasNotSignedChangesNothing) {
  announce(key_of(*alice_), nobodys_key(), key_of(*fresh_));
  expect_arrives(*alice_, *bob_, "still here");
  EXPECT_EQ(entry(*bob_, "P0").move(), MOVE_NONE);
  EXPECT_EQ(told(*bob_, "moved"), 0);
}

TEST_F(Successor, AStatementAboutSomebodyElseChangesNothing) {
  const auto& carol = newcomer();
  bob_->add(members_.back()->invite());
  pass(minutes{1});
  announce(key_of(*members_.back()), key_of(*members_.back()), key_of(*fresh_));
  expect_arrives(*alice_, *bob_, "still here");
  EXPECT_EQ(entry(*bob_, "P0").move(), MOVE_NONE);
  EXPECT_EQ(entry(*bob_, carol.name()).move(), MOVE_NONE);
}

TEST_F(Successor, OfSomebodyBlockedNothingIsHeard) {
  proto::pb::ApiRequest request;
  request.mutable_block()->set_name("P0");
  EXPECT_TRUE(bob_->ask(request).has_contact());
  move(*alice_, *fresh_);
  EXPECT_EQ(entry(*bob_, "P0").move(), MOVE_NONE);
  EXPECT_EQ(told(*bob_, "moved"), 0);
}

TEST_F(Successor, AStrangersStatementChangesNothing) {
  auto& carol = newcomer();
  auto link = proto::parse_link(carol.invite()).value();
  link.contact->token.front() ^= 1;  // so that Bob is a stranger there
  bob_->add(proto::format_link(link));
  EXPECT_EQ(bob_->send(carol, "let me in").state(), MESSAGE_STATE_RELAY);
  pass(minutes{1});
  EXPECT_EQ(entry(carol, "P1").state(), proto::pb::CONTACT_STATE_REQUEST);
  move(*bob_, *fresh_);
  EXPECT_EQ(bob_->send(carol, "I have moved").state(), MESSAGE_STATE_RELAY);
  pass(minutes{2});
  EXPECT_EQ(entry(carol, "P1").move(), MOVE_NONE);
}

}  // namespace
}  // namespace bisik::simulation
