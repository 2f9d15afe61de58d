// Queues on SQLite: the tables `queues` and `write_keys`. Removing a queue also removes what
// SqliteCells keeps under it.
#pragma once

#include "storage/queues.hpp"
#include "storage/sqlite.hpp"

namespace bisik::storage {

// Nothing is kept under it: SQLite counts rows from 1. Looking there costs what looking elsewhere
// does, so that a queue that is not there takes the same work (I10).
inline constexpr std::int64_t kNoQueue = 0;

class SqliteQueues final : public Queues {
 public:
  explicit SqliteQueues(Database& database);

  bool create(const Id& queue_id, const NewQueue& queue) override;
  [[nodiscard]] std::optional<Queue> find(const Id& queue_id) override;
  [[nodiscard]] std::vector<Id> owned_by(const Id& account_id) override;
  [[nodiscard]] std::vector<Id> of_device(const Id& account_id, DeviceNumber device) override;
  bool remove(const Id& queue_id) override;
  std::vector<Id> sweep(UnixSeconds now_for_owned, UnixSeconds now_for_others,
                        std::int64_t max_queues) override;

  bool put_write_key(const Id& queue_id, const Id& key_hash, const WriteKey& limits) override;
  bool remove_write_key(const Id& queue_id, const Id& key_hash) override;
  [[nodiscard]] std::optional<WriteKey> write_key(const Id& queue_id, const Id& key_hash) override;
  [[nodiscard]] std::int64_t count_write_keys(const Id& queue_id) override;
  bool spend_write_key(const Id& queue_id, const Id& key_hash) override;
  std::int64_t sweep_write_keys(UnixSeconds now, std::int64_t max_rows) override;

  // For SqliteCells: the row that `queue` names in the other tables. What was asked last is known
  // without looking: one operation asks for the same queue several times.
  [[nodiscard]] std::optional<std::int64_t> row_of(const Id& queue_id);
  void rolled_back() noexcept { last_asked_.reset(); }
  Sequence count_arrival(std::int64_t row, std::size_t bytes);  // returns the cell's sequence
  void count_departures(std::int64_t row, std::int64_t cells, std::int64_t bytes);

 private:
  struct Asked {
    Id queue_id;
    std::optional<std::int64_t> row;
  };
  Database& database_;
  Statement create_;
  Statement find_;
  Statement owned_by_;
  Statement of_device_;
  Statement expired_;
  Statement row_of_;
  Statement count_arrival_;
  Statement count_departures_;
  Statement remove_queue_;
  Statement remove_cells_;
  Statement remove_envelopes_;
  Statement remove_departed_;
  Statement remove_write_keys_;
  Statement put_write_key_;
  Statement remove_write_key_;
  Statement write_key_;
  Statement count_write_keys_;
  Statement spend_write_key_;
  Statement sweep_write_keys_;
  std::optional<Asked> last_asked_;
};

}  // namespace bisik::storage
