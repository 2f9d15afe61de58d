// A backup is taken whole or not at all: whatever is wrong with file or code is said in one
// sentence, and leaves a profile without an account (I1, I10).
#include "crypto/backup.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "client/engine/engine.hpp"
#include "client/engine/sentences.hpp"
#include "client/engine/state.hpp"
#include "crypto/sodium.hpp"
#include "tests/client/engine/memory_rows.hpp"

namespace bisik::client {
namespace {

using crypto::Bytes;
using proto::pb::ApiReply;
using proto::pb::ApiRequest;

constexpr std::size_t kHeader = crypto::BackupHeader::kSize;
const Now kNow{Time{std::chrono::hours{1}},
               std::chrono::sys_time<milliseconds>{std::chrono::hours{24 * 365 * 50}}};

// A profile and its engine, without a relay.
class Party {
 public:
  // The last reply.
  ApiReply ask(const ApiRequest& request) {
    return take(engine_->command(++commands_, request, kNow));
  }
  void restart() {
    engine_ = std::make_unique<Engine>(rows_);
    take(engine_->start(kNow));
  }
  [[nodiscard]] bool wants_relay() const { return dialled_; }
  [[nodiscard]] const MemoryRows& rows() const { return rows_; }

  explicit Party(std::vector<RowWrite> rows = {}) : rows_{committed(std::move(rows))} {
    take(engine_->start(kNow));
  }

 private:
  static MemoryRows committed(std::vector<RowWrite> rows) {
    MemoryRows made;
    made.commit(rows);
    return made;
  }
  ApiReply take(Effects effects) {
    rows_.commit(effects.rows);
    ApiReply last;
    for (const auto& action : effects.actions) {
      if (const auto* answer = std::get_if<Answer>(&action)) last = answer->reply;
      if (std::holds_alternative<Dial>(action)) dialled_ = true;
    }
    return last;
  }

