#include "tests/storage/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <stdexcept>
#include <system_error>

namespace bisik::storage {

TemporaryFolder::TemporaryFolder() {
  std::string name = testing::TempDir() + "bisik-storage-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace bisik::storage
