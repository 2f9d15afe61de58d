#include "crypto/safety_number.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/vectors.hpp"

namespace bisik::crypto {
namespace {

TEST(SafetyNumber, IsTheSameForBothSides) {
  const auto alice = AccountKey::generate();
  const auto bob = AccountKey::generate();
  const auto at_alice = SafetyNumber::of(alice.verify_key(), bob.verify_key());
  const auto at_bob = SafetyNumber::of(bob.verify_key(), alice.verify_key());
  EXPECT_EQ(at_alice.digits(), at_bob.digits());
  EXPECT_EQ(at_alice.code(), at_bob.code());
}

TEST(SafetyNumber, HasSixtyDigits) {
  const auto number =
      SafetyNumber::of(AccountKey::generate().verify_key(), AccountKey::generate().verify_key());
  EXPECT_EQ(number.digits().size(), SafetyNumber::kDigits);
  EXPECT_TRUE(std::ranges::all_of(number.digits(), [](char c) { return c >= '0' && c <= '9'; }));
}

TEST(SafetyNumber, ChangesWithEitherKey) {
  const auto alice = AccountKey::generate().verify_key();
  const auto bob = AccountKey::generate().verify_key();
  const auto mallory = AccountKey::generate().verify_key();
  const auto number = SafetyNumber::of(alice, bob);
  for (const auto& other : {SafetyNumber::of(alice, mallory), SafetyNumber::of(mallory, bob)}) {
    EXPECT_NE(other.digits(), number.digits());
    EXPECT_FALSE(number.matches(other.code()).value());
  }
}

TEST(SafetyNumber, RecognisesItsCode) {
  const auto number =
      SafetyNumber::of(AccountKey::generate().verify_key(), AccountKey::generate().verify_key());
  EXPECT_TRUE(number.matches(number.code()).value());
  auto other = number.code();
  other[40] ^= 1;
  EXPECT_FALSE(number.matches(other).value());
}

TEST(SafetyNumber, RefusesWhatIsNoCode) {
  const auto number =
      SafetyNumber::of(AccountKey::generate().verify_key(), AccountKey::generate().verify_key());
  auto next_version = number.code();
  next_version[0] = 2;
  EXPECT_EQ(number.matches(next_version).error(), Errc::malformed);
  EXPECT_EQ(number.matches(ByteView{number.code()}.first(64)).error(), Errc::malformed);
  EXPECT_EQ(number.matches({}).error(), Errc::malformed);
}

TEST(Fingerprint, ShowsSixGroupsOfFiveDigitsWithTheirZeros) {
  Fingerprint zeros{};
  EXPECT_EQ(fingerprint_digits(zeros), std::string(30, '0'));
  zeros[4] = 7;
  zeros[8] = 1;  // 256 in the second group
  EXPECT_EQ(fingerprint_digits(zeros), "000070025600000000000000000000");
}

class SignalFingerprint : public VectorFile {
 protected:
  SignalFingerprint() : VectorFile{"signal.json"} {}
};

// The construction is theirs, except for prefix and ids.
TEST_F(SignalFingerprint, IsComputedTheSameWay) {
  const ByteArray<2> version{0, 0};
  for (const auto& test : cases()) {
    if (test.at("suite") != "fingerprint") continue;
    const auto iterations = test.at("iterations").get<int>();
    const auto id_a = test.at("id_a").get<std::string>();
    const auto id_b = test.at("id_b").get<std::string>();
    const auto a = fingerprint(version, bytes_of(test, "key_a"), as_bytes(id_a), iterations);
    const auto b = fingerprint(version, bytes_of(test, "key_b"), as_bytes(id_b), iterations);
    EXPECT_EQ(hex(a), test.at("fingerprint_a"));
    EXPECT_EQ(hex(b), test.at("fingerprint_b"));
    EXPECT_EQ(std::min(fingerprint_digits(a), fingerprint_digits(b)) +
                  std::max(fingerprint_digits(a), fingerprint_digits(b)),
              test.at("display"));
    EXPECT_EQ(iterations, kSafetyNumberIterations);
  }
}

}  // namespace
}  // namespace bisik::crypto
