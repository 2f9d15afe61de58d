// The account of a profile is read as it was written, whatever its other devices say.
#include "client/engine/identity.hpp"

#include "client/engine/limits.hpp"
#include "tests/client/engine/profile_fixture.hpp"

namespace bisik::client {
namespace {

using IdentityTest = ProfileTest;

// More than the relay can be told of meanwhile, from a device that was stolen.
TEST_F(IdentityTest, WriteSecretsWithoutEndLeaveAnAccountThatIsRead) {
  auto& identity = *state_.identity;
  for (std::uint64_t number = 2; number < 600; ++number) {
    identity.take_write_secret(crypto::Capability::random(), number, {});
  }
  Step step{{}};
  identity.save(step);
  rows_.commit(std::move(step).take().rows);
  const State restarted{rows_};
  EXPECT_EQ(restarted.identity->write_secret_sequence, identity.write_secret_sequence);
  EXPECT_EQ(restarted.identity->old_write_secrets.size(), identity.old_write_secrets.size());
}

TEST_F(IdentityTest, ASecretThatIsNotTakenChangesNothing) {
  auto& identity = *state_.identity;
  std::uint64_t number = 1;
  while (identity.take_write_secret(crypto::Capability::random(), ++number, {})) {
  }
  EXPECT_EQ(identity.write_secret_sequence, number - 1);
  identity.old_write_secrets.erase(identity.old_write_secrets.begin());
  EXPECT_TRUE(identity.take_write_secret(crypto::Capability::random(), number, {}));
}

}  // namespace
}  // namespace bisik::client
