#include "crypto/secret_stream.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/people.hpp"

namespace bisik::crypto {
namespace {

constexpr auto kMore = StreamPlace::before_the_last;
constexpr auto kLast = StreamPlace::last;

SecretBuffer message(std::string_view text) {
  SecretBuffer buffer;
  buffer.append(as_bytes(text));
  return buffer;
}

struct Stream {
  StreamKey key = StreamKey::random();
  StreamSealer sealer{key};
  StreamOpener opener{key, sealer.header()};
  Bytes first = sealer.seal(as_bytes("ad"), message("one"), kMore);
  Bytes second = sealer.seal(as_bytes("ad"), message("two"), kLast);
};

TEST(SecretStream, GivesBackWhatWasSealedInItsOrder) {
  Stream stream;
  const auto one = stream.opener.open(as_bytes("ad"), stream.first);
  const auto two = stream.opener.open(as_bytes("ad"), stream.second);
  ASSERT_TRUE(one && two);
  EXPECT_EQ(as_text(one->message.expose()), "one");
  EXPECT_EQ(one->place, kMore);
  EXPECT_EQ(as_text(two->message.expose()), "two");
  EXPECT_EQ(two->place, kLast);
}

TEST(SecretStream, RefusesAnotherOrderAndARepeat) {
  Stream stream;
  EXPECT_EQ(stream.opener.open(as_bytes("ad"), stream.second).error(), Errc::authentication_failed);
  ASSERT_TRUE(stream.opener.open(as_bytes("ad"), stream.first));
  EXPECT_EQ(stream.opener.open(as_bytes("ad"), stream.first).error(), Errc::authentication_failed);
  EXPECT_TRUE(stream.opener.open(as_bytes("ad"), stream.second));
}

TEST(SecretStream, RefusesWhatIsAltered) {
  Stream stream;
  for (std::size_t at = 0; at < stream.first.size(); ++at) {
    EXPECT_EQ(stream.opener.open(as_bytes("ad"), with_flipped_bit(stream.first, at)).error(),
              Errc::authentication_failed);
  }
  EXPECT_EQ(stream.opener.open(as_bytes("da"), stream.first).error(), Errc::authentication_failed);
  EXPECT_EQ(stream.opener.open(as_bytes("ad"), {}).error(), Errc::authentication_failed);
  EXPECT_TRUE(stream.opener.open(as_bytes("ad"), stream.first));
}

TEST(SecretStream, OpensUnderItsKeyAlone) {
  const Stream stream;
  StreamOpener opener{StreamKey::random(), stream.sealer.header()};
  EXPECT_EQ(opener.open(as_bytes("ad"), stream.first).error(), Errc::authentication_failed);
}

TEST(SecretStream, GoesOnAfterItsSealerAndOpenerWereMoved) {
  Stream stream;
  auto moved = std::move(stream.opener);
  EXPECT_TRUE(moved.open(as_bytes("ad"), stream.first));
}

}  // namespace
}  // namespace bisik::crypto
