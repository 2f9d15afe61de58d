// What goes wrong beneath the rows: disk, file, lock. Environment, so an exception, caught by the
// store thread, at the end of a session, or in main. A row that is not there is never an error.
//
// After any StorageError the open batch is lost as a whole; nothing committed before it is. `full`
// passes when there is space again. After `io` stop, and open anew: what the kernel lost while it
// failed to write is only repaired by opening (docs/storage.md).
#pragma once

#include <stdexcept>
#include <string>

namespace bisik::storage {

class StorageError : public std::runtime_error {
 public:
  enum class Kind {
    full,           // no space on the disk, or a quota
    corrupt,        // damaged, truncated, or no database at all
    busy,           // another process has it
    io,             // the disk or its permissions refused
    newer_version,  // written by a later version of this program
    not_ours,       // a sound database, but of another program or the other half of this one
    other,          // our own SQL, or out of memory
  };

  StorageError(Kind kind, const std::string& message) : std::runtime_error{message}, kind_{kind} {}

  [[nodiscard]] Kind kind() const noexcept { return kind_; }

 private:
  Kind kind_;
};

}  // namespace bisik::storage
