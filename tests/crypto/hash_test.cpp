// SHA-256 and BLAKE2b against what FIPS 180-4 and RFC 7693 print, and the labelled hash.

#include "crypto/hash.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/vectors.hpp"

namespace bisik::crypto {
namespace {

// FIPS 180-4's examples.
TEST(Sha256, HashesAsPublished) {
  EXPECT_EQ(hex(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// RFC 7693 with 32 bytes; computed with Python's hashlib.
TEST(Blake2bOf32Bytes, HashesAsOthersDo) {
  EXPECT_EQ(hex(crypto::blake2b(as_bytes("abc"))),
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  EXPECT_EQ(hex(crypto::blake2b({})),
            "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
}

TEST(LabelledHash, IsOverTheLabelAZeroByteAndTheParts) {
  const std::string_view hashed{"bisik/1 account id\0onetwo", 25};
  const auto labelled =
      LabelledHash{label::kAccountId}.update(as_bytes("one")).update(as_bytes("two")).finish();
  EXPECT_EQ(labelled, sha256(as_bytes(hashed)));
}

TEST(LabelledHash, DiffersByLabel) {
  EXPECT_NE(LabelledHash{label::kAccountId}.finish(),
            LabelledHash{label::kDeviceRecordHash}.finish());
}

Bytes blake2b(ByteView key, ByteView message, std::size_t size) {
  Bytes out(size);
  crypto_generichash(out.data(), out.size(), message.data(), message.size(), key.data(),
                     key.size());
  return out;
}

// RFC 7693, appendix A.
TEST(Blake2b, HashesAsPublished) {
  EXPECT_EQ(hex(blake2b({}, as_bytes("abc"), 64)),
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
            "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

class MiscBlake2b : public VectorFile {
 protected:
  MiscBlake2b() : VectorFile{"kat_misc.json"} {}
};

TEST_F(MiscBlake2b, HashesAsPublished) {
  for (const auto& test : cases()) {
    const auto suite = test.at("suite").get<std::string>();
    if (suite == "rfc7693_A") {
      EXPECT_EQ(hex(blake2b({}, bytes_of(test, "msg"), 64)), test.at("out"));
    } else if (suite == "blake2b_keyed") {
      const auto size = test.at("outlen").get<std::size_t>();
      EXPECT_EQ(hex(blake2b(bytes_of(test, "key"), bytes_of(test, "msg"), size)), test.at("out"));
    }
  }
}

}  // namespace
}  // namespace bisik::crypto
