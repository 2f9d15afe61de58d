// A store that passes everything on to a real one, until its disk is told to fail, by any thread.
#pragma once

#include <atomic>

#include "storage/relay_store.hpp"

namespace bisik::server {

class FailingStore final : public storage::RelayStore {
 public:
  explicit FailingStore(storage::RelayStore& store) : store_{store} {}

  // Of the next `times` commits.
  void fail_next_commit(storage::StorageError::Kind kind, int times = 1) {
    kind_ = kind;
    failures_ = times;
  }
  void fail_pauses() { pauses_fail_ = true; }
  [[nodiscard]] int released() const noexcept { return released_; }
  [[nodiscard]] int pauses() const noexcept { return pauses_; }

  storage::Accounts& accounts() override { return store_.accounts(); }
  storage::Invites& invites() override { return store_.invites(); }
  storage::Grants& grants() override { return store_.grants(); }
  storage::Bundles& bundles() override { return store_.bundles(); }
  storage::Queues& queues() override { return store_.queues(); }
  storage::Cells& cells() override { return store_.cells(); }
  std::optional<storage::Bytes> meta(std::string_view name) override { return store_.meta(name); }
  void set_meta(std::string_view name, storage::Blob value) override {
    store_.set_meta(name, value);
  }
  std::vector<storage::ViewRow> server_view(const storage::Id& account) override {
    return store_.server_view(account);
  }
  storage::Totals totals() override { return store_.totals(); }
  std::optional<std::string> integrity_check() override { return store_.integrity_check(); }
  void release_space(std::int64_t) override { ++released_; }
  void use_pause() override {
    ++pauses_;
    if (pauses_fail_) throw storage::StorageError{storage::StorageError::Kind::io, "of the tests"};
  }

 private:
  void begin() override { batch_.emplace(store_); }
  void commit() override {
    if (failures_ > 0) {
      --failures_;
      batch_.reset();  // as SQLite does: the open batch is lost as a whole
      throw storage::StorageError{kind_, "a disk of the tests"};
    }
    batch_->commit();
    batch_.reset();
  }
  void rollback() noexcept override { batch_.reset(); }

  storage::RelayStore& store_;
  std::optional<storage::Batch> batch_;
  storage::StorageError::Kind kind_ = storage::StorageError::Kind::full;
  std::atomic<int> failures_ = 0;
  int released_ = 0;
  std::atomic<int> pauses_ = 0;
  std::atomic<bool> pauses_fail_ = false;
};

}  // namespace bisik::server
