// Who has the file and its code has the account again, with everybody in it and what was written;
// the device that had the account's key until then is out (I10).
#include <gtest/gtest.h>

#include "tests/simulation/device_story.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::MESSAGE_STATE_RELAY;
using std::chrono::minutes;
using std::chrono::seconds;

// With the file's pieces as they came.
struct BackupFile {
  std::string header;
  std::vector<std::string> pieces;
  std::string words;
  std::uint64_t messages = 0;
};

class Backup : public DeviceStory {
 protected:
  Backup() {
    expect_arrives(*bob_, *alice_, "before");
    expect_arrives(*alice_, *bob_, "answer");
  }

  static BackupFile back_up(Member& member) {
    BackupFile file;
    proto::pb::ApiRequest request;
    request.mutable_backup();
    auto reply = member.ask(request);
    EXPECT_TRUE(reply.has_backup_part());
    file.header = reply.backup_part().bytes().substr(0, kHeaderBytes);
    file.pieces.push_back(reply.backup_part().bytes().substr(kHeaderBytes));
    while (reply.has_backup_part()) {
      request.mutable_backup_part()->set_backup(reply.backup_part().backup());
      reply = member.ask(request);
      file.pieces.push_back(reply.has_backup_made() ? reply.backup_made().bytes()
                                                    : reply.backup_part().bytes());
    }
    file.words = reply.backup_made().words();
    file.messages = reply.backup_made().messages();
    return file;
  }

  static proto::pb::ApiReply begin_restore(Member& fresh, const BackupFile& file) {
    proto::pb::ApiRequest request;
    request.mutable_restore()->set_header(file.header);
    request.mutable_restore()->set_words(file.words);
    auto reply = fresh.ask(request);
    for (const auto& piece : file.pieces) {
      if (reply.has_failure()) break;
      const auto number = reply.restore_progress().restore();
      request.mutable_restore_part()->set_restore(number);
      request.mutable_restore_part()->set_bytes(piece);
      reply = fresh.ask(request);
    }
    return reply;
  }

  static proto::pb::ApiReply end_restore(Member& fresh, const proto::pb::ApiReply& begun) {
    proto::pb::ApiRequest request;
    request.mutable_restore_end()->set_restore(begun.restore_progress().restore());
    return fresh.ask(request);
  }

  Member& restored(const BackupFile& file) {
    auto& fresh = member();
    const auto begun = begin_restore(fresh, file);
    EXPECT_EQ(begun.restore_progress().messages(), file.messages) << begun.failure().sentence();
    const auto end = end_restore(fresh, begun);
    EXPECT_TRUE(end.has_who_am_i()) << end.failure().sentence();
    fresh.listen();
    pass(minutes{2});
    return fresh;
  }

  static std::vector<std::uint32_t> devices(Member& member) {
    proto::pb::ApiRequest request;
    request.mutable_devices();
    const auto command = member.client().next_command();
    static_cast<void>(member.ask(request));
    std::vector<std::uint32_t> numbers;
    for (const auto& reply : member.replies(command)) {
      if (reply.has_device()) numbers.push_back(reply.device().number());
    }
    return numbers;
  }

