// What SQLite leaves to us on a real disk: a file that nobody else may read from its first moment
// on, and a directory that remembers it after a power cut. Throws StorageError of kind io or full.
#pragma once

#include <string>

namespace bisik::storage {

// Creates the file with mode 0600 if it is absent; takes group's and others' rights from one that
// is there. SQLite gives its log the same mode.
void create_private_file(const std::string& path);

void sync_directory_of(const std::string& path);

}  // namespace bisik::storage
