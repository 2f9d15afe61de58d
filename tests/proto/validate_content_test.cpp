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

pb::Content about(pb::Reference::Kind kind, const std::string& body, const std::string& words) {
  auto content = text(body);
  auto& reference = *content.mutable_text()->mutable_about();
  reference.set_kind(kind);
  reference.set_id(filled(16));
  reference.set_text(words);
  return content;
}

TEST(ValidateContent, WhatIsSaidOfAMessageHasTheTextThatItsKindNeedsAndNoOther) {
  using pb::Reference;
  EXPECT_TRUE(valid(about(Reference::KIND_REPLY, "yes", "shall we?")));
  EXPECT_TRUE(valid(about(Reference::KIND_REPLY, "yes", "")));
  EXPECT_TRUE(valid(about(Reference::KIND_REACTION, "", "\u2764")));
  EXPECT_TRUE(valid(about(Reference::KIND_EDIT, "better", "")));
  EXPECT_TRUE(valid(about(Reference::KIND_DELETION, "", "")));
  EXPECT_FALSE(valid(about(Reference::KIND_REPLY, "", "shall we?")));
  EXPECT_FALSE(valid(about(Reference::KIND_REACTION, "text", "\u2764")));
  EXPECT_FALSE(valid(about(Reference::KIND_REACTION, "", "")));
  EXPECT_FALSE(valid(about(Reference::KIND_EDIT, "", "")));
  EXPECT_FALSE(valid(about(Reference::KIND_EDIT, "better", "words")));
  EXPECT_FALSE(valid(about(Reference::KIND_DELETION, "text", "")));
  EXPECT_FALSE(valid(about(Reference::KIND_DELETION, "", "words")));
  EXPECT_FALSE(valid(about(Reference::KIND_NONE, "text", "")));
  EXPECT_FALSE(valid(about(static_cast<Reference::Kind>(5), "text", "")));
}

TEST(ValidateContent, WhatIsSaidOfAMessageIsShortUtf8AndNamesIt) {
  using pb::Reference;
  EXPECT_TRUE(valid(about(Reference::KIND_REPLY, "yes", filled(kMaxQuoteBytes))));
  EXPECT_FALSE(valid(about(Reference::KIND_REPLY, "yes", filled(kMaxQuoteBytes + 1))));
  EXPECT_TRUE(valid(about(Reference::KIND_REACTION, "", filled(kMaxEmojiBytes))));
  EXPECT_FALSE(valid(about(Reference::KIND_REACTION, "", filled(kMaxEmojiBytes + 1))));
  EXPECT_FALSE(valid(about(Reference::KIND_REACTION, "", "\xc3")));
  auto content = about(Reference::KIND_REPLY, "yes", "");
  content.mutable_text()->mutable_about()->set_id(filled(15));
  EXPECT_FALSE(valid(content));
  content = about(Reference::KIND_REPLY, "yes", "");
  content.mutable_text()->mutable_about()->set_timestamp_ms(kMaxTimestampMs + 1);
  EXPECT_FALSE(valid(content));
  content = about(Reference::KIND_REPLY, "yes", "");
  content.mutable_text()->mutable_about()->set_withdrawn(true);
  EXPECT_FALSE(valid(content)) << "only a reaction is withdrawn";
}

TEST(ValidateContent, NobodySaysThatHeChangesWhatTheOtherSideHasWritten) {
  using pb::Reference;
  for (const auto kind : {Reference::KIND_EDIT, Reference::KIND_DELETION}) {
    auto content = about(kind, kind == Reference::KIND_EDIT ? "x" : "", "");
    content.mutable_text()->mutable_about()->set_of_other(true);
    EXPECT_FALSE(valid(content));
  }
}

TEST(ValidateContent, AReceiptNamesWholeMessagesAndNotTooMany) {
  auto content = text("");
  auto& receipt = *content.mutable_receipt();
  EXPECT_FALSE(valid(content)) << "of nothing";
  for (std::size_t i = 0; i < kMaxReceiptIds; ++i) {
    receipt.add_delivered(filled(16));
    receipt.add_read(filled(16));
  }
  EXPECT_TRUE(valid(content));
  receipt.add_read(filled(16));
  EXPECT_FALSE(valid(content));
  receipt.clear_read();
  EXPECT_TRUE(valid(content));
  receipt.set_delivered(0, filled(15));
  EXPECT_FALSE(valid(content));
}

TEST(ValidateContent, ACopyOfADeletedMessageHasNoText) {
  auto content = text("");
  auto& copy = *content.mutable_copies()->add_copies();
  copy.set_account(kId);
  copy.set_id(filled(16));
  EXPECT_FALSE(valid(content));
  copy.set_deleted(true);
  EXPECT_TRUE(valid(content));
  copy.set_text("still here");
  EXPECT_FALSE(valid(content));
  copy.set_deleted(false);
  EXPECT_TRUE(valid(content));
}

TEST(ValidateContent, WhatWasReadIsNamedWholeWithItsTimeAndNotTooMuch) {
  auto content = text("");
  auto& reads = *content.mutable_reads();
  reads.set_account(kId);
  EXPECT_FALSE(valid(content)) << "of nothing";
  for (std::size_t i = 0; i < kMaxReads; ++i) {
    reads.add_reads()->set_id(filled(16));
    reads.mutable_reads()->rbegin()->set_read_ms(1);
  }
  EXPECT_TRUE(valid(content));
  for (const auto when : {std::uint64_t{0}, kMaxTimestampMs + 1}) {
    reads.mutable_reads(0)->set_read_ms(when);
    EXPECT_FALSE(valid(content));
  }
  reads.mutable_reads(0)->set_read_ms(1);
  reads.set_account(filled(31));
  EXPECT_FALSE(valid(content));
  reads.set_account(kId);
  *reads.add_reads() = reads.reads(0);
  EXPECT_FALSE(valid(content));
}

TEST(ValidateContent, NoCopySaysThatSomethingOfOursWasRead) {
  auto content = text("");
  auto& copy = *content.mutable_copies()->add_copies();
  copy.set_account(kId);
  copy.set_id(filled(16));
  copy.set_text("hello");
  copy.set_read_ms(1);
  EXPECT_TRUE(valid(content));
  copy.set_ours(true);
  EXPECT_FALSE(valid(content));
}

TEST(ValidateContent, AProfileHasANameAndADate) {
  auto content = text("hello");
  auto& profile = *content.mutable_profile();
  EXPECT_FALSE(valid(content));
  profile.set_name("Alice");
  EXPECT_FALSE(valid(content));
  profile.set_changed_ms(1);
  EXPECT_TRUE(valid(content));
  profile.set_name(filled(kMaxNameBytes + 1));
  EXPECT_FALSE(valid(content));
  profile.set_name("\xc3");
  EXPECT_FALSE(valid(content));
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
      accepts([](Repair& repair) { repair.mutable_index_used()->set_session(filled(31)); }));
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
