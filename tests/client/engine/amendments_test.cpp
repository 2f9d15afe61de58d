// What is said about messages changes the same things in whatever order it comes, and however
// often; and what is nobody's to say changes nothing.
#include "client/engine/amendments.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "client/engine/seen.hpp"
#include "tests/client/engine/profile_fixture.hpp"

namespace bisik::client {
namespace {

using proto::pb::MessageRow;
using proto::pb::Reference;

std::string id(char name) { return std::string(16, name); }

class AmendmentsTest : public ProfileTest {
 protected:
  AmendmentsTest() { state_.identity->device_count = 2; }

  [[nodiscard]] Step step() const { return Step{{{}, now_}}; }
  [[nodiscard]] MessageRow row(bool ours, char name, std::uint64_t when,
                               const std::string& text) const {
    MessageRow row;
    row.set_account(to_string(chat_->id.bytes));
    row.set_content_id(id(name));
    row.set_ours(ours);
    row.set_timestamp_ms(when);
    row.set_text(text);
    return row;
  }
  static MessageRow about(MessageRow row, Reference::Kind kind, char target, bool of_other,
                          const std::string& words = {}) {
    row.mutable_about()->set_kind(kind);
    row.mutable_about()->set_id(id(target));
    row.mutable_about()->set_of_other(of_other);
    row.mutable_about()->set_text(words);
    return row;
  }
  // As it comes, in a commit of its own. False: it was not kept.
  bool come(MessageRow row) {
    auto step = this->step();
    const auto number = chat_->row.last_number() + 1;
    if (!see(step, state_, chat_->id, row.content_id(), number)) return false;
    row.set_number(number);
    const bool kept = amendments_.take(step, *chat_, row);
    if (kept) {
      amendments_.arrived(step, *chat_, row);
      chat_->row.set_last_number(number);
      state_.save(step, row);
    }
    rows_.commit(std::move(step).take().rows);
    return kept;
  }
  void hear(const std::vector<char>& delivered, const std::vector<char>& read) {
    proto::pb::Receipt receipt;
    for (const auto name : delivered) receipt.add_delivered(id(name));
    for (const auto name : read) receipt.add_read(id(name));
    auto step = this->step();
    amendments_.heard(step, *chat_, receipt);
    rows_.commit(std::move(step).take().rows);
  }
  void read_elsewhere(char name, std::uint64_t when) {
    auto step = this->step();
    amendments_.read_elsewhere(step, *chat_, id(name), when);
    rows_.commit(std::move(step).take().rows);
  }
  MessageRow kept(char name) { return find_seen(step(), state_, chat_->id, id(name)).value(); }
  static std::string emoji(const MessageRow& row, bool ours) {
    for (const auto& each : row.amendments()) {
      if (each.ours() == ours) return each.emoji();
    }
    return {};
  }
  [[nodiscard]] std::size_t early() const { return rows_.all(RowKind::early).size(); }

  // All that is ever said of Bob's message 'm'.
  [[nodiscard]] std::vector<MessageRow> conversation() const {
    auto withdrawn = about(row(true, 'r', 30, ""), Reference::KIND_REACTION, 'm', true, "+");
    withdrawn.mutable_about()->set_withdrawn(true);
    return {row(false, 'm', 10, "helo"),
            about(row(false, 'e', 20, "hello"), Reference::KIND_EDIT, 'm', false),
            about(row(false, 'f', 21, "hello!"), Reference::KIND_EDIT, 'm', false),
            about(row(false, 's', 22, ""), Reference::KIND_REACTION, 'm', false, "!"),
            about(row(true, 'q', 29, ""), Reference::KIND_REACTION, 'm', true, "+"),
            withdrawn};
  }

