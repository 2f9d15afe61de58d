// The rings of ML-KEM (FIPS 203, 2.4 and 4.3): R_q = Z_q[X] / (X^256 + 1), and T_q, its image under
// the number-theoretic transform.
//
// Coefficients are signed 16-bit integers that stand for themselves modulo q; each function says
// how far from zero it takes and leaves them. Everything here may be secret: it is wiped when it
// goes, nothing branches or indexes on it, and nothing divides. Nothing can fail.
#pragma once

#include <sodium.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace bisik::crypto::mlkem {

inline constexpr std::size_t n = 256;
inline constexpr std::int16_t q = 3329;
inline constexpr std::size_t k = 3;  // ML-KEM-768

using Coefficient = std::int16_t;

// A value that the compiler cannot know. Shifting by a hidden 15 makes a mask of a sign that it
// cannot recognise as one, and so cannot turn into a branch.
template <class Int>
[[nodiscard, gnu::always_inline]] inline Int hidden(Int value) noexcept {
  asm volatile("" : "+r"(value));
  return value;
}

// What both rings have in common: 256 coefficients, wiped when they go.
struct Coefficients {
  std::array<Coefficient, n> values;

  Coefficients() = default;
  Coefficients(const Coefficients&) = default;
  Coefficients& operator=(const Coefficients&) = default;
  ~Coefficients() { sodium_memzero(values.data(), sizeof values); }
};

// f in R_q, lowest power first.
struct Polynomial : Coefficients {
  Coefficient& operator[](std::size_t i) noexcept { return values[i]; }
  const Coefficient& operator[](std::size_t i) const noexcept { return values[i]; }
};

// f-hat in T_q. Coefficient i of FIPS 203's order lies in row i & 7, column i >> 3: so laid out,
// the last layers of the transform and the products work on whole rows, which compilers vectorise.
struct NttPolynomial : Coefficients {
  static constexpr std::size_t kRows = 8;
  static constexpr std::size_t kColumns = 32;
  static constexpr std::size_t place(std::size_t i) { return (i & 7) * kColumns + (i >> 3); }

  Coefficient& operator[](std::size_t i) noexcept { return values[place(i)]; }
  const Coefficient& operator[](std::size_t i) const noexcept { return values[place(i)]; }
  Coefficient* row(std::size_t r) noexcept { return &values[r * kColumns]; }
  const Coefficient* row(std::size_t r) const noexcept { return &values[r * kColumns]; }
};

using NttVector = std::array<NttPolynomial, k>;
using NttMatrix = std::array<NttVector, k>;
// A vector, or a row or column of a matrix.
using NttVectorView = std::array<const NttPolynomial*, k>;

// Makes each coefficient the representative in [0, q). Takes all 16-bit values.
void make_canonical(Coefficients& f) noexcept;

// Algorithm 9. Takes |f| < q, leaves |f| <= q.
[[nodiscard]] NttPolynomial ntt(Polynomial f) noexcept;
// Algorithm 10. Takes |f| <= q, leaves |f| < q.
[[nodiscard]] Polynomial inverse_ntt(NttPolynomial f) noexcept;
// The sum of a[i] * b[i], each by algorithm 11. Takes |a| < 2q and |b| < 2q, leaves |f| < q.
[[nodiscard]] NttPolynomial inner_product(const NttVectorView& a, const NttVector& b) noexcept;

// Not reduced.
void add(Polynomial& f, const Polynomial& g) noexcept;
void subtract(Polynomial& f, const Polynomial& g) noexcept;
void add(NttPolynomial& f, const NttPolynomial& g) noexcept;

}  // namespace bisik::crypto::mlkem
