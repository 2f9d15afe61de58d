// The arithmetic of ML-KEM against arithmetic that is too slow and too simple to be wrong.

#include "crypto/mlkem_ring.hpp"

#include <gtest/gtest.h>

#include <random>

namespace bisik::crypto::mlkem {
namespace {

int modulo_q(int value) { return ((value % q) + q) % q; }

Polynomial random_polynomial(std::mt19937& random) {
  Polynomial f;
  for (auto& value : f.values) value = static_cast<Coefficient>(random() % q);
  return f;
}

Polynomial constant_polynomial(Coefficient value) {
  Polynomial f;
  f.values.fill(value);
  return f;
}

// f g modulo X^256 + 1
std::array<int, n> schoolbook(const Polynomial& f, const Polynomial& g) {
  std::array<int, n> product{};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const int term = modulo_q(f[i] * g[j]);
      auto& place = product[(i + j) % n];
      place = modulo_q(i + j < n ? place + term : place - term);
    }
  }
  return product;
}

std::array<int, n> canonical_values(Polynomial f) {
  make_canonical(f);
  std::array<int, n> values;
  std::ranges::copy(f.values, values.begin());
  return values;
}

TEST(MlKemRing, Every16BitValueHasItsCanonicalRepresentative) {
  for (int first = -32768; first < 32768; first += static_cast<int>(n)) {
    Polynomial f;
    for (std::size_t i = 0; i < n; ++i) {
      f[i] = static_cast<Coefficient>(first + static_cast<int>(i));
    }
    make_canonical(f);
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_EQ(f[i], modulo_q(first + static_cast<int>(i))) << first + static_cast<int>(i);
    }
  }
}

// FIPS 203, algorithm 9, word for word.
std::array<int, n> textbook_ntt(const Polynomial& f) {
  const auto zeta = [](unsigned i) {
    unsigned reversed = 0;
    for (unsigned bit = 0; bit < 7; ++bit) reversed |= (i >> bit & 1) << (6 - bit);
    int power = 1;
    for (unsigned e = 0; e < reversed; ++e) power = modulo_q(17 * power);
    return power;
  };
  auto f_hat = canonical_values(f);
  unsigned i = 1;
  for (std::size_t length = 128; length >= 2; length /= 2) {
    for (std::size_t start = 0; start < n; start += 2 * length) {
      const int z = zeta(i++);
      for (std::size_t j = start; j < start + length; ++j) {
        const int t = modulo_q(z * f_hat[j + length]);
        f_hat[j + length] = modulo_q(f_hat[j] - t);
        f_hat[j] = modulo_q(f_hat[j] + t);
      }
    }
  }
  return f_hat;
}

TEST(MlKemRing, TransformIsTheStandards) {
  std::mt19937 random{203};
  for (int run = 0; run < 20; ++run) {
    const auto f = random_polynomial(random);
    const auto f_hat = ntt(f);
    const auto expected = textbook_ntt(f);
    for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(modulo_q(f_hat[i]), expected[i]) << i;
  }
}

TEST(MlKemRing, InverseUndoesTheTransform) {
  std::mt19937 random{203};
  for (int run = 0; run < 20; ++run) {
    const auto f = random_polynomial(random);
    EXPECT_EQ(canonical_values(inverse_ntt(ntt(f))), canonical_values(f));
  }
}

TEST(MlKemRing, InnerProductIsASumOfPolynomialProducts) {
  std::mt19937 random{203};
  NttVector a_hat;
  NttVector b_hat;
  std::array<int, n> expected{};
  for (std::size_t i = 0; i < k; ++i) {
    const auto a = random_polynomial(random);
    const auto b = random_polynomial(random);
    a_hat[i] = ntt(a);
    b_hat[i] = ntt(b);
    const auto product = schoolbook(a, b);
    for (std::size_t j = 0; j < n; ++j) expected[j] = modulo_q(expected[j] + product[j]);
  }
  const auto sum = inverse_ntt(inner_product({&a_hat[0], &a_hat[1], &a_hat[2]}, b_hat));
  EXPECT_EQ(canonical_values(sum), expected);
}

// Whatever is largest in each direction stays within 16 bits.
TEST(MlKemRing, ExtremesDoNotOverflow) {
  for (const int extreme : {q - 1, -(q - 1)}) {
    const auto f = constant_polynomial(static_cast<Coefficient>(extreme));
    EXPECT_EQ(canonical_values(inverse_ntt(ntt(f))), canonical_values(f));
    NttPolynomial f_hat;
    f_hat.values.fill(static_cast<Coefficient>(2 * extreme));  // |2q - 2|, what is allowed
    const NttVector b_hat{f_hat, f_hat, f_hat};
    const auto product = inner_product({&f_hat, &f_hat, &f_hat}, b_hat);
    // (x + x X)^2 = x^2 + gamma x^2 + 2 x^2 X, three times
    const int square = modulo_q(modulo_q(2 * extreme) * modulo_q(2 * extreme));
    for (std::size_t i = 1; i < n; i += 2) ASSERT_EQ(modulo_q(product[i]), modulo_q(6 * square));
  }
}

TEST(MlKemRing, SumsAndDifferencesAreByCoefficient) {
  std::mt19937 random{203};
  const auto f = random_polynomial(random);
  const auto g = random_polynomial(random);
  auto sum = f;
  add(sum, g);
  auto difference = f;
  subtract(difference, g);
  for (std::size_t i = 0; i < n; ++i) {
    EXPECT_EQ(sum[i], f[i] + g[i]);
    EXPECT_EQ(difference[i], f[i] - g[i]);
  }
}

}  // namespace
}  // namespace bisik::crypto::mlkem
