// The published Noise vectors: XK and NK through the types that the programs use, every other
// pattern over 25519, ChaChaPoly and SHA256 through the symmetric state that those types stand on.
// Patterns with pre-shared keys and the hash BLAKE2b, which nothing of ours speaks, are counted.

#include <gtest/gtest.h>

#include <iostream>

#include "proto/handshake.hpp"
#include "tests/crypto/vectors.hpp"
#include "tests/proto/pattern_machine.hpp"

namespace bisik::proto {
namespace {

using crypto::bytes_of;
using crypto::Case;
using crypto::hex;
using crypto::unhex;

crypto::DhKeyPair key_pair(const Case& test, const char* field) {
  const auto bytes = bytes_of(test, field);
  return crypto::DhKeyPair::from(crypto::DhSecretKey::fill(
      [&](auto out) { std::ranges::copy_n(bytes.begin(), out.size(), out.begin()); }));
}

crypto::DhPublicKey public_key(const Case& test, const char* field) {
  return crypto::DhPublicKey::parse(bytes_of(test, field)).value();
}

Bytes payload(const Case& test, std::size_t i) {
  return unhex(test.at("messages").at(i).at(0).get<std::string>());
}

std::string wire(const Case& test, std::size_t i) { return test.at("messages").at(i).at(1); }

HandshakeSetup setup(const Case& test, const std::string& side) {
  return HandshakeSetup::fixed_for_tests(bytes_of(test, (side + "_prologue").c_str()),
                                         key_pair(test, (side + "_ephemeral").c_str()));
}

void expect_hash(const Case& test, const crypto::Hash& ours, const crypto::Hash& theirs) {
  EXPECT_EQ(ours, theirs);
  if (test.contains("handshake_hash") && test["handshake_hash"].is_string()) {
    EXPECT_EQ(hex(ours), test["handshake_hash"].get<std::string>());
  }
}

// Every message from `first` on is a record; the sides take turns unless only one may speak.
void expect_records(const Case& test, std::size_t first, Channel& initiator, Channel& responder,
                    bool is_one_way = false) {
  for (std::size_t i = first; i < test.at("messages").size(); ++i) {
    const bool from_initiator = is_one_way || i % 2 == 0;
    Bytes record;
    ASSERT_TRUE((from_initiator ? initiator : responder).seal(payload(test, i), record));
    EXPECT_EQ(hex(ByteView{record}.subspan(kLengthBytes)), wire(test, i)) << "message " << i;
    const auto frame =
        (from_initiator ? responder : initiator).open(MutableBytes{record}.subspan(kLengthBytes));
    ASSERT_TRUE(frame);
    EXPECT_EQ(hex(*frame), hex(payload(test, i)));
  }
}

void run_nk(const Case& test) {
  auto started =
      start_nk(public_key(test, "init_remote_static"), payload(test, 0), setup(test, "init"));
  ASSERT_TRUE(started);
  EXPECT_EQ(hex(started->message), wire(test, 0));
  auto received = receive_nk(key_pair(test, "resp_static"), started->message, setup(test, "resp"));
  ASSERT_TRUE(received);
  EXPECT_EQ(received->payload, payload(test, 0));
  auto answered = std::move(received->state).answer(payload(test, 1));
  ASSERT_TRUE(answered);
  EXPECT_EQ(hex(answered->message), wire(test, 1));
  auto finished = std::move(started->state).finish(answered->message);
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->payload, payload(test, 1));
  expect_hash(test, finished->handshake_hash, answered->handshake_hash);
  expect_records(test, 2, finished->channel, answered->channel);
}

void run_xk(const Case& test) {
  const auto s = key_pair(test, "init_static");
  auto started =
      start_xk(public_key(test, "init_remote_static"), s, payload(test, 0), setup(test, "init"));
  ASSERT_TRUE(started);
  EXPECT_EQ(hex(started->message), wire(test, 0));
  auto received = receive_xk(key_pair(test, "resp_static"), started->message, setup(test, "resp"));
  ASSERT_TRUE(received);
  EXPECT_EQ(received->payload, payload(test, 0));
  auto answered = std::move(received->state).answer(payload(test, 1));
  ASSERT_TRUE(answered);
  EXPECT_EQ(hex(answered->message), wire(test, 1));
  auto ours = std::move(started->state).finish(answered->message, payload(test, 2));
  ASSERT_TRUE(ours);
  EXPECT_EQ(ours->payload, payload(test, 1));
  EXPECT_EQ(hex(ours->message), wire(test, 2));
  auto theirs = std::move(answered->state).finish(ours->message);
  ASSERT_TRUE(theirs);
  EXPECT_EQ(theirs->payload, payload(test, 2));
  EXPECT_EQ(theirs->rs, s.public_key);
  expect_hash(test, ours->handshake_hash, theirs->handshake_hash);
  expect_records(test, 3, ours->channel, theirs->channel);
}

Party party(const Case& test, const NoisePattern& pattern, const std::string& side) {
  Party::Keys keys;
  const auto field = [&](const char* name) { return side + name; };
  if (test.contains(field("_static"))) keys.s = key_pair(test, field("_static").c_str());
  if (test.contains(field("_ephemeral"))) keys.e = key_pair(test, field("_ephemeral").c_str());
  if (test.contains(field("_remote_static"))) {
    keys.rs = public_key(test, field("_remote_static").c_str());
  }
  return {test.at("name"), pattern, side == "init", bytes_of(test, field("_prologue").c_str()),
          std::move(keys)};
}

void run_pattern(const Case& test, const NoisePattern& pattern) {
  auto initiator = party(test, pattern, "init");
  auto responder = party(test, pattern, "resp");
  for (std::size_t i = 0; i < pattern.messages.size(); ++i) {
    auto& writer = i % 2 == 0 ? initiator : responder;
    auto& reader = i % 2 == 0 ? responder : initiator;
    const auto message = writer.write(pattern.messages[i], payload(test, i));
    EXPECT_EQ(hex(message), wire(test, i)) << "message " << i;
    EXPECT_EQ(reader.read(pattern.messages[i], message), payload(test, i));
  }
  auto ours = std::move(initiator).split();
  auto theirs = std::move(responder).split();
  expect_hash(test, ours.handshake_hash, theirs.handshake_hash);
  Channel initiators{std::move(ours.initiator), std::move(ours.responder)};
  Channel responders{std::move(theirs.responder), std::move(theirs.initiator)};
  expect_records(test, pattern.messages.size(), initiators, responders, pattern.is_one_way());
}

class NoiseVectors : public crypto::VectorFile {
 protected:
  NoiseVectors() : VectorFile{"noise.json"} {}