  std::chrono::sys_time<milliseconds> now_{std::chrono::days{20'000}};
  std::vector<Outcome> further_;
  Amendments amendments_{state_,
                         [this](Step&, const Outcome& outcome) { further_.push_back(outcome); }};
  Contact* chat_ = &add_contact("Bob");
};

TEST_F(AmendmentsTest, TheOrderInWhichThingsComeChangesNothing) {
  std::vector<std::size_t> order{0, 1, 2, 3, 4, 5};
  do {
    rows_ = MemoryRows{};
    chat_->row.set_last_number(0);
    const auto all = conversation();
    for (const auto each : order) EXPECT_TRUE(come(all[each]));
    const auto message = kept('m');
    EXPECT_EQ(message.text(), "hello!");
    EXPECT_EQ(emoji(message, false), "!");
    EXPECT_EQ(emoji(message, true), "");
    EXPECT_EQ(early(), 0U);
    EXPECT_EQ(chat_->row.early(), 0U);
  } while (std::ranges::next_permutation(order).found);
}

TEST_F(AmendmentsTest, ADeletionCountsWheneverItComesAndLeavesNoWord) {
  std::vector<std::size_t> order{0, 1, 2, 3};
  const auto all =
      std::vector{row(false, 'm', 10, "secret"),
                  about(row(false, 'e', 20, "more secret"), Reference::KIND_EDIT, 'm', false),
                  about(row(false, 'f', 21, "most secret"), Reference::KIND_EDIT, 'm', false),
                  about(row(false, 'd', 22, ""), Reference::KIND_DELETION, 'm', false)};
  do {
    rows_ = MemoryRows{};
    chat_->row.set_last_number(0);
    for (const auto each : order) come(all[each]);
    EXPECT_TRUE(kept('m').deleted());
    for (const auto& value : rows_.all(RowKind::message)) {
      EXPECT_EQ(parse_row<MessageRow>(value).text(), "");
    }
    EXPECT_EQ(early(), 0U);
  } while (std::ranges::next_permutation(order).found);
}

// Of what was deleted here, its edits among it, no word is left, nor does one come later.
TEST_F(AmendmentsTest, WhatIsDeletedHereIsGoneAndStaysSo) {
  for (const auto& each : conversation()) EXPECT_TRUE(come(each));
  auto step = this->step();
  EXPECT_EQ(amendments_.delete_here(step, kept('m')).size(), 3U) << "itself and two edits";
  rows_.commit(std::move(step).take().rows);
  for (const auto name : {'m', 'e', 'f'}) {
    EXPECT_TRUE(kept(name).deleted_here());
    EXPECT_EQ(kept(name).text(), "");
    EXPECT_EQ(kept(name).amendments_size(), 0);
  }
  const auto last = chat_->row.last_number();
  EXPECT_FALSE(come(about(row(false, 'g', 40, "again"), Reference::KIND_EDIT, 'm', false)));
  EXPECT_FALSE(come(about(row(false, 't', 41, ""), Reference::KIND_REACTION, 'm', false, "+")));
  EXPECT_FALSE(come(about(row(false, 'd', 42, ""), Reference::KIND_DELETION, 'm', false)));
  EXPECT_FALSE(come(row(false, 'm', 10, "helo")));
  EXPECT_EQ(chat_->row.last_number(), last);
  EXPECT_EQ(early(), 0U);
}

TEST_F(AmendmentsTest, WhatComesTwiceChangesNothing) {
  for (const auto& each : conversation()) come(each);
  const auto before = kept('m').SerializeAsString();
  const auto last = chat_->row.last_number();
  for (const auto& each : conversation()) EXPECT_FALSE(come(each));
  EXPECT_EQ(kept('m').SerializeAsString(), before);
  EXPECT_EQ(chat_->row.last_number(), last);
}

TEST_F(AmendmentsTest, NobodyChangesWhatTheOtherHasWritten) {
  EXPECT_TRUE(come(row(true, 'm', 10, "ours")));
  EXPECT_FALSE(come(about(row(false, 'e', 20, "theirs"), Reference::KIND_EDIT, 'm', false)));
  EXPECT_FALSE(come(about(row(false, 'd', 21, ""), Reference::KIND_DELETION, 'm', false)));
  EXPECT_EQ(kept('m').text(), "ours");
  EXPECT_EQ(chat_->row.last_number(), 1U);
}

// Of what is not here nobody knows who has written it.
TEST_F(AmendmentsTest, NorBeforeItIsHere) {
  EXPECT_TRUE(come(about(row(false, 'e', 20, "theirs"), Reference::KIND_EDIT, 'm', false)));
  EXPECT_TRUE(come(about(row(false, 'd', 21, ""), Reference::KIND_DELETION, 'm', false)));
  EXPECT_TRUE(come(row(true, 'm', 10, "ours")));
  EXPECT_EQ(kept('m').text(), "ours");
  EXPECT_FALSE(kept('m').deleted());
}

TEST_F(AmendmentsTest, WhatIsSaidOfAMessageIsNoMessageOfItsOwn) {
  EXPECT_TRUE(come(row(false, 'm', 10, "hello")));
  EXPECT_TRUE(come(about(row(false, 'e', 20, "hello!"), Reference::KIND_EDIT, 'm', false)));
  EXPECT_FALSE(come(about(row(true, 'r', 30, ""), Reference::KIND_REACTION, 'e', true, "+")));
  EXPECT_FALSE(come(about(row(true, 's', 31, ""), Reference::KIND_REACTION, 'm', false, "+")))
      << "that is not who has written it";
}

TEST_F(AmendmentsTest, WhatWaitsIsBoundedAndForgotten) {
  chat_->row.set_early(kMaxEarly - 1);
  EXPECT_TRUE(come(about(row(false, '1', 20, ""), Reference::KIND_REACTION, 'a', false, "+")));
  EXPECT_TRUE(come(about(row(false, '2', 20, ""), Reference::KIND_REACTION, 'b', false, "+")));
  EXPECT_EQ(early(), 1U);
  now_ += kSeenLifetime;
  auto step = this->step();
  forget_early(step, state_);
  rows_.commit(std::move(step).take().rows);
  EXPECT_EQ(early(), 0U);
  EXPECT_EQ(chat_->row.early(), kMaxEarly - 1);
}

TEST_F(AmendmentsTest, AReceiptIsNotedOnceAndOnlyAtAMessageOfOurs) {
  EXPECT_TRUE(come(row(true, 'm', 10, "ours")));
  EXPECT_TRUE(come(row(false, 't', 11, "theirs")));
  hear({'m', 't'}, {});
  ASSERT_EQ(further_.size(), 1U);
  EXPECT_EQ(further_[0].state, proto::pb::MESSAGE_STATE_DELIVERED);
  const auto when = kept('m').delivered_ms();
  now_ += seconds{5};
  hear({'m'}, {'m'});
  ASSERT_EQ(further_.size(), 2U);
  EXPECT_EQ(further_[1].state, proto::pb::MESSAGE_STATE_READ);
  hear({'m'}, {'m'});
  EXPECT_EQ(further_.size(), 2U);
  EXPECT_EQ(kept('m').delivered_ms(), when);
  EXPECT_EQ(kept('m').read_ms(), when + 5'000);
  EXPECT_EQ(kept('t').delivered_ms(), 0U);
}

TEST_F(AmendmentsTest, AReceiptWaitsForTheCopyOfWhatAnotherDeviceHasWritten) {
  hear({}, {'m'});
  EXPECT_TRUE(further_.empty());
  EXPECT_TRUE(come(row(true, 'm', 10, "ours")));
  EXPECT_NE(kept('m').read_ms(), 0U);
  state_.identity->device_count = 1;
  hear({}, {'x'});
  EXPECT_EQ(early(), 0U) << "there is no other device";
}

// A short text can be guessed from its hash.
TEST_F(AmendmentsTest, OfADeletedMessageNoHashOfItsTextIsLeft) {
  for (const bool for_everyone : {true, false}) {
    const char name = for_everyone ? 'm' : 'n';
    auto ours = row(true, name, 10, "secret");
    ours.set_request_hash(std::string(32, '#'));
    ASSERT_TRUE(come(ours));
    if (for_everyone) {
      ASSERT_TRUE(come(about(row(true, 'd', 20, ""), Reference::KIND_DELETION, name, false)));
    } else {
      auto step = this->step();
      (void)amendments_.delete_here(step, kept(name));
      rows_.commit(std::move(step).take().rows);
    }
    EXPECT_TRUE(kept(name).request_hash().empty());
  }
}

// --- what another device of the account has read

TEST_F(AmendmentsTest, WhatAnotherDeviceHasReadIsReadSinceTheFirstTime) {
  auto theirs = row(false, 'm', 10, "hello");
  theirs.set_inbox(5);
  ASSERT_TRUE(come(theirs));
  for (const auto when : {300U, 200U, 200U, 250U}) read_elsewhere('m', when);
  EXPECT_EQ(kept('m').read_ms(), 200U);
  EXPECT_EQ(further_.size(), 1U) << "told once";
  const auto entry = rows_.get(RowKind::inbox, {{}, 5});
  ASSERT_TRUE(entry) << "whoever receives here gets it all the same";
  EXPECT_TRUE(parse_row<proto::pb::InboxRow>(*entry).read());
}

TEST_F(AmendmentsTest, WhatIsReadElsewhereBeforeItIsHereIsReadWhenItComes) {
  for (const auto when : {300U, 200U, 250U}) {
    read_elsewhere('m', when);
    read_elsewhere('r', when);
  }
  EXPECT_EQ(early(), 2U);
  ASSERT_TRUE(come(row(false, 'm', 10, "hello")));
  ASSERT_TRUE(come(about(row(false, 'r', 20, ""), Reference::KIND_REACTION, 'm', false, "+")));
  EXPECT_EQ(early(), 0U);
  EXPECT_EQ(kept('m').read_ms(), 200U);
  EXPECT_EQ(kept('r').read_ms(), 200U);
}

TEST_F(AmendmentsTest, OfOursAnotherDeviceCannotSayThatTheReceiverHasReadIt) {
  read_elsewhere('e', 200);
  for (const auto name : {'m', 'e'}) ASSERT_TRUE(come(row(true, name, 10, "ours")));
  read_elsewhere('m', 200);
  for (const auto name : {'m', 'e'}) EXPECT_EQ(kept(name).read_ms(), 0U);
}

// A contact's receipts are about what we wrote, and must hide nothing that they write.
TEST_F(AmendmentsTest, AContactCannotSayThatTheirOwnMessageWasReadHere) {
  hear({}, {'m', 'e'});
  ASSERT_TRUE(come(row(false, 'm', 10, "look at me")));
  hear({}, {'m'});
  EXPECT_EQ(kept('m').read_ms(), 0U);
}

}  // namespace
}  // namespace bisik::client
