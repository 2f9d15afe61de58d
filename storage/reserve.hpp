// Space kept back on the disk, so that a full disk can still be emptied: a reader's acknowledgement
// makes room, but to be durable it must first be written.
//
// A file of nothing beside the database, given up when the disk is full and taken back when there
// is room for all of it again. While it is given up the store takes no more cells. A disk that
// fails otherwise than for want of room is not a full one: StorageError.
#pragma once

#include <cstdint>
#include <string>

namespace bisik::storage {

class Reserve {
 public:
  // Takes the space at once if it can. bytes == 0: nothing is kept back, and held() is true.
  Reserve(const std::string& database_path, std::string vfs, std::int64_t bytes);

  [[nodiscard]] bool held() const noexcept { return held_; }
  void release() noexcept;
  void restore();

 private:
  // Whether there was room. Throws StorageError if the disk fails.
  [[nodiscard]] bool take() const;

  std::string path_;
  std::string vfs_;  // empty: the real disk
  std::int64_t bytes_;
  bool held_ = true;
};

}  // namespace bisik::storage
