#include "client/engine/contact_book.hpp"

#include <gtest/gtest.h>

#include "client/uuid.hpp"
#include "crypto/hex.hpp"
#include "crypto/sodium.hpp"

namespace bisik::client {
namespace {

class ContactBookTest : public testing::Test {
 protected:
  ContactBookTest() { crypto::initialise(); }

  Contact& add(std::string_view name) {
    return book_.add(crypto::SigningKeyPair::generate().verify_key(), name, step_);
  }

  Step step_{Now{}};
  ContactBook book_;
};

TEST_F(ContactBookTest, FindsByNameInAnyCaseAndByAccount) {
  const auto& alice = add("Alice");
  EXPECT_EQ(book_.find("alice"), &alice);
  EXPECT_EQ(book_.find("ALICE"), &alice);
  EXPECT_EQ(book_.find(crypto::to_hex(alice.id.bytes)), &alice);
  EXPECT_EQ(book_.find(uuid_text(uuid_of(alice.id.bytes))), &alice);
  EXPECT_EQ(book_.find("00000000-0000-8000-8000-000000000000"), nullptr);
  EXPECT_EQ(book_.find("bob"), nullptr);
}

// I11: nobody can take a name that is taken.
TEST_F(ContactBookTest, ANameThatIsTakenGetsANumber) {
  add("Alice");
  EXPECT_EQ(add("alice").row.name(), "alice-2");
  EXPECT_EQ(add("ALICE").row.name(), "ALICE-3");
  EXPECT_EQ(add("\x1b[31m\u202e").row.name(), "[31m");
  EXPECT_EQ(add("").row.name(), "someone");
}

TEST_F(ContactBookTest, NobodyIsCalledWhatMeansSomethingElse) {
  EXPECT_EQ(add("Note-To-Self").row.name(), "Note-To-Self-2");
  const std::string uuid = "00000000-0000-8000-8000-000000000000";
  EXPECT_EQ(add(uuid).row.name(), uuid + "-2");
  EXPECT_NE(add(std::string(64, 'a')).row.name(), std::string(64, 'a'));
  auto& bob = add("Bob");
  for (const auto& name : {std::string{"note-to-self"}, uuid, std::string(64, 'a')}) {
    EXPECT_FALSE(book_.rename(bob, name, step_)) << name;
  }
  EXPECT_TRUE(book_.rename(bob, "BOB", step_)) << "his own name, otherwise written";
  EXPECT_FALSE(book_.rename(bob, "note-to-self-2", step_)) << "taken";
  EXPECT_EQ(book_.find("bob"), &bob);
}

TEST_F(ContactBookTest, OffersTheNearestNameForASlip) {
  add("Alice");
  add("Bob");
  EXPECT_EQ(book_.nearest("alcie"), "Alice");
  EXPECT_EQ(book_.nearest("completely different"), "");
}

}  // namespace
}  // namespace bisik::client
