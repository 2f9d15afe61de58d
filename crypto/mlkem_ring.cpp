#include "crypto/mlkem_ring.hpp"

namespace bisik::crypto::mlkem {
namespace {

using Row = std::array<Coefficient, NttPolynomial::kColumns>;

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

constexpr Row negated(Row row) {
  for (auto& zeta : row) zeta = narrow(-zeta);
  return row;
}

// Layers 4 and 2 take another zeta in each column; layer 2 has two blocks in a column.
constexpr Row kLayer4 = zetas_by_column(32, 1);
constexpr std::array<Row, 2> kLayer2{zetas_by_column(64, 2), zetas_by_column(65, 2)};
// X^2 - gamma is the modulus of a pair in T_q: gamma is the zeta of its block, with both signs.
constexpr std::array<Row, 4> kGammas{kLayer2[0], negated(kLayer2[0]), kLayer2[1],
                                     negated(kLayer2[1])};
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

// Layers of shorter blocks, on whole rows.
void butterflies(Coefficient* __restrict a, Coefficient* __restrict b, const Row& zetas) {
  for (std::size_t j = 0; j < zetas.size(); ++j) butterfly(a[j], b[j], zetas[j]);
}

void inverse_butterflies(Coefficient* __restrict a, Coefficient* __restrict b, const Row& zetas) {
  for (std::size_t j = 0; j < zetas.size(); ++j) inverse_butterfly(a[j], b[j], zetas[j]);
}

// Algorithm 12 on whole rows: adds (a0 + a1 X)(b0 + b1 X) modulo X^2 - gamma to c0 + c1 X, where
// a0, b0 and c0 are row r, and a1, b1 and c1 the row after it.
void multiply_add(NttPolynomial& __restrict c, const NttPolynomial& a, const NttPolynomial& b,
                  std::size_t r) {
  const auto *const a0 = a.row(r), *const a1 = a.row(r + 1);
  const auto *const b0 = b.row(r), *const b1 = b.row(r + 1);
  auto *const c0 = c.row(r), *const c1 = c.row(r + 1);
  const Row& gamma = kGammas[r >> 1];
  for (std::size_t j = 0; j < gamma.size(); ++j) {
    const auto a1_b1 = montgomery(a1[j], b1[j]);
    c0[j] = narrow(c0[j] + montgomery(a0[j], b0[j]) + montgomery(a1_b1, gamma[j]));
    c1[j] = narrow(c1[j] + montgomery(a0[j], b1[j]) + montgomery(a1[j], b0[j]));
  }
}

void add(Coefficients& __restrict f, const Coefficients& g) {
  for (std::size_t i = 0; i < n; ++i) f.values[i] = narrow(f.values[i] + g.values[i]);
}

}  // namespace

void make_canonical(Coefficients& f) noexcept {
  const int fifteen = hidden(15);
  for (auto& value : f.values) value = canonical(value, fifteen);
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
  for (const std::size_t r : {0U, 1U, 2U, 3U}) butterflies(f_hat.row(r), f_hat.row(r + 4), kLayer4);
  for (const std::size_t r : {0U, 1U, 4U, 5U}) {
    butterflies(f_hat.row(r), f_hat.row(r + 2), kLayer2[r >> 2]);
  }
  for (auto& value : f_hat.values) value = barrett(value);
  return f_hat;
}

Polynomial inverse_ntt(NttPolynomial f_hat) noexcept {
  for (const std::size_t r : {0U, 1U, 4U, 5U}) {
    inverse_butterflies(f_hat.row(r), f_hat.row(r + 2), kInverseLayer2[r >> 2]);
  }
  for (const std::size_t r : {0U, 1U, 2U, 3U}) {
    inverse_butterflies(f_hat.row(r), f_hat.row(r + 4), kInverseLayer4);
  }
  Polynomial f;
  for (std::size_t j = 0; j < n; ++j) f[j] = f_hat[j];
  std::size_t i = 31;
  inverse_layer<8>(f, i);
  inverse_layer<16>(f, i);
  inverse_layer<32>(f, i);
  inverse_layer<64>(f, i);
  inverse_layer<128>(f, i);
  for (auto& value : f.values) value = montgomery(value, kInverseOf128);
  return f;
}

NttPolynomial inner_product(const NttVectorView& a, const NttVector& b) noexcept {
  NttPolynomial sum;
  sum.values.fill(0);
  for (std::size_t i = 0; i < k; ++i) {
    for (const std::size_t r : {0U, 2U, 4U, 6U}) multiply_add(sum, *a[i], b[i], r);
  }
  for (auto& value : sum.values) value = montgomery(value, kTwoTo32);  // undoes its 2^-16
  return sum;
}

void add(Polynomial& f, const Polynomial& g) noexcept { add(static_cast<Coefficients&>(f), g); }

void add(NttPolynomial& f, const NttPolynomial& g) noexcept {
  add(static_cast<Coefficients&>(f), g);
}

void subtract(Polynomial& __restrict f, const Polynomial& g) noexcept {
  for (std::size_t i = 0; i < n; ++i) f[i] = narrow(f[i] - g[i]);
}

}  // namespace bisik::crypto::mlkem
