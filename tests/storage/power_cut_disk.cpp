#include "tests/storage/power_cut_disk.hpp"

#include <algorithm>
#include <array>

namespace bisik::storage {
namespace {

constexpr std::array<std::size_t, 2> kSectorBytes{512, 4096};
constexpr std::size_t kPageBytes = 4096;  // of a kernel, which takes a long write in as many steps

// SQLite's levels: none, shared, reserved, pending, exclusive.
constexpr int kShared = 1;
constexpr int kReserved = 2;
constexpr int kPending = 3;

bool one_in(std::uint64_t n, PowerCutDisk::Rng& rng) { return rng() % n == 0; }

std::string parent(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string{} : path.substr(0, slash);
}

void apply(Bytes& contents, std::size_t offset, Blob bytes) {
  if (contents.size() < offset + bytes.size()) contents.resize(offset + bytes.size());
  std::copy(bytes.begin(), bytes.end(), contents.begin() + static_cast<std::ptrdiff_t>(offset));
}

}  // namespace

// Drawn once for a cut, so that some cuts lose nearly everything and some nearly nothing.
struct PowerCutDisk::Damage {
  std::size_t sector_bytes;
  std::uint64_t keep_of_16;  // chance that a change survives as a whole
  std::uint64_t tear_of_16;  // chance that it survives in part
  bool garbage;              // a torn sector may come back as noise

  void tear(Bytes& contents, std::size_t offset, Blob bytes, Rng& rng) const;
  void spoil(Bytes& contents, std::size_t sector_start, std::size_t end, Rng& rng) const;
};

void PowerCutDisk::Damage::tear(Bytes& contents, std::size_t offset, Blob bytes, Rng& rng) const {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const std::size_t start = offset + done;
    const std::size_t sector = start / sector_bytes * sector_bytes;
    const std::size_t count = std::min(bytes.size() - done, sector + sector_bytes - start);
    if (one_in(2, rng)) {
      apply(contents, start, bytes.subspan(done, count));
    } else if (garbage && one_in(4, rng)) {
      spoil(contents, sector, start + count, rng);
    }
    done += count;
  }
}

void PowerCutDisk::Damage::spoil(Bytes& contents, std::size_t sector_start, std::size_t end,
                                 Rng& rng) const {
  if (contents.size() < end) contents.resize(end);
  const std::size_t stop = std::min(contents.size(), sector_start + sector_bytes);
  for (std::size_t at = sector_start; at < stop; ++at) {
    contents[at] = static_cast<std::uint8_t>(rng());
  }
}

Bytes PowerCutDisk::survivor(const File& file, const Damage& damage, Rng& rng) {
  Bytes contents = file.durable;
  for (const Change& change : file.unsynced) {
    const std::uint64_t fate = rng() % 16;
    if (fate >= damage.keep_of_16 + damage.tear_of_16) continue;
    if (!change.bytes) {
      contents.resize(change.offset);
    } else if (fate < damage.keep_of_16) {
      apply(contents, change.offset, *change.bytes);
    } else {
      damage.tear(contents, change.offset, *change.bytes, rng);
    }
  }
  return contents;
}

DiskImage PowerCutDisk::image_after_power_cut(Rng& rng) const {
  Damage damage{};
  damage.sector_bytes = kSectorBytes.at(rng() % kSectorBytes.size());
  damage.keep_of_16 = rng() % 17;
  damage.tear_of_16 = rng() % (17 - damage.keep_of_16);
  damage.garbage = !traits_.powersafe_overwrite;
  auto names = durable_names_;
  for (const Renaming& renaming : unsynced_names_) {
    if (rng() % 16 >= damage.keep_of_16 + damage.tear_of_16) continue;
    names[renaming.path] = renaming.file;
  }
  DiskImage image;
  for (const auto& [path, file] : names) {
    if (file) image[path] = survivor(*file, damage, rng);
  }
  return image;
}

DiskImage PowerCutDisk::image_now() const {
  DiskImage image;
  for (const auto& [path, file] : names_) image[path] = file->now;
  return image;
}

void PowerCutDisk::become(const DiskImage& image) {
  kill();
  names_.clear();
  unsynced_names_.clear();
  for (const auto& [path, contents] : image) {
    auto file = std::make_shared<File>();
    file->now = contents;
    file->durable = contents;
    names_[path] = std::move(file);
  }
  durable_names_ = names_;
}

std::int64_t PowerCutDisk::used() const {
  std::int64_t total = 0;
  for (const auto& [path, file] : names_) total += static_cast<std::int64_t>(file->now.size());
  return total;
}

// Counts down to the death of the process. The change that it dies in still happens, so that the
// cut may decide about it; the caller is told of its death.
PowerCutDisk::Status PowerCutDisk::count_change() {
  ++changes_;
  if (dies_after_) --*dies_after_;
  return dead() ? Status::dead : Status::ok;
}