  MemoryRows rows_;
  std::unique_ptr<Engine> engine_ = std::make_unique<Engine>(rows_);
  CommandId commands_ = 0;
  bool dialled_ = false;
};

// Alice with Bob, to whom she has written `messages` times.
std::vector<RowWrite> alice(std::uint64_t messages) {
  Step step{kNow};
  const proto::Link link{.relay = {"relay.example", 7443, crypto::DhKeyPair::generate().public_key},
                         .invite = crypto::Capability::random(),
                         .contact = {}};
  auto identity = Identity::create("Alice", link, step);
  identity.invite.reset();
  identity.save(step);
  ContactBook book;
  auto& bob = book.add(Identity::create("Bob", link, step).account_key, "Bob", step);
  bob.row.set_state(proto::pb::CONTACT_STATE_ACCEPTED);
  *bob.row.mutable_relay() = to_proto(link.relay);
  bob.row.set_greeted(true);
  bob.row.set_last_number(messages);
  bob.save(step);
  for (std::uint64_t number = 1; number <= messages; ++number) {
    proto::pb::MessageRow row;
    row.set_account(to_string(bob.id.bytes));
    row.set_number(number);
    row.set_content_id(std::string(16, static_cast<char>(number)));
    row.set_ours(true);
    row.set_text(std::string(1'000, 'x'));
    row.set_state(proto::pb::MESSAGE_STATE_RELAY);
    step.put(RowKind::message, message_id(bob.id, number), row);
  }
  return std::move(step).take().rows;
}

struct Sealed {
  std::string file;
  std::string words;
};

Sealed back_up(Party& party) {
  Sealed sealed;
  ApiRequest request;
  request.mutable_backup();
  auto reply = party.ask(request);
  while (reply.has_backup_part()) {
    sealed.file += reply.backup_part().bytes();
    request.mutable_backup_part()->set_backup(reply.backup_part().backup());
    reply = party.ask(request);
  }
  sealed.file += reply.backup_made().bytes();
  sealed.words = reply.backup_made().words();
  return sealed;
}

// Up to and without the end; in pieces of a size that has nothing to do with parts.
ApiReply read(Party& party, const Sealed& sealed) {
  ApiRequest request;
  request.mutable_restore()->set_header(sealed.file.substr(0, kHeader));
  request.mutable_restore()->set_words(sealed.words);
  auto reply = party.ask(request);
  for (std::size_t at = kHeader; at < sealed.file.size() && !reply.has_failure(); at += 50'000) {
    const auto number = reply.restore_progress().restore();
    request.mutable_restore_part()->set_restore(number);
    request.mutable_restore_part()->set_bytes(sealed.file.substr(at, 50'000));
    reply = party.ask(request);
  }
  return reply;
}

// The end, or what failed before it. Without a relay, a good end has no answer yet.
ApiReply restore(Party& party, const Sealed& sealed) {
  const auto reply = read(party, sealed);
  if (reply.has_failure()) return reply;
  ApiRequest request;
  request.mutable_restore_end()->set_restore(reply.restore_progress().restore());
  return party.ask(request);
}

class BackupTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    crypto::initialise();
    Party party{alice(200)};
    good_ = back_up(party);
  }

  static void expect_refused(const Sealed& sealed, const std::string& word) {
    Party party;
    const auto reply = restore(party, sealed);
    ASSERT_TRUE(reply.has_failure());
    EXPECT_EQ(reply.failure().exit_code(), 1U);
    EXPECT_NE(reply.failure().sentence().find(word), std::string::npos)
        << reply.failure().sentence();
    EXPECT_NE(reply.failure().sentence().find("othing was"), std::string::npos);
    EXPECT_TRUE(party.rows().rows().empty());
    EXPECT_FALSE(party.wants_relay());
  }

  static inline Sealed good_;
};

TEST_F(BackupTest, AGoodOneIsReadAndTheRelayIsAsked) {
  Party party;
  const auto reply = read(party, good_);
  EXPECT_EQ(reply.restore_progress().contacts(), 1U);
  EXPECT_EQ(reply.restore_progress().messages(), 200U);
  EXPECT_FALSE(party.wants_relay());
  ApiRequest request;
  request.mutable_restore_end()->set_restore(reply.restore_progress().restore());
  EXPECT_FALSE(party.ask(request).has_failure());
  EXPECT_TRUE(party.wants_relay());
}

TEST_F(BackupTest, ASlipInTheCodeIsNoOtherCode) {
  auto slip = good_;
  slip.words[0] = slip.words[0] == 'b' ? 'd' : 'b';
  expect_refused(slip, "mistyped");
  auto other = good_;
  other.words = crypto::RecoveryCode::random().words().text();
  expect_refused(other, "another backup");
}

TEST_F(BackupTest, WhatIsNoBackupIsSaidToBeNone) {
  expect_refused({"", good_.words}, "no backup");
  expect_refused({std::string(1'000, 'x'), good_.words}, "no backup");
  expect_refused({good_.file.substr(0, kHeader - 1), good_.words}, "no backup");
}

TEST_F(BackupTest, ALaterVersionIsSaidToBeOne) {
  auto later = good_;
  later.file[8] = 2;
  expect_refused(later, "update");
}

TEST_F(BackupTest, ACutFileIsTakenAtNoLength) {
  for (const auto size : {kHeader, kHeader + 3, good_.file.size() / 2, good_.file.size() - 1}) {
    expect_refused({good_.file.substr(0, size), good_.words}, "cut short");
  }
}

TEST_F(BackupTest, AFlippedBitIsFoundWhereverItIs) {
  for (const auto at : {kHeader + 4, kHeader + 100, good_.file.size() / 2, good_.file.size() - 1}) {
    auto flipped = good_;
    flipped.file[at] = static_cast<char>(flipped.file[at] ^ 1);
    expect_refused(flipped, "damaged");
  }
  expect_refused({good_.file + "x", good_.words}, "damaged");
}

// Written once and kept for ever: whatever becomes of bisik, it restores this.
TEST_F(BackupTest, TheFirstVersionIsStillRead) {
  const auto whole = [](const std::string& name) {
    std::ifstream file{std::string{SOURCE_DIR} + "/tests/vectors/" + name, std::ios::binary};
    return std::string{std::istreambuf_iterator<char>{file}, {}};
  };
  Party party;
  const auto reply = read(party, {whole("backup-1.bisik"), whole("backup-1.words")});
  ASSERT_FALSE(reply.has_failure()) << reply.failure().sentence();
  EXPECT_EQ(reply.restore_progress().contacts(), 1U);
  EXPECT_EQ(reply.restore_progress().messages(), 3U);
  ApiRequest request;
  request.mutable_restore_end()->set_restore(reply.restore_progress().restore());
  EXPECT_FALSE(party.ask(request).has_failure());
  EXPECT_TRUE(party.wants_relay());
}

TEST_F(BackupTest, AProfileThatHasAnAccountKeepsIt) {
  Party party{alice(1)};
  const auto before = party.rows().rows();
  EXPECT_EQ(restore(party, good_).failure().sentence(), has_an_account().sentence());
  EXPECT_EQ(party.rows().rows(), before);
}

TEST_F(BackupTest, WhatADeadProcessHasLeftGoesAtTheNextStart) {
  Party party;
  EXPECT_FALSE(read(party, good_).has_failure());
  EXPECT_FALSE(party.rows().rows().empty());
  party.restart();
  EXPECT_TRUE(party.rows().rows().empty());
}

TEST_F(BackupTest, AnotherBackupEndsTheOneBefore) {
  Party party{alice(1)};
  ApiRequest request;
  request.mutable_backup();
  const auto first = party.ask(request).backup_part().backup();
  static_cast<void>(party.ask(request));
  request.mutable_backup_part()->set_backup(first);
  EXPECT_EQ(party.ask(request).failure().exit_code(), 1U);
}

}  // namespace
}  // namespace bisik::client
