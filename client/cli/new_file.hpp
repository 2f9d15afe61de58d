// A private file that is there whole or not at all: written beside its place under another name,
// and put there by keep(), once it is on the disk.
#pragma once

#include <string>

#include "client/descriptor.hpp"
#include "crypto/bytes.hpp"

namespace bisik::client {

class NewFile {
 public:
  // Throws Problem if the file cannot be made, or is there already and may not be replaced.
  NewFile(std::string path, bool replace);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();  // what was not kept goes

  // Throws Problem, as keep() does.
  void write(crypto::ByteView bytes);
  void keep();

 private:
  [[noreturn]] void fail() const;
  [[noreturn]] void refuse() const;
  void put_in_place() const;

  std::string path_;
  std::string temporary_;
  bool replace_;
  bool kept_ = false;
  Descriptor file_;
};

}  // namespace bisik::client
