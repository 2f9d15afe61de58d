#include <gtest/gtest.h>

#include "proto/validate.hpp"
#include "tests/proto/messages.hpp"

namespace bisik::proto {
namespace {

TEST(ValidateContent, ALongLetterFits) {
  EXPECT_TRUE(valid(text(filled(50 * 1024))));
  EXPECT_FALSE(valid(text(filled(50 * 1024 + 1))));
  EXPECT_TRUE(valid(longest_content()));
}

TEST(ValidateContent, TextIsNotEmptyAndUtf8) {
  EXPECT_TRUE(valid(text("h\u00e9")));
  EXPECT_FALSE(valid(text("")));
  EXPECT_FALSE(valid(text("\xc3")));
}

TEST(ValidateContent, ABodyIsRequired) {
  auto content = text("hello");
  content.clear_body();
  EXPECT_FALSE(valid(content));
  content.mutable_hello();
  EXPECT_TRUE(valid(content));
}

TEST(ValidateContent, IdsAndSecretsHaveTheirSize) {
  auto content = text("hello");
  content.set_id(filled(15));
  EXPECT_FALSE(valid(content));
  content = text("hello");
  content.set_write_secret(filled(31));
  EXPECT_FALSE(valid(content));
}

TEST(ValidateContent, ARepairNamesWholeEnvelopesAndMessages) {
  const auto accepts = [](auto&& change) {
    auto content = text("hello");
    change(*content.mutable_repair());
    return valid(content);
  };
  using pb::Repair;
  EXPECT_TRUE(accepts([](Repair&) {}));
  EXPECT_TRUE(accepts([](Repair& repair) { repair.mutable_sessions_lost(); }));
  EXPECT_FALSE(accepts([](Repair& repair) { repair.mutable_retry_request(); }));
  EXPECT_FALSE(
      accepts([](Repair& repair) { repair.mutable_retry_request()->set_envelope_id(filled(17)); }));
  EXPECT_FALSE(accepts([](Repair& repair) { repair.mutable_index_used(); }));
  EXPECT_FALSE(
      accepts([](Repair& repair) { repair.mutable_index_used()->set_envelope_id(filled(15)); }));
  EXPECT_FALSE(accepts(
      [](Repair& repair) { repair.mutable_sessions_lost()->set_last_received_id(filled(15)); }));
}

TEST(ValidateContent, ASuccessorHasAWholeStatementAndAWayToItsAccount) {
  const auto accepts = [](auto&& change) {
    auto content = text("hello");
    fill(*content.mutable_successor());
    change(*content.mutable_successor());
    return valid(content);
  };
  using pb::Successor;
  EXPECT_TRUE(accepts([](Successor&) {}));
  EXPECT_TRUE(accepts([](Successor& successor) { successor.clear_name(); }));
  EXPECT_FALSE(accepts([](Successor& successor) { successor.set_statement(filled(199)); }));
  EXPECT_FALSE(accepts([](Successor& successor) { successor.clear_statement(); }));
  EXPECT_FALSE(accepts([](Successor& successor) { successor.clear_relay(); }));
  EXPECT_FALSE(accepts([](Successor& successor) { successor.set_write_secret(filled(31)); }));
  EXPECT_FALSE(accepts([](Successor& successor) { successor.clear_token(); }));
  EXPECT_FALSE(accepts([](Successor& successor) { successor.set_name(filled(65)); }));
}

TEST(ValidateContent, NobodyIsFollowedToNowhere) {
  pb::Content content = text("");
  auto& contact = *content.mutable_contact();
  contact.set_account_key(kId);
  fill(*contact.mutable_relay());
  EXPECT_TRUE(valid(content));
  contact.set_followed(true);
  EXPECT_FALSE(valid(content));
  fill(*contact.mutable_successor());
  EXPECT_TRUE(valid(content));
  contact.mutable_successor()->clear_relay();
  EXPECT_FALSE(valid(content));
}

TEST(ValidateContent, TheClockIsOneThatCanBePrinted) {
  auto content = text("hello");
  content.set_timestamp_ms(kMaxTimestampMs + 1);
  EXPECT_FALSE(valid(content));
}

TEST(ValidateContent, AListStateHasSequenceAndHash) {
  auto content = text("hello");
  content.mutable_sender_list()->set_sequence(1);
  EXPECT_FALSE(valid(content));
  content.mutable_sender_list()->set_hash(kId);
  EXPECT_TRUE(valid(content));
  content.mutable_receiver_list()->set_hash(kId);
  EXPECT_FALSE(valid(content));
}

TEST(ValidateContent, AnIntroductionNamesARelayThatCanExist) {
  const auto with_relay = [](const std::string& host, std::uint32_t port, const std::string& key) {
    auto content = longest_content();
    auto& relay = *content.mutable_introduction()->mutable_relay();
    relay.set_host(host);
    relay.set_port(port);
    relay.set_key(key);
    return valid(content);
  };
  EXPECT_TRUE(with_relay("chat.example.org", 7443, kId));
  EXPECT_FALSE(with_relay("", 7443, kId));
  EXPECT_FALSE(with_relay("chat example", 7443, kId));
  EXPECT_FALSE(with_relay(filled(101), 7443, kId));
  EXPECT_FALSE(with_relay("chat.example.org", 0, kId));
  EXPECT_FALSE(with_relay("chat.example.org", 65536, kId));
  EXPECT_FALSE(with_relay("chat.example.org", 7443, filled(31)));
  EXPECT_FALSE(with_relay("chat.example.org", 7443, std::string(32, '\xff')));
}

TEST(ValidateContent, AnIntroductionHasABoundedNameAndAWholeToken) {
  auto content = longest_content();
  content.mutable_introduction()->set_name(filled(kMaxNameBytes + 1));
  EXPECT_FALSE(valid(content));
  content.mutable_introduction()->set_name("");
  EXPECT_TRUE(valid(content)) << "nobody has to suggest a name";
  content.mutable_introduction()->clear_token();
  EXPECT_TRUE(valid(content)) << "a stranger came without a link";
  content.mutable_introduction()->set_token(filled(15));
  EXPECT_FALSE(valid(content));
  content.mutable_introduction()->set_token(filled(16));
  content.mutable_introduction()->clear_relay();
  EXPECT_FALSE(valid(content));
}

}  // namespace
}  // namespace bisik::proto