  // What somebody reads who looks for messages there.
  static std::string receive_failure(Member& member) {
    proto::pb::ApiRequest request;
    request.mutable_receive()->set_timeout_ms(1'000);
    return member.ask(request).failure().sentence();
  }

  static bool is_joined(Member& member) {
    proto::pb::ApiRequest request;
    request.mutable_who_am_i();
    return member.ask(request).has_who_am_i();
  }

  // Under the name by which Bob knows the account.
  void expect_bob_reaches(Member& device, const std::string& text) {
    EXPECT_EQ(bob_->send(*alice_, text).state(), MESSAGE_STATE_RELAY) << text;
    pass(minutes{2});
    EXPECT_EQ(device.times_read(text), 1) << text;
  }

  static constexpr std::size_t kHeaderBytes = 121;  // docs/protocol.md 9.3
};

TEST_F(Backup, ARestoredAccountHasItsContactsAndHistoryAndIsWrittenTo) {
  const auto file = back_up(*alice_);
  alice_->go_offline();
  auto& again = restored(file);
  EXPECT_EQ(again.was_told_relay_of("P1"), true);
  EXPECT_EQ(texts(again, *bob_), (std::vector<std::string>{"< before", "> answer"}));
  expect_bob_reaches(again, "to the new device");
  expect_arrives(again, *bob_, "from the new device");
  EXPECT_EQ(devices(again), (std::vector<std::uint32_t>{2}));
}

TEST_F(Backup, WhatWasWrittenAfterTheBackupComesAgain) {
  const auto file = back_up(*alice_);
  alice_->go_offline();
  EXPECT_EQ(bob_->send(*alice_, "missed").state(), MESSAGE_STATE_RELAY);
  auto& again = restored(file);
  EXPECT_EQ(again.times_read("missed"), 1);
}

TEST_F(Backup, TheOldPrimaryIsOutAndIsTold) {
  auto& again = restored(back_up(*alice_));
  expect_bob_reaches(again, "to the new device");
  EXPECT_EQ(alice_->times_read("to the new device"), 0);
  EXPECT_NE(receive_failure(*alice_).find("removed"), std::string::npos);
}

TEST_F(Backup, OtherDevicesStayAndShowWhatIsWritten) {
  auto& second = linked(*alice_);
  const auto file = back_up(*alice_);
  auto& third = linked(*alice_);  // after the backup: it stays too
  alice_->go_offline();
  auto& again = restored(file);
  pass(minutes{3});
  EXPECT_EQ(devices(again), (std::vector<std::uint32_t>{2, 3, 4}));
  expect_arrives(again, *bob_, "from the new device");
  expect_bob_reaches(again, "to all");
  EXPECT_EQ(second.times_read("to all"), 1);
  EXPECT_EQ(third.times_read("to all"), 1);
  EXPECT_EQ(texts(second, *bob_).back(), "< to all");
}

TEST_F(Backup, OfTwoRestoredTheSecondIsThePrimaryAndTheFirstIsTold) {
  const auto file = back_up(*alice_);
  alice_->go_offline();
  auto& first = restored(file);
  auto& second = restored(file);
  EXPECT_EQ(devices(second), (std::vector<std::uint32_t>{3}));
  expect_bob_reaches(second, "to the second");
  EXPECT_EQ(first.times_read("to the second"), 0);
  EXPECT_NE(receive_failure(first).find("removed"), std::string::npos);
  EXPECT_TRUE(back_up(second).messages > 0) << "it holds the account's key";
}

TEST_F(Backup, ALinkThatWasGivenAwayBringsItsUserToTheNewDevice) {
  const auto link = alice_->invite();
  const auto file = back_up(*alice_);
  alice_->go_offline();
  auto& again = restored(file);
  auto& carol = newcomer();
  carol.add(link);
  pass(minutes{1});
  EXPECT_EQ(carol.send(*alice_, "by your link").state(), MESSAGE_STATE_RELAY);
  pass(minutes{2});
  EXPECT_EQ(again.times_read("by your link"), 1) << "a contact, no request";
}

// She has used the link, and nothing of Alice has reached her.
TEST_F(Backup, WhoKnowsOnlyALinkWritesToTheNewDevice) {
  const auto link = alice_->invite();
  const auto file = back_up(*alice_);
  alice_->go_offline();
  auto& carol = newcomer();
  carol.add(link);
  EXPECT_EQ(carol.send(*alice_, "to the old device").state(), MESSAGE_STATE_RELAY);
  carol.go_offline();
  auto& again = restored(file);
  carol.client().start();
  EXPECT_EQ(carol.send(*alice_, "to the new device").state(), MESSAGE_STATE_RELAY);
  pass(minutes{2});
  EXPECT_EQ(again.times_read("to the new device"), 1);
}

TEST_F(Backup, ADeathBeforeTheEndLeavesNothing) {
  const auto file = back_up(*alice_);
  auto& fresh = member();
  EXPECT_TRUE(begin_restore(fresh, file).has_restore_progress());
  fresh.go_offline();
  fresh.client().start();
  EXPECT_FALSE(is_joined(fresh));
  proto::pb::ApiRequest request;
  request.mutable_contacts();
  EXPECT_TRUE(fresh.ask_first(request).has_done()) << "nobody is known";
}

TEST_F(Backup, ADeathAtTheEndGoesOnAtTheNextStartOrCanBeRepeated) {
  const auto file = back_up(*alice_);
  alice_->go_offline();
  for (const int moment : {1, 50, 100, 150, 200, 300, 500}) {
    auto& fresh = member();
    const auto begun = begin_restore(fresh, file);
    proto::pb::ApiRequest request;
    request.mutable_restore_end()->set_restore(begun.restore_progress().restore());
    fresh.client().command(request);
    pass(Duration{moment});
    fresh.go_offline();
    fresh.client().start();
    pass(minutes{2});
    if (!is_joined(fresh)) {
      EXPECT_TRUE(end_restore(fresh, begin_restore(fresh, file)).has_who_am_i());
    }
    fresh.listen();
    pass(minutes{2});
    expect_bob_reaches(fresh, "after a death at " + std::to_string(moment));
    EXPECT_EQ(devices(fresh).size(), 1U);
  }
}

}  // namespace
}  // namespace bisik::simulation
