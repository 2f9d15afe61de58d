// Every program of ours starts libsodium first; this does it for the tests of crypto.

#include <gtest/gtest.h>

#include "crypto/sodium.hpp"

namespace {

class StartSodium : public testing::Environment {
 public:
  void SetUp() override { bisik::crypto::initialise(); }
};

[[maybe_unused]] const auto* const kStarted = testing::AddGlobalTestEnvironment(new StartSodium);

}  // namespace