  static std::string suite_of(const Case& test, const std::string& pattern) {
    const std::string name = test.at("name");
    const auto prefix = "Noise_" + pattern + "_";
    return name.starts_with(prefix) ? name.substr(prefix.size()) : "";
  }
  static bool is_ours(const Case& test, const std::string& pattern) {
    return suite_of(test, pattern) == "25519_ChaChaPoly_SHA256";
  }
};

TEST_F(NoiseVectors, XkAndNkAreSpokenByTheRealTypes) {
  std::size_t xk = 0;
  std::size_t nk = 0;
  for (const auto& test : cases()) {
    SCOPED_TRACE(test.dump().substr(0, 120));
    if (is_ours(test, "XK")) run_xk(test), ++xk;
    if (is_ours(test, "NK")) run_nk(test), ++nk;
  }
  std::cout << "XK: " << xk << ", NK: " << nk << " of " << cases().size() << " vectors\n";
  if (xk + nk == 0) GTEST_SKIP() << "NOT CHECKED, no vector of ours in this file";
}

TEST_F(NoiseVectors, OtherPatternsRunOnTheSameSymmetricState) {
  std::size_t run = 0;
  for (const auto& test : cases()) {
    SCOPED_TRACE(test.dump().substr(0, 120));
    const std::string name = test.at("pattern");
    const auto pattern = noise_pattern(name);
    if (pattern && is_ours(test, name)) run_pattern(test, *pattern), ++run;
  }
  std::cout << run << " of " << cases().size() << " vectors; not applicable, with a pre-shared key "
            << "or BLAKE2b: " << cases().size() - run << "\n";
  if (run == 0) GTEST_SKIP() << "NOT CHECKED, no vector over SHA256 in this file";
}

}  // namespace
}  // namespace bisik::proto
