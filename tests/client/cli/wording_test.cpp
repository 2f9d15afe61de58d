#include "client/cli/wording.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace bisik::client {
namespace {

// What an Output that is no terminal writes.
template <class Print>
std::string printed(Print print) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  Output out{ends[1]};
  print(out);
  out.flush();
  close(ends[1]);
  std::string all;
  char part[4096];
  for (ssize_t got = 0; (got = read(ends[0], part, sizeof part)) > 0;) {
    all.append(part, static_cast<std::size_t>(got));
  }
  close(ends[0]);
  return all;
}

proto::pb::Message nasty() {
  proto::pb::Message message;
  message.set_id("Eve/1");
  message.set_chat("Eve");
  message.set_from("E\x1b[2Jve");
  message.set_text("a\x1b]0;t\x07\u202e\n12:00  Bob: b\x9b");
  message.set_timestamp_ms(1'700'000'000'123);
  message.set_state(proto::pb::MESSAGE_STATE_RECEIVED);
  message.set_cursor(5);
  return message;
}

TEST(Wording, AMessageIsOneLineOfAsciiJsonAndKeepsItsText) {
  auto message = nasty();
  message.set_text("a\x1b]0;t\x07\u202e\nb\u009b");
  const auto line = printed([&](Output& out) { out.json(to_json(message)); });
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  for (const auto c : line) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << int{c};
  const auto read = nlohmann::json::parse(line);
  EXPECT_EQ(read["text"], message.text());
  EXPECT_EQ(read["timestamp"], 1'700'000'000'123);
  EXPECT_EQ(read["cursor"], 5);
  for (const auto* name :
       {"id", "from", "chat", "ours", "state", "trust", "account", "received_timestamp"}) {
    EXPECT_TRUE(read.contains(name)) << name;
  }
}

TEST(Wording, JsonSaysOfOneOfOursHowFarItCameAndWhen) {
  proto::pb::Message message;
  message.set_ours(true);
  message.set_state(proto::pb::MESSAGE_STATE_DELIVERED);
  message.set_relay_timestamp_ms(6);
  message.set_delivered_timestamp_ms(7);
  const auto json = to_json(message);
  EXPECT_EQ(json["state"], "delivered");
  EXPECT_EQ(json["relay_timestamp"], 6);
  EXPECT_EQ(json["delivered_timestamp"], 7);
  EXPECT_FALSE(json.contains("read_timestamp"));
  message.set_state(proto::pb::MESSAGE_STATE_READ);
  EXPECT_EQ(to_json(message)["state"], "read");
}

TEST(Wording, JsonIsWholeEvenIfAPeersTextIsNotUtf8) {
  const auto line = printed([&](Output& out) { out.json(to_json(nasty())); });
  EXPECT_FALSE(nlohmann::json::parse(line, nullptr, false).is_discarded());
}

TEST(Wording, AMessageAsTextTouchesOnlyItsOwnLines) {
  const auto text = printed([&](Output& out) { print(out, nasty()); });
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
  EXPECT_EQ(text.find("\u202e"), std::string::npos);
  EXPECT_NE(text.find("\n                   12:00  Bob: b"), std::string::npos) << text;
}

TEST(Wording, AMessageAsTextIsNamedByItsId) {
  auto message = nasty();
  message.set_id("bob/7");
  message.set_text("hello");
  const auto text = printed([&](Output& out) { print(out, message); });
  EXPECT_NE(text.find(" bob/7  "), std::string::npos) << text;
  EXPECT_NE(text.find(": hello"), std::string::npos) << text;
}

TEST(Wording, AnEditIsOneSentenceWhetherItsTextIsThereOrDeleted) {
  proto::pb::Message edit;
  edit.set_from("Eve");
  edit.set_text("later");
  edit.set_about_id("Eve/1");
  edit.mutable_about()->set_kind(proto::pb::Reference::KIND_EDIT);
  const auto shown = [&] { return printed([&](Output& out) { print(out, edit); }); };
  EXPECT_THAT(shown(), testing::EndsWith("Eve: later (instead of Eve/1)\n"));
  edit.set_text("");
  edit.set_deleted(true);
  EXPECT_THAT(shown(), testing::EndsWith("Eve: (instead of Eve/1) (deleted)\n"));
}

TEST(Wording, EveryBadgeSaysWhatProtectsTheChat) {
  EXPECT_EQ(badge(proto::pb::TRUST_VERIFIED).text.view(), "e2e ✓ verified · post-quantum");
  EXPECT_EQ(badge(proto::pb::TRUST_UNVERIFIED).text.view(), "e2e unverified · post-quantum");
  EXPECT_EQ(badge(proto::pb::TRUST_CHANGED).text.view(), "key changed · post-quantum");
}

TEST(Output, AClosedPipeIsNoticedWhenFlushed) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  signal(SIGPIPE, SIG_IGN);
  close(ends[0]);
  Output out{ends[1]};
  out << "lost";
  try {
    out.flush();
    FAIL() << "not noticed";
  } catch (const OutputClosed& closed) {
    EXPECT_TRUE(closed.pipe_closed());
  }
  close(ends[1]);
}

}  // namespace
}  // namespace bisik::client
