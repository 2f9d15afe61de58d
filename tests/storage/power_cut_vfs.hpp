// PowerCutDisk as a VFS of SQLite: real databases on a disk that forgets.
//
// It offers no shared memory, as exclusive locking needs none; it promises SQLite nothing about
// its writes but what DiskTraits say. Like the unix VFS it syncs the directory when a journal or
// log that it created is synced first. Must outlive every database opened through name().
#pragma once

#include <memory>
#include <string>

#include "tests/storage/power_cut_disk.hpp"

struct sqlite3_vfs;

namespace bisik::storage {

class PowerCutVfs {
 public:
  explicit PowerCutVfs(DiskTraits traits = {}) : PowerCutVfs{DiskImage{}, traits} {}
  explicit PowerCutVfs(const DiskImage& image, DiskTraits traits = {});
  PowerCutVfs(const PowerCutVfs&) = delete;
  PowerCutVfs& operator=(const PowerCutVfs&) = delete;
  ~PowerCutVfs();

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] PowerCutDisk& disk() noexcept { return disk_; }
  [[nodiscard]] const PowerCutDisk& disk() const noexcept { return disk_; }

 private:
  PowerCutDisk disk_;
  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
};

}  // namespace bisik::storage
