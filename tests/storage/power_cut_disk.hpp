// The disk of the tests: files in memory, and an exact account of what a power cut may take away.
//
// For each file it keeps what is durable and the ordered writes and truncations since the last
// sync; for the directory, which names were created or removed since it was last synced. A power
// cut drops, keeps or tears each of these on its own. Two things die differently: kill() ends the
// process and leaves what the kernel has; power_cut() takes what was not synced as well. In both
// cases whoever had a file open gets nothing but errors from it. Deterministic: the caller brings
// the generator. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "storage/types.hpp"

namespace bisik::storage {

struct DiskTraits {
  // Whether a write that is cut short leaves the other bytes of its sectors alone. Without it a
  // torn sector may come back as garbage, the sector's untouched neighbours in it included.
  bool powersafe_overwrite = true;
};

using DiskImage = std::map<std::string, Bytes>;  // path and contents

class PowerCutDisk {
 public:
  using Rng = std::mt19937_64;
  enum class Status { ok, dead, full, sync_failed };

  explicit PowerCutDisk(DiskTraits traits = {}) : traits_{traits} {}
  PowerCutDisk(const DiskImage& image, DiskTraits traits) : traits_{traits} { become(image); }
  PowerCutDisk(const PowerCutDisk&) = delete;
  PowerCutDisk& operator=(const PowerCutDisk&) = delete;

  // --- what happens to it -------------------------------------------------------------------
  void kill() {
    ++generation_;
    dies_after_.reset();
  }
  void power_cut(Rng& rng) { become(image_after_power_cut(rng)); }
  [[nodiscard]] DiskImage image_after_power_cut(Rng& rng) const;  // one of the many possible
  [[nodiscard]] DiskImage image_now() const;                      // what programs see
  // Somebody puts a copy back. No program may have a file open.
  void restore(const DiskImage& image) {
    kill();
    become(image);
  }

  // The process dies at the n-th change from here (1: the next one), which may or may not reach
  // the disk; everything after it fails, until kill() or power_cut() makes room for a new process.
  void die_at(std::int64_t nth_change) { dies_after_ = nth_change; }
  // Unless it has: what was planned does not happen.
  void live_on() noexcept {
    if (!dead()) dies_after_.reset();
  }
  [[nodiscard]] bool dead() const noexcept { return dies_after_ && *dies_after_ <= 0; }
  [[nodiscard]] std::int64_t changes() const noexcept { return changes_; }
  [[nodiscard]] std::int64_t writes() const noexcept {
    return writes_;
  }                                                                     // as programs ask for them
  [[nodiscard]] std::int64_t syncs() const noexcept { return syncs_; }  // of files and directories

  // All files together; none: no end of space.
  void set_capacity(std::optional<std::int64_t> bytes) { capacity_ = bytes; }
  [[nodiscard]] std::int64_t used() const;
  // Every sync fails, and the kernel forgets that the bytes were not written: a later sync that
  // succeeds does not bring them to the disk.
  void fail_syncs(bool fail) { fail_syncs_ = fail; }

  [[nodiscard]] const DiskTraits& traits() const noexcept { return traits_; }

  // --- what the VFS does with it ------------------------------------------------------------
  class Handle;
  [[nodiscard]] bool exists(const std::string& path) const { return names_.contains(path); }
  [[nodiscard]] std::unique_ptr<Handle> open(const std::string& path);  // creates what is absent
  [[nodiscard]] Status remove(const std::string& path);
  [[nodiscard]] Status sync_directory_of(const std::string& path);

 private:
  struct Change {  // of a file: a write, or a truncation to `offset` when there are no bytes
    std::size_t offset;
    std::optional<Bytes> bytes;
  };
  struct File {
    Bytes now;
    Bytes durable;
    std::vector<Change> unsynced;
    std::vector<Handle*> open;
  };
  struct Renaming {  // of a directory entry: to a file, or to nothing
    std::string path;
    std::shared_ptr<File> file;
  };
  struct Damage;  // how one power cut treats what it finds

  void become(const DiskImage& image);
  void set_name(const std::string& path, std::shared_ptr<File> file);
  [[nodiscard]] Status count_change();
  [[nodiscard]] static Bytes survivor(const File& file, const Damage& damage, Rng& rng);

  DiskTraits traits_;
  std::map<std::string, std::shared_ptr<File>> names_;
  std::map<std::string, std::shared_ptr<File>> durable_names_;
  std::vector<Renaming> unsynced_names_;
  std::uint64_t generation_ = 0;  // handles of an earlier one are of a dead process
  std::int64_t changes_ = 0;
  std::int64_t writes_ = 0;
  std::int64_t syncs_ = 0;
  std::optional<std::int64_t> dies_after_;
  std::optional<std::int64_t> capacity_;
  bool fail_syncs_ = false;
};

// An open file, and this opener's lock on it (SQLite's five levels).
class PowerCutDisk::Handle {
 public:
  Handle(PowerCutDisk& disk, std::shared_ptr<File> file, std::string path, bool created);
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle();

  // Fewer bytes than asked for only at the end of the file; none of a dead process.
  [[nodiscard]] std::optional<Blob> read(std::size_t offset, std::size_t count) const;
  // Page by page, as a kernel takes it: whoever dies, or has no space, within it has written a
  // part.
  [[nodiscard]] Status write(std::size_t offset, Blob bytes);
  [[nodiscard]] Status truncate(std::size_t size);
  [[nodiscard]] Status sync();
  [[nodiscard]] std::size_t size() const { return file_->now.size(); }

  [[nodiscard]] bool lock(int level);  // false: somebody else's lock forbids it
  void unlock(int level) { lock_ = level; }
  [[nodiscard]] int highest_lock_of_others() const;

  [[nodiscard]] bool alive() const;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] bool created() const noexcept { return created_; }

 private:
  [[nodiscard]] Status write_piece(std::size_t offset, Blob bytes);

  PowerCutDisk& disk_;
  std::shared_ptr<File> file_;
  std::string path_;
  std::uint64_t generation_;
  bool created_;
  int lock_ = 0;
};

}  // namespace bisik::storage