void PowerCutDisk::set_name(const std::string& path, std::shared_ptr<File> file) {
  unsynced_names_.push_back({path, file});
  if (file) {
    names_[path] = std::move(file);
  } else {
    names_.erase(path);
  }
}

std::unique_ptr<PowerCutDisk::Handle> PowerCutDisk::open(const std::string& path) {
  if (dead()) return nullptr;
  const bool created = !exists(path);
  if (created) {
    set_name(path, std::make_shared<File>());
    if (count_change() != Status::ok) return nullptr;
  }
  return std::make_unique<Handle>(*this, names_.at(path), path, created);
}

PowerCutDisk::Status PowerCutDisk::remove(const std::string& path) {
  if (dead()) return Status::dead;
  set_name(path, nullptr);
  return count_change();
}

PowerCutDisk::Status PowerCutDisk::sync_directory_of(const std::string& path) {
  ++syncs_;
  if (dead() || count_change() != Status::ok) return Status::dead;
  std::vector<Renaming> elsewhere;
  for (Renaming& renaming : unsynced_names_) {
    if (parent(renaming.path) != parent(path)) {
      elsewhere.push_back(std::move(renaming));
    } else if (renaming.file) {
      durable_names_[renaming.path] = renaming.file;
    } else {
      durable_names_.erase(renaming.path);
    }
  }
  unsynced_names_ = std::move(elsewhere);
  return Status::ok;
}

PowerCutDisk::Handle::Handle(PowerCutDisk& disk, std::shared_ptr<File> file, std::string path,
                             bool created)
    : disk_{disk},
      file_{std::move(file)},
      path_{std::move(path)},
      generation_{disk.generation_},
      created_{created} {
  file_->open.push_back(this);
}

PowerCutDisk::Handle::~Handle() { std::erase(file_->open, this); }

bool PowerCutDisk::Handle::alive() const {
  return generation_ == disk_.generation_ && !disk_.dead();
}

std::optional<Blob> PowerCutDisk::Handle::read(std::size_t offset, std::size_t count) const {
  if (!alive()) return std::nullopt;
  const Blob contents{file_->now};
  if (offset >= contents.size()) return Blob{};
  return contents.subspan(offset, std::min(count, contents.size() - offset));
}

PowerCutDisk::Status PowerCutDisk::Handle::write(std::size_t offset, Blob bytes) {
  ++disk_.writes_;
  while (!bytes.empty()) {
    const Blob piece = bytes.first(std::min(bytes.size(), kPageBytes));
    if (const Status status = write_piece(offset, piece); status != Status::ok) return status;
    offset += piece.size();
    bytes = bytes.subspan(piece.size());
  }
  return alive() ? Status::ok : Status::dead;
}

PowerCutDisk::Status PowerCutDisk::Handle::write_piece(std::size_t offset, Blob bytes) {
  if (!alive()) return Status::dead;
  const std::size_t end = offset + bytes.size();
  const std::size_t growth = end > size() ? end - size() : 0;
  if (growth > 0 && disk_.capacity_ &&
      disk_.used() + static_cast<std::int64_t>(growth) > *disk_.capacity_) {
    return Status::full;
  }
  apply(file_->now, offset, bytes);
  file_->unsynced.push_back({offset, Bytes{bytes.begin(), bytes.end()}});
  return disk_.count_change();
}

PowerCutDisk::Status PowerCutDisk::Handle::truncate(std::size_t size) {
  if (!alive()) return Status::dead;
  file_->now.resize(size);
  file_->unsynced.push_back({size, std::nullopt});
  return disk_.count_change();
}

PowerCutDisk::Status PowerCutDisk::Handle::sync() {
  ++disk_.syncs_;
  if (!alive() || disk_.count_change() != Status::ok) return Status::dead;
  if (disk_.fail_syncs_) {
    file_->unsynced.clear();
    return Status::sync_failed;
  }
  for (const Change& change : file_->unsynced) {
    if (change.bytes) {
      apply(file_->durable, change.offset, *change.bytes);
    } else {
      file_->durable.resize(change.offset);
    }
  }
  file_->unsynced.clear();
  return Status::ok;
}

int PowerCutDisk::Handle::highest_lock_of_others() const {
  int highest = 0;
  for (const Handle* other : file_->open) {
    if (other != this && other->alive()) highest = std::max(highest, other->lock_);
  }
  return highest;
}

bool PowerCutDisk::Handle::lock(int level) {
  if (level <= lock_) return true;
  const int theirs = highest_lock_of_others();
  if (level == kShared && theirs >= kPending) return false;
  if (level == kReserved && theirs >= kReserved) return false;
  if (level > kReserved) {
    if (theirs >= kReserved) return false;
    if (theirs >= kShared) {
      lock_ = kPending;
      return false;
    }
  }
  lock_ = level;
  return true;
}

}  // namespace bisik::storage
