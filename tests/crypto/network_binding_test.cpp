#include "crypto/network_binding.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/people.hpp"

namespace bisik::crypto {
namespace {

class NetworkBindingTest : public testing::Test {
 protected:
  void expect_refused(const NetworkBinding& binding) const {
    const auto verified = binding.verify(alice_.account.verify_key(), signature_);
    EXPECT_EQ(verified.error(), Errc::bad_signature);
  }

  Person alice_;
  NetworkBinding binding_{.change = NetworkKeyChange::add,
                          .network_key = DhKeyPair::generate().public_key,
                          .device = 1,
                          .relay_key = DhKeyPair::generate().public_key,
                          .handshake = sha256({})};
  Signature signature_ = binding_.sign(alice_.account);
};

TEST_F(NetworkBindingTest, IsTheAccountsWord) {
  EXPECT_TRUE(binding_.verify(alice_.account.verify_key(), signature_));
  const Person bob;
  EXPECT_EQ(binding_.verify(bob.account.verify_key(), signature_).error(), Errc::bad_signature);
}

TEST_F(NetworkBindingTest, HoldsForExactlyItsFields) {
  auto other = binding_;
  other.change = static_cast<NetworkKeyChange>(2);
  expect_refused(other);
  other = binding_;
  other.network_key = DhKeyPair::generate().public_key;
  expect_refused(other);
  other = binding_;
  other.device = 2;
  expect_refused(other);
  other = binding_;
  other.relay_key = DhKeyPair::generate().public_key;
  expect_refused(other);
  other = binding_;
  other.handshake[31] ^= 1;
  expect_refused(other);
}

TEST(ListPublicationTest, HoldsForExactlyItsFields) {
  const Person alice;
  const ListPublication publication{.list = alice.first_list().hash(),
                                    .relay_key = DhKeyPair::generate().public_key,
                                    .handshake = sha256({})};
  const auto signature = publication.sign(alice.account);
  const auto& key = alice.account.verify_key();
  EXPECT_TRUE(publication.verify(key, signature));

  auto other = publication;
  other.list[0] ^= 1;
  EXPECT_EQ(other.verify(key, signature).error(), Errc::bad_signature);
  other = publication;
  other.relay_key = DhKeyPair::generate().public_key;
  EXPECT_EQ(other.verify(key, signature).error(), Errc::bad_signature);
  other = publication;
  other.handshake[0] ^= 1;
  EXPECT_EQ(other.verify(key, signature).error(), Errc::bad_signature);
  EXPECT_EQ(publication.verify(Person{}.account.verify_key(), signature).error(),
            Errc::bad_signature);
}

}  // namespace
}  // namespace bisik::crypto
