// ML-KEM's sources neither divide nor take remainders: no `/` and no `%`, even of constants, so
// that no one has to know which of them a compiler turns into an instruction of variable time.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace bisik::crypto {
namespace {

// A line of code without what is none: comment, names of included files.
std::string code_of(std::string line) {
  if (line.starts_with("#include")) return {};
  return line.substr(0, line.find("//"));
}

bool divides(const std::string& line) {
  return code_of(line).find_first_of("/%") != std::string::npos;
}

bool is_of_mlkem(const std::filesystem::path& path) {
  const auto name = path.filename().string();
  return name.starts_with("mlkem") || name.starts_with("keccak") || name.starts_with("kem.");
}

TEST(MlKemSource, DivisionIsRecognised) {
  EXPECT_TRUE(divides("  return a / b;  // rounded"));
  EXPECT_TRUE(divides("  a %= q;"));
  EXPECT_FALSE(divides("#include \"crypto/kem.hpp\""));
  EXPECT_FALSE(divides("  return a * b;  // and / or"));
}

TEST(MlKemSource, NothingDivides) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator{SOURCE_DIR "/crypto"}) {
    if (!is_of_mlkem(entry.path())) continue;
    ++files;
    std::ifstream source{entry.path()};
    int number = 0;
    for (std::string line; std::getline(source, line);) {
      ++number;
      EXPECT_FALSE(divides(line)) << entry.path().filename() << ":" << number << ": " << line;
    }
  }
  EXPECT_GE(files, 12);
}

}  // namespace
}  // namespace bisik::crypto
