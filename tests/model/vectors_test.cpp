// The project's own vectors, played again by the implementation: every byte is the same.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/model/backup.hpp"
#include "tests/model/history.hpp"
#include "tests/model/linking.hpp"
#include "tests/model/meeting.hpp"
#include "tests/model/succession.hpp"

namespace bisik::model {
namespace {

class NamedRandomnessEnvironment : public testing::Environment {
 public:
  void SetUp() override { NamedRandomness::install(); }
};
[[maybe_unused]] const auto* const environment =
    testing::AddGlobalTestEnvironment(new NamedRandomnessEnvironment);

// What came out of each transcript, and nothing that went in.
Json without_outcomes(const Json& transcript) {
  auto bare = transcript;
  for (const auto* const field :
       {"alice_state", "transcript", "alice_record", "bob_record", "safety_number", "link",
        "rendezvous", "digits", "record", "words", "file", "statement"}) {
    bare.erase(field);
  }
  return bare;
}

void expect_same(const char* file, void (*play)(Json&)) {
  std::ifstream in{std::string{SOURCE_DIR} + "/tests/vectors/" + file};
  ASSERT_TRUE(in) << file;
  const auto transcripts = Json::parse(in).at("tests");
  ASSERT_FALSE(transcripts.empty());
  for (const auto& transcript : transcripts) {
    auto played = without_outcomes(transcript);
    play(played);
    EXPECT_EQ(nlohmann::json(played), nlohmann::json(transcript))
        << file << ", seed " << transcript.at("seed");
  }
}

TEST(VectorsTest, EveryHandshakeIsAsPublished) { expect_same("handshake.json", play_meeting); }

TEST(VectorsTest, EveryRatchetHistoryIsAsPublished) { expect_same("ratchet.json", play_history); }

TEST(VectorsTest, EveryLinkingIsAsPublished) { expect_same("linking.json", play_linking); }

TEST(VectorsTest, EveryBackupIsAsPublished) { expect_same("backup.json", play_backup); }

TEST(VectorsTest, EverySuccessionIsAsPublished) { expect_same("successor.json", play_succession); }

}  // namespace
}  // namespace bisik::model
