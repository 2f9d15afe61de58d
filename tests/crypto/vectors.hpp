// Reads the published test vectors: JSON files with an array `tests`, every byte string in hex.
//
// They are not in this repository. The folder is the environment variable BISIK_VECTORS, else the
// one that CMake was given; a test whose file is not there says so and is skipped. How many cases a
// file has is not assumed, except that it is not empty: other parts of the same sets are run too.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "crypto/bytes.hpp"
#include "crypto/hex.hpp"

namespace bisik::crypto {

using Case = nlohmann::json;

inline std::filesystem::path vectors_folder() {
  const char* const chosen = std::getenv("BISIK_VECTORS");
  return chosen != nullptr ? chosen : BISIK_VECTORS;
}

inline Bytes unhex(std::string_view text) {
  const auto bytes = from_hex(text);
  EXPECT_TRUE(bytes) << text;
  return bytes.value_or(Bytes{});
}

inline std::string hex(ByteView bytes) { return to_hex(bytes); }

inline Bytes bytes_of(const Case& test, const char* field) {
  return unhex(test.at(field).get_ref<const std::string&>());
}

// For interfaces whose types have the length: none if it is another one.
template <std::size_t N>
std::optional<ByteArray<N>> sized(ByteView bytes) {
  if (bytes.size() != N) return std::nullopt;
  ByteArray<N> array;
  std::ranges::copy(bytes, array.begin());
  return array;
}

// One file of vectors as a fixture.
class VectorFile : public testing::Test {
 protected:
  explicit VectorFile(const char* name) : path_{vectors_folder() / name} {}

  void SetUp() override {
    std::ifstream file{path_};
    if (!file) GTEST_SKIP() << "NOT CHECKED, there is no " << path_ << ": set BISIK_VECTORS";
    cases_ = Case::parse(file).at("tests");
    ASSERT_FALSE(cases_.empty()) << path_;
  }

  [[nodiscard]] const Case& cases() const { return cases_; }

 private:
  std::filesystem::path path_;
  Case cases_;
};

// Which case it was, for SCOPED_TRACE.
inline std::string name_of(const Case& test) {
  auto name = test.value("suite", std::string{"case"});
  if (test.contains("tcId")) name += " " + test["tcId"].dump();
  if (test.contains("comment")) name += ": " + test["comment"].get<std::string>();
  return name;
}

}  // namespace bisik::crypto
