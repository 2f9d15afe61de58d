#include "crypto/mlkem.hpp"

#include <algorithm>

#include "crypto/declassify.hpp"
#include "crypto/keccak.hpp"

namespace bisik::crypto::mlkem {
namespace {

// Bytes on the stack that are wiped.
template <std::size_t N>
struct Scratch : ByteArray<N> {
  ~Scratch() { sodium_memzero(this->data(), N); }
  [[nodiscard]] std::span<std::uint8_t, N> span() { return *this; }
};

// A vector or ciphertext is `size` bytes for each of its polynomials, one after the other.
template <std::size_t size, class Bytes>
auto nth(Bytes& bytes, std::size_t i) {
  return std::span{bytes}.subspan(i * size).template first<size>();
}
constexpr auto kCoefficients = kEncodedSize<12>;

// An encapsulation key, unpacked.
struct PublicKey {
  EncapsulationKey ek;
  ByteArray<32> h;  // H(ek)
  NttVector t_hat;
  NttMatrix a_hat;

  [[nodiscard]] Seed32 rho() const { return std::span{ek}.last<32>(); }
};

// A decapsulation key, unpacked.
struct SecretKey {
  PublicKey pk;
  NttVector s_hat;
  Scratch<32> z;
};

NttVectorView view(const NttVector& v) { return {&v[0], &v[1], &v[2]}; }
NttVectorView column(const NttMatrix& a, std::size_t i) { return {&a[0][i], &a[1][i], &a[2][i]}; }

void expand_matrix(PublicKey& pk) {
  for (std::uint8_t i = 0; i < k; ++i) {
    for (std::uint8_t j = 0; j < k; ++j) pk.a_hat[i][j] = sample_ntt(pk.rho(), i, j);
  }
}

void unpack(const EncapsulationKey& ek, PublicKey& pk) {
  pk.ek = ek;
  Sha3_256{}.absorb(ek).squeeze(pk.h);
  for (std::size_t i = 0; i < k; ++i) pk.t_hat[i] = byte_decode(nth<kCoefficients>(ek, i));
  expand_matrix(pk);
}

// K-PKE.KeyGen, algorithm 13, and what ML-KEM.KeyGen_internal adds to it.
void unpack(Seed64 seed, SecretKey& sk) {
  Scratch<64> rho_sigma;
  Sha3_512{}.absorb(seed.first<32>()).absorb(ByteArray<1>{k}).squeeze(rho_sigma);
  const auto rho = rho_sigma.span().first<32>();
  const Seed32 sigma = rho_sigma.span().last<32>();
  declassify(rho);  // half of what is published
  std::ranges::copy(rho, std::span{sk.pk.ek}.last<32>().begin());
  expand_matrix(sk.pk);

  for (std::uint8_t i = 0; i < k; ++i) sk.s_hat[i] = ntt(sample_poly_cbd(sigma, i));
  for (std::uint8_t i = 0; i < k; ++i) {
    auto& t_hat = sk.pk.t_hat[i];
    t_hat = inner_product(view(sk.pk.a_hat[i]), sk.s_hat);
    add(t_hat, ntt(sample_poly_cbd(sigma, static_cast<std::uint8_t>(k + i))));
    byte_encode(t_hat, nth<kCoefficients>(sk.pk.ek, i));
  }
  Sha3_256{}.absorb(sk.pk.ek).squeeze(sk.pk.h);
  std::ranges::copy(seed.last<32>(), sk.z.begin());
}

// K-PKE.Encrypt, algorithm 14.
void encrypt(const PublicKey& pk, Seed32 m, Seed32 r, Ciphertext& c) {
  std::uint8_t nonce = 0;  // N
  NttVector y_hat;
  for (auto& y : y_hat) y = ntt(sample_poly_cbd(r, nonce++));
  for (std::size_t i = 0; i < k; ++i) {
    auto u = inverse_ntt(inner_product(column(pk.a_hat, i), y_hat));
    add(u, sample_poly_cbd(r, nonce++));  // e1
    compress_encode<du>(u, nth<kEncodedSize<du>>(c, i));
  }
  auto v = inverse_ntt(inner_product(view(pk.t_hat), y_hat));
  add(v, sample_poly_cbd(r, nonce));  // e2
  add(v, decode_decompress<1>(m));    // mu
  compress_encode<dv>(v, std::span{c}.last<kEncodedSize<dv>>());
}

// K-PKE.Decrypt, algorithm 15.
void decrypt(const NttVector& s_hat, const Ciphertext& c, std::span<std::uint8_t, 32> m) {
  NttVector u_hat;
  for (std::size_t i = 0; i < k; ++i) {
    u_hat[i] = ntt(decode_decompress<du>(nth<kEncodedSize<du>>(c, i)));
  }
  auto w = decode_decompress<dv>(std::span{c}.last<kEncodedSize<dv>>());
  subtract(w, inverse_ntt(inner_product(view(s_hat), u_hat)));
  compress_encode<1>(w, m);
}

// All ones where the two differ, else zero.
std::uint8_t difference_mask(const Ciphertext& a, const Ciphertext& b) {
  std::uint32_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= a[i] ^ b[i];
  return static_cast<std::uint8_t>(hidden((0 - hidden(difference)) >> 8));
}

void decapsulate(const SecretKey& sk, const Ciphertext& c, SharedSecret K) {
  Scratch<32> m;
  decrypt(sk.s_hat, c, m);
  Scratch<64> K_r;
  Sha3_512{}.absorb(m).absorb(sk.pk.h).squeeze(K_r);
  Scratch<32> K_bar;
  Shake256{}.absorb(sk.z).absorb(c).squeeze(K_bar);
  Scratch<sizeof(Ciphertext)> c_again;
  encrypt(sk.pk, m, K_r.span().last<32>(), c_again);
  const auto rejected = difference_mask(c, c_again);
  for (std::size_t i = 0; i < K.size(); ++i) {
    K[i] = static_cast<std::uint8_t>(K_r[i] ^ (rejected & (K_r[i] ^ K_bar[i])));
  }
}

}  // namespace

EncapsulationKey keygen(Seed64 seed) noexcept {
  SecretKey sk;
  unpack(seed, sk);
  return sk.pk.ek;
}

void encapsulate(const EncapsulationKey& ek, Seed32 m, Ciphertext& c, SharedSecret K) noexcept {
  PublicKey pk;
  unpack(ek, pk);
  Scratch<64> K_r;
  Sha3_512{}.absorb(m).absorb(pk.h).squeeze(K_r);
  encrypt(pk, m, K_r.span().last<32>(), c);
  std::ranges::copy(K_r.span().first<32>(), K.begin());
}

void decapsulate(Seed64 seed, const Ciphertext& c, SharedSecret K) noexcept {
  SecretKey sk;
  unpack(seed, sk);
  decapsulate(sk, c, K);
}

bool check(const EncapsulationKey& ek) noexcept {
  return is_canonical(std::span{ek}.first<kVectorSize>());
}

namespace expanded {

// dk = ByteEncode_12(s-hat) || ek || H(ek) || z
DecapsulationKey keygen(Seed64 seed) noexcept {
  SecretKey sk;
  unpack(seed, sk);
  DecapsulationKey dk;
  for (std::size_t i = 0; i < k; ++i) byte_encode(sk.s_hat[i], nth<kCoefficients>(dk, i));
  auto out = std::ranges::copy(sk.pk.ek, dk.begin() + kVectorSize).out;
  out = std::ranges::copy(sk.pk.h, out).out;
  std::ranges::copy(sk.z, out);
  return dk;
}

void decapsulate(const DecapsulationKey& dk, const Ciphertext& c, SharedSecret K) noexcept {
  SecretKey sk;
  for (std::size_t i = 0; i < k; ++i) sk.s_hat[i] = byte_decode(nth<kCoefficients>(dk, i));
  const auto rest = std::span{dk}.subspan<kVectorSize>();
  EncapsulationKey ek;
  std::ranges::copy(rest.first<sizeof ek>(), ek.begin());
  unpack(ek, sk.pk);
  std::ranges::copy(rest.subspan<sizeof ek, 32>(), sk.pk.h.begin());
  std::ranges::copy(rest.last<32>(), sk.z.begin());
  decapsulate(sk, c, K);
}

bool check(const DecapsulationKey& dk) noexcept {
  const auto rest = std::span{dk}.subspan<kVectorSize>();
  ByteArray<32> h;
  Sha3_256{}.absorb(rest.first<sizeof(EncapsulationKey)>()).squeeze(h);
  return std::ranges::equal(h, rest.subspan<sizeof(EncapsulationKey), 32>());
}

}  // namespace expanded
}  // namespace bisik::crypto::mlkem
