// The intermediate values of one run, published by C2SP's CCTV. Its key generation is the draft's,
// so the test begins with rho and sigma; all that follows from them is the same in FIPS 203.

#include <gtest/gtest.h>

#include <map>

#include "crypto/mlkem.hpp"
#include "tests/crypto/vectors.hpp"

namespace bisik::crypto::mlkem {
namespace {

// Lines of "name = value", where a value may come in several forms; the last form is hex. Of a name
// that occurs twice, the first is meant.
class CctvRun : public testing::Test {
 protected:
  void SetUp() override {
    const auto path = vectors_folder() / "cctv_mlkem768_intermediate.txt";
    std::ifstream file{path};
    if (!file) GTEST_SKIP() << "NOT CHECKED, there is no " << path << ": set BISIK_VECTORS";
    for (std::string line; std::getline(file, line);) {
      const auto name_end = line.find(" = ");
      if (line.starts_with('#') || name_end == std::string::npos) continue;
      values_.emplace(line.substr(0, name_end), line.substr(line.rfind("= ") + 2));
    }
  }

  [[nodiscard]] Bytes value(const char* name) const { return unhex(values_.at(name)); }
  template <std::size_t N>
  [[nodiscard]] ByteArray<N> array(const char* name) const {
    return sized<N>(value(name)).value();
  }

  static void append(Bytes& encoded, const NttPolynomial& f_hat) {
    ByteArray<kEncodedSize<12>> part;
    byte_encode(f_hat, part);
    encoded.insert(encoded.end(), part.begin(), part.end());
  }

 private:
  std::map<std::string, std::string> values_;
};

TEST_F(CctvRun, MatrixIsThePublishedOne) {
  const auto rho = array<32>("ρ");
  Bytes encoded;
  for (std::uint8_t i = 0; i < k; ++i) {
    for (std::uint8_t j = 0; j < k; ++j) append(encoded, sample_ntt(rho, i, j));
  }
  EXPECT_EQ(encoded, value("A"));
}

TEST_F(CctvRun, TransformedSecretIsThePublishedOne) {
  const auto sigma = array<32>("σ");
  Bytes encoded;
  for (std::uint8_t i = 0; i < k; ++i) append(encoded, ntt(sample_poly_cbd(sigma, i)));
  EXPECT_EQ(encoded, value("dkPKE"));
}

TEST_F(CctvRun, EncapsulationAndDecapsulationAgreeWithThePublishedOnes) {
  Ciphertext c;
  ByteArray<32> K;
  encapsulate(array<sizeof(EncapsulationKey)>("ek"), array<32>("m"), c, K);
  EXPECT_EQ(hex(c), hex(value("c")));
  EXPECT_EQ(hex(K), hex(value("K")));
  expanded::decapsulate(array<sizeof(expanded::DecapsulationKey)>("dk"), c, K);
  EXPECT_EQ(hex(K), hex(value("K")));
}

}  // namespace
}  // namespace bisik::crypto::mlkem
