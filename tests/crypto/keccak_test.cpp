// SHA-3 and SHAKE against FIPS 202's examples and around every rate.

#include "crypto/keccak.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/vectors.hpp"

namespace bisik::crypto {
namespace {

template <class Function>
std::string hashed(ByteView message, std::size_t length) {
  Bytes out(length);
  Function{}.absorb(message).squeeze(out);
  return hex(out);
}

// NIST's examples for FIPS 202: the empty message, and 1,600 bits of 0xa3.
TEST(Keccak, GivesTheExamplesOfTheStandard) {
  EXPECT_EQ(hashed<Sha3_256>({}, 32),
            "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
  EXPECT_EQ(hashed<Sha3_512>({}, 64),
            "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
            "15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26");
  const Bytes a3(200, 0xa3);
  EXPECT_EQ(hashed<Sha3_256>(a3, 32),
            "79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787");
  EXPECT_EQ(hashed<Shake128>(a3, 32),
            "131ab8d2b594946b9c81333f9bb6e0ce75c3b93104fa3469d3917457385da037");
  EXPECT_EQ(hashed<Shake256>(a3, 32),
            "cd8a920ed141aa0407a22d59288652e9d9f1a7ee0c1e7c1ca699424da84a904d");
}

TEST(Keccak, PiecesGiveWhatTheWholeGives) {
  Bytes message(1000);
  for (std::size_t i = 0; i < message.size(); ++i) message[i] = static_cast<std::uint8_t>(i * 7);
  const auto whole = hashed<Shake128>(message, 700);
  for (const std::size_t piece : {1U, 7U, 167U, 168U, 169U, 336U}) {
    Shake128 xof;
    for (ByteView rest{message}; !rest.empty(); rest = rest.subspan(std::min(piece, rest.size()))) {
      xof.absorb(rest.first(std::min(piece, rest.size())));
    }
    Bytes out(700);
    for (MutableBytes rest{out}; !rest.empty(); rest = rest.subspan(std::min(piece, rest.size()))) {
      xof.squeeze(rest.first(std::min(piece, rest.size())));
    }
    EXPECT_EQ(hex(out), whole) << piece;
  }
}

class Sha3Vectors : public VectorFile {
 protected:
  Sha3Vectors() : VectorFile{"sha3.json"} {}
};

TEST_F(Sha3Vectors, EveryCaseGivesThePublishedResult) {
  for (const auto& test : cases()) {
    const auto message = bytes_of(test, "msg");
    SCOPED_TRACE(message.size());
    int results = 0;
    for (const auto& [field, expected] : test.items()) {
      if (field == "suite" || field == "msg") continue;
      const auto length = expected.get_ref<const std::string&>().size() / 2;
      ++results;
      if (field == "sha3_256")
        EXPECT_EQ(hashed<Sha3_256>(message, length), expected);
      else if (field == "sha3_512")
        EXPECT_EQ(hashed<Sha3_512>(message, length), expected);
      else if (field.starts_with("shake128"))
        EXPECT_EQ(hashed<Shake128>(message, length), expected);
      else if (field.starts_with("shake256"))
        EXPECT_EQ(hashed<Shake256>(message, length), expected);
      else
        ADD_FAILURE() << "nothing here runs " << field;
    }
    EXPECT_GT(results, 0);
  }
}

}  // namespace
}  // namespace bisik::crypto
