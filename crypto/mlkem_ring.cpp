#include "crypto/mlkem_ring.hpp"

namespace bisik::crypto::mlkem {
namespace {

using Row = NttPolynomial::Row;

// -- Z_q --

constexpr Coefficient narrow(int value) { return static_cast<Coefficient>(value); }

constexpr Coefficient high(Coefficient a, Coefficient b) { return narrow((int{a} * b) >> 16); }
constexpr Coefficient low(Coefficient a, Coefficient b) { return narrow(int{a} * b); }

// q^-1 modulo 2^16
constexpr Coefficient kInverseOfQ = -3327;
static_assert(low(q, kInverseOfQ) == 1);

// Montgomery's product, a b 2^-16 modulo q: |result| < |a b| / 2^16 + q / 2.
constexpr Coefficient montgomery(Coefficient a, Coefficient b) {
  return narrow(high(a, b) - high(low(low(a, b), kInverseOfQ), q));
}

// Barrett's reduction of any 16-bit value to [0, q]: 20159 is 2^26 / q, rounded up.
constexpr Coefficient barrett(Coefficient a) {
  const auto quotient = narrow(high(a, 20159) >> 10);
  return narrow(a - quotient * q);
}

constexpr Coefficient canonical(Coefficient value, int fifteen) {
  const int reduced = barrett(value) - q;
  return narrow(reduced + ((narrow(reduced) >> fifteen) & q));
}

// -- constants, each times 2^16 for montgomery() --

constexpr Coefficient times_two_to_16(int value) {
  for (int bit = 0; bit < 16; ++bit) value = canonical(narrow(2 * value), 15);
  return narrow(value);
}

constexpr std::size_t reverse7(std::size_t i) {
  std::size_t reversed = 0;
  for (int bit = 0; bit < 7; ++bit) reversed |= ((i >> bit) & 1) << (6 - bit);
  return reversed;
}

// zeta^BitRev7(i), zeta = 17 (FIPS 203, appendix A)
constexpr auto kZetas = [] {
  std::array<Coefficient, 128> powers{};
  Coefficient power = times_two_to_16(1);
  for (std::size_t exponent = 0; exponent < powers.size(); ++exponent) {
    powers[reverse7(exponent)] = power;
    power = montgomery(power, times_two_to_16(17));
  }
  return powers;
}();

constexpr Row zetas_by_column(int first, int step) {
  Row row{};
  for (auto& zeta : row) {
    zeta = kZetas[static_cast<std::size_t>(first)];
    first += step;
  }
  return row;
}

// Layers 4 and 2 take another zeta in each column; layer 2 has two blocks in a column.
constexpr Row kLayer4 = zetas_by_column(32, 1);
constexpr std::array<Row, 2> kLayer2{zetas_by_column(64, 2), zetas_by_column(65, 2)};
constexpr Row kInverseLayer4 = zetas_by_column(63, -1);
constexpr std::array<Row, 2> kInverseLayer2{zetas_by_column(127, -2), zetas_by_column(126, -2)};

constexpr Coefficient kInverseOf128 = times_two_to_16(3303);
static_assert(low(kInverseOf128, 128) == 0 && kInverseOf128 == 512);  // 2^16 / 128
constexpr Coefficient kTwoTo32 = times_two_to_16(times_two_to_16(1));

// -- butterflies --

constexpr void butterfly(Coefficient& a, Coefficient& b, Coefficient zeta) {
  const auto t = montgomery(b, zeta);
  b = narrow(a - t);
  a = narrow(a + t);
}

constexpr void inverse_butterfly(Coefficient& a, Coefficient& b, Coefficient zeta) {
  const auto t = a;
  a = barrett(narrow(t + b));
  b = montgomery(narrow(b - t), zeta);
}

// Layers of blocks that are as long as a column or longer: `i` counts the zetas.
template <std::size_t length>
void layer(Polynomial& f, std::size_t& i) {
  for (std::size_t start = 0; start < n; start += 2 * length) {
    const auto zeta = kZetas[i++];
    auto* const a = &f[start];
    for (std::size_t j = 0; j < length; ++j) butterfly(a[j], a[j + length], zeta);
  }
}

template <std::size_t length>
void inverse_layer(Polynomial& f, std::size_t& i) {
  for (std::size_t start = 0; start < n; start += 2 * length) {
    const auto zeta = kZetas[i--];
    auto* const a = &f[start];
    for (std::size_t j = 0; j < length; ++j) inverse_butterfly(a[j], a[j + length], zeta);
  }
}

void butterflies(Row& a, Row& b, const Row& zetas) {
  for (std::size_t j = 0; j < a.size(); ++j) butterfly(a[j], b[j], zetas[j]);
}

void inverse_butterflies(Row& a, Row& b, const Row& zetas) {
  for (std::size_t j = 0; j < a.size(); ++j) inverse_butterfly(a[j], b[j], zetas[j]);
}

}  // namespace

Coefficient canonical(Coefficient value) noexcept { return canonical(value, hidden(15)); }

void make_canonical(Polynomial& f) noexcept {
  const int fifteen = hidden(15);
  for (auto& coefficient : f.coefficients) coefficient = canonical(coefficient, fifteen);
}

void make_canonical(NttPolynomial& f) noexcept {
  const int fifteen = hidden(15);
  for (auto& row : f.rows) {
    for (auto& coefficient : row) coefficient = canonical(coefficient, fifteen);
  }
}

NttPolynomial ntt(Polynomial f) noexcept {
  std::size_t i = 1;
  // Each layer adds less than q, so that all seven stay below 8 q < 2^15 without a reduction.
  layer<128>(f, i);
  layer<64>(f, i);
  layer<32>(f, i);
  layer<16>(f, i);
  layer<8>(f, i);
  NttPolynomial f_hat;
  for (std::size_t j = 0; j < n; ++j) f_hat[j] = f[j];
  auto& rows = f_hat.rows;
  for (std::size_t r = 0; r < 4; ++r) butterflies(rows[r], rows[r + 4], kLayer4);
  for (const std::size_t block : {0U, 1U}) {
    butterflies(rows[4 * block], rows[4 * block + 2], kLayer2[block]);
    butterflies(rows[4 * block + 1], rows[4 * block + 3], kLayer2[block]);
  }
  for (auto& row : rows) {
    for (auto& coefficient : row) coefficient = barrett(coefficient);
  }
  return f_hat;
}

Polynomial inverse_ntt(NttPolynomial f_hat) noexcept {
  auto& rows = f_hat.rows;
  for (const std::size_t block : {0U, 1U}) {
    inverse_butterflies(rows[4 * block], rows[4 * block + 2], kInverseLayer2[block]);
    inverse_butterflies(rows[4 * block + 1], rows[4 * block + 3], kInverseLayer2[block]);
  }
  for (std::size_t r = 0; r < 4; ++r) inverse_butterflies(rows[r], rows[r + 4], kInverseLayer4);
  Polynomial f;
  for (std::size_t j = 0; j < n; ++j) f[j] = f_hat[j];
  std::size_t i = 31;
  inverse_layer<8>(f, i);
  inverse_layer<16>(f, i);
  inverse_layer<32>(f, i);
  inverse_layer<64>(f, i);
  inverse_layer<128>(f, i);
  for (auto& coefficient : f.coefficients) coefficient = montgomery(coefficient, kInverseOf128);
  return f;
}

// Algorithm 12 on whole rows: (a0 + a1 X)(b0 + b1 X) modulo X^2 - gamma. Rows 2p and 2p + 1 hold
// the pairs; gamma is the zeta of the pair's block in layer 2, with alternating sign.
NttPolynomial inner_product(const NttVectorView& a, const NttVector& b) noexcept {
  NttPolynomial sum{};
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t p = 0; p < NttPolynomial::kRows; p += 2) {
      const Row &a0 = a[i]->rows[p], &a1 = a[i]->rows[p + 1];
      const Row &b0 = b[i].rows[p], &b1 = b[i].rows[p + 1];
      const Row& zetas = kLayer2[p >> 2];
      const auto sign = narrow(1 - static_cast<int>(p & 2));
      Row &c0 = sum.rows[p], &c1 = sum.rows[p + 1];
      for (std::size_t j = 0; j < NttPolynomial::kColumns; ++j) {
        const auto gamma = narrow(sign * zetas[j]);
        c0[j] =
            narrow(c0[j] + montgomery(a0[j], b0[j]) + montgomery(montgomery(a1[j], b1[j]), gamma));
        c1[j] = narrow(c1[j] + montgomery(a0[j], b1[j]) + montgomery(a1[j], b0[j]));
      }
    }
  }
  for (auto& row : sum.rows) {  // take out montgomery()'s 2^-16
    for (auto& coefficient : row) coefficient = montgomery(coefficient, kTwoTo32);
  }
  return sum;
}

void add(Polynomial& f, const Polynomial& g) noexcept {
  for (std::size_t i = 0; i < n; ++i) f[i] = narrow(f[i] + g[i]);
}

void subtract(Polynomial& f, const Polynomial& g) noexcept {
  for (std::size_t i = 0; i < n; ++i) f[i] = narrow(f[i] - g[i]);
}

void add(NttPolynomial& f, const NttPolynomial& g) noexcept {
  for (std::size_t r = 0; r < NttPolynomial::kRows; ++r) {
    for (std::size_t j = 0; j < NttPolynomial::kColumns; ++j) {
      f.rows[r][j] = narrow(f.rows[r][j] + g.rows[r][j]);
    }
  }
}

}  // namespace bisik::crypto::mlkem
