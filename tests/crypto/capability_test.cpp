#include "crypto/capability.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <ostream>

#include "crypto/hash.hpp"

namespace bisik::crypto {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};
static_assert(!Printable<Capability>);

TEST(Capability, IsParsedFromExactly32Bytes) {
  const auto capability = Capability::random();
  EXPECT_TRUE(Capability::parse(capability.bytes()).value() == capability);
  EXPECT_EQ(Capability::parse(ByteArray<31>{}).error(), Errc::malformed);
  EXPECT_EQ(Capability::parse(ByteArray<33>{}).error(), Errc::malformed);
}

TEST(Capability, IsKnownToTheRelayByItsHash) {
  const auto capability = Capability::random();
  EXPECT_EQ(capability.hash(), sha256(capability.bytes()));
}

TEST(Capability, RandomOnesDiffer) { EXPECT_FALSE(Capability::random() == Capability::random()); }

TEST(Capability, DestructionWipesItsPlace) {
  alignas(Capability) ByteArray<sizeof(Capability)> place;
  std::destroy_at(std::construct_at(reinterpret_cast<Capability*>(place.data()),
                                    Capability::parse(Bytes(32, 7)).value()));
  EXPECT_EQ(place, (ByteArray<sizeof(Capability)>{}));
}

}  // namespace
}  // namespace bisik::crypto
