#include "crypto/secret.hpp"

#include <gtest/gtest.h>

#include <concepts>
#include <iterator>
#include <memory>
#include <ostream>
#include <type_traits>

namespace bisik::crypto {
namespace {

using Key = Secret<struct KeyTag, 32>;
using OtherKey = Secret<struct OtherKeyTag, 32>;

// What a secret must not be able to do is part of its contract, and the compiler can check it.
template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};
static_assert(std::is_nothrow_move_constructible_v<Key> && std::is_nothrow_move_assignable_v<Key>);
static_assert(!std::copy_constructible<Key> && !std::is_copy_assignable_v<Key>);
static_assert(!std::equality_comparable<Key> && !Printable<Key>);
static_assert(!std::default_initializable<Key>);
static_assert(!std::convertible_to<Key, OtherKey> && !std::constructible_from<Key, OtherKey>);

Key filled_with(std::uint8_t byte) {
  return Key::fill([&](auto out) { std::ranges::fill(out, byte); });
}

bool all_are(ByteView bytes, std::uint8_t value) {
  return std::ranges::all_of(bytes, [&](auto byte) { return byte == value; });
}

// Invariant I7: no copy of a key is left behind.
TEST(Secret, MovingWipesTheSource) {
  auto source = filled_with(7);
  const auto target = std::move(source);
  EXPECT_TRUE(all_are(target.expose(), 7));
  EXPECT_TRUE(all_are(source.expose(), 0));
}

TEST(Secret, MoveAssignmentWipesTheSource) {
  auto source = filled_with(7);
  auto target = filled_with(9);
  target = std::move(source);
  EXPECT_TRUE(all_are(target.expose(), 7));
  EXPECT_TRUE(all_are(source.expose(), 0));
}

TEST(Secret, MovingOntoItselfKeepsIt) {
  auto key = filled_with(7);
  auto& same = key;
  key = std::move(same);
  EXPECT_TRUE(all_are(key.expose(), 7));
}

TEST(Secret, DestructionWipesItsPlace) {
  alignas(Key) ByteArray<sizeof(Key)> place;
  auto* const key = std::construct_at(reinterpret_cast<Key*>(place.data()), filled_with(7));
  ASSERT_TRUE(all_are(key->expose(), 7));
  std::destroy_at(key);
  EXPECT_TRUE(all_are(place, 0));
}

TEST(Secret, ADuplicateIsEqualAndApart) {
  auto key = Key::random();
  const auto copy = key.duplicate();
  EXPECT_TRUE(equal(key, copy));
  key = filled_with(0);
  EXPECT_FALSE(equal(key, copy));
}

TEST(Secret, ComparesEveryByte) {
  const auto key = filled_with(7);
  for (std::size_t i = 0; i < Key::kSize; ++i) {
    const auto other = Key::fill([&](auto out) {
      std::ranges::fill(out, std::uint8_t{7});
      out[i] = 8;
    });
    EXPECT_FALSE(equal(key, other)) << i;
  }
}

TEST(Secret, RandomOnesDiffer) { EXPECT_FALSE(equal(Key::random(), Key::random())); }

}  // namespace
}  // namespace bisik::crypto
