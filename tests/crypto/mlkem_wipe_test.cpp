// ML-KEM leaves none of its intermediate secrets behind: each function runs on a stack of its own,
// which is searched for them afterwards.

#include <gtest/gtest.h>
#include <pthread.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "crypto/keccak.hpp"
#include "crypto/mlkem.hpp"

namespace bisik::crypto::mlkem {
namespace {

// What a function has left on its stack.
Bytes stack_after(std::function<void()> function) {
  alignas(4096) static ByteArray<1 << 18> stack;
  stack.fill(0);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  EXPECT_EQ(pthread_attr_setstack(&attributes, stack.data(), stack.size()), 0);
  pthread_t thread;
  const auto start = [](void* argument) -> void* {
    [[maybe_unused]] volatile std::uint8_t overwritten_as_the_thread_ends[1 << 14];
    overwritten_as_the_thread_ends[0] = 1;
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  EXPECT_EQ(pthread_create(&thread, &attributes, start, &function), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  return {stack.begin(), stack.end()};
}

bool holds(const Bytes& stack, ByteView secret) {
  return std::search(stack.begin(), stack.end(), secret.begin(), secret.end()) != stack.end();
}

template <class T>
ByteView bytes_of(const T& object) {
  return {reinterpret_cast<const std::uint8_t*>(&object), sizeof object};
}

// One key pair and one encapsulation, with all that is secret in them computed once more.
class MlKemWipe : public testing::Test {
 protected:
  MlKemWipe() {
    std::iota(seed_.begin(), seed_.end(), std::uint8_t{1});
    std::iota(m_.begin(), m_.end(), std::uint8_t{101});
    ek_ = keygen(seed_);
    encapsulate(ek_, m_, c_, K_);

    Sha3_512{}.absorb(ByteView{seed_}.first(32)).absorb(ByteArray<1>{k}).squeeze(rho_sigma_);
    s_ = sample_poly_cbd(std::span{rho_sigma_}.last<32>(), 0);
    s_hat_ = ntt(s_);
    ByteArray<32> h;
    Sha3_256{}.absorb(ek_).squeeze(h);
    Sha3_512{}.absorb(m_).absorb(h).squeeze(K_r_);
    y_ = sample_poly_cbd(std::span{K_r_}.last<32>(), 0);
    y_hat_ = ntt(y_);
  }

  void expect_no_key_in(const Bytes& stack) const {
    EXPECT_FALSE(holds(stack, ByteView{seed_}.first(32))) << "d";
    EXPECT_FALSE(holds(stack, ByteView{seed_}.last(32))) << "z";
    EXPECT_FALSE(holds(stack, ByteView{rho_sigma_}.last(32))) << "sigma";
    EXPECT_FALSE(holds(stack, bytes_of(s_.values).first(64))) << "s";
    EXPECT_FALSE(holds(stack, bytes_of(s_hat_.values).first(64))) << "s-hat";
  }

  void expect_no_message_in(const Bytes& stack) const {
    EXPECT_FALSE(holds(stack, m_)) << "m";
    EXPECT_FALSE(holds(stack, K_)) << "K";
    EXPECT_FALSE(holds(stack, ByteView{K_r_}.last(32))) << "r";
    EXPECT_FALSE(holds(stack, bytes_of(y_.values).first(64))) << "y";
    EXPECT_FALSE(holds(stack, bytes_of(y_hat_.values).first(64))) << "y-hat";
  }

  ByteArray<64> seed_;
  ByteArray<32> m_;
  EncapsulationKey ek_;
  Ciphertext c_;
  ByteArray<32> K_;
  ByteArray<64> rho_sigma_;
  ByteArray<64> K_r_;
  Polynomial s_;
  NttPolynomial s_hat_;
  Polynomial y_;
  NttPolynomial y_hat_;
};

TEST_F(MlKemWipe, WhatIsNotWipedIsFound) {
  const auto stack = stack_after([this] {
    volatile std::uint8_t copy[32];
    std::ranges::copy(m_, std::begin(copy));
  });
  EXPECT_TRUE(holds(stack, m_));
}

TEST_F(MlKemWipe, KeyGenerationLeavesNoSecretBehind) {
  expect_no_key_in(stack_after([this] { ek_ = keygen(seed_); }));
}

TEST_F(MlKemWipe, EncapsulationLeavesNoSecretBehind) {
  ByteArray<32> K;
  expect_no_message_in(stack_after([&, this] { encapsulate(ek_, m_, c_, K); }));
  EXPECT_EQ(K, K_);
}

TEST_F(MlKemWipe, DecapsulationLeavesNoSecretBehind) {
  ByteArray<32> K;
  const auto stack = stack_after([&, this] { decapsulate(seed_, c_, K); });
  EXPECT_EQ(K, K_);
  expect_no_key_in(stack);
  expect_no_message_in(stack);
}

TEST_F(MlKemWipe, RejectionLeavesNoSecretBehind) {
  auto altered = c_;
  altered[0] ^= 1;
  ByteArray<32> K;
  const auto stack = stack_after([&, this] { decapsulate(seed_, altered, K); });
  expect_no_key_in(stack);
  expect_no_message_in(stack);
  EXPECT_FALSE(holds(stack, K)) << "K-bar";
}

}  // namespace
}  // namespace bisik::crypto::mlkem
