// How what a store does grows with what is in it: with queues at first, then with waiting cells.
//
//     bisik_store_bench FOLDER [MOST_QUEUES [MOST_CELLS]]
//
// Makes a database in the folder, and removes it. From a thousand to the most queues and from ten
// thousand to the most cells, ten times as many in each line; for each size the processor's time of
// one operation and the bytes that it gives to the disk, over as many operations as are worth it.
// Ten million cells take 45 GB, and about 200 GB of writing.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "server/bench/mixed.hpp"
#include "storage/sqlite_relay_store.hpp"
#include "tests/bench/processor_time.hpp"

namespace bisik::storage {
namespace {

using server::bench::mixed;

constexpr std::uint64_t kBatch = 256;
constexpr std::uint64_t kMeasured = 51'200;  // operations for one figure
constexpr Day kToday = 20'000;

template <class Name>
Name name(std::uint64_t number) {
  Name name{};
  const std::uint64_t words[] = {mixed(number), number};
  std::memcpy(name.data(), words, sizeof words);
  return name;
}

// From /proc, what this process has given to the disk.
std::uint64_t written_bytes() {
  std::ifstream file{"/proc/self/io"};
  for (std::string word; file >> word;) {
    std::uint64_t value = 0;
    file >> value;
    if (word == "write_bytes:") return value;
  }
  return 0;
}

struct Cost {
  double us;
  double written_kib;
};

// The cost of one of `count` operations, in batches.
template <class Operation>
Cost run(RelayStore& store, std::uint64_t count, Operation&& operation) {
  const auto started = processor_time();
  const std::uint64_t written = written_bytes();
  for (std::uint64_t done = 0; done < count;) {
    Batch batch{store};
    const std::uint64_t end = std::min(count, done + kBatch);
    for (; done < end; ++done) operation();
    batch.commit();
  }
  const auto each = static_cast<double>(count);
  return {(processor_time() - started).count() / each,
          static_cast<double>(written_bytes() - written) / 1024 / each};
}

class Bench {
 public:
  explicit Bench(const std::filesystem::path& path) : path_{path}, store_{{.path = path}} {}

  void grow_to_queues(std::uint64_t count) {
    const auto measured = std::min(kMeasured, count - queues_);
    create(count - queues_ - measured);
    const Cost created = create(measured);
    std::uint64_t next = 0;
    const Cost found = run(store_, kMeasured, [&] {
      static_cast<void>(store_.queues().find(name<Id>(mixed(next++) % queues_)));
    });
    std::printf("queues %9llu  create %6.1f us %6.1f KiB   find %6.1f us   %s\n",
                static_cast<unsigned long long>(count), created.us, created.written_kib, found.us,
                size().c_str());
  }

  void grow_to_cells(std::uint64_t count) {
    const auto measured = std::min(kMeasured, count - pushed_ + taken_);
    push(count - (pushed_ - taken_) - measured);
    const Cost stored = push(measured);
    const Cost read = drain(measured / 2);
    std::printf("cells %10llu  push %8.1f us %6.1f KiB   drain %5.1f us %4.1f KiB   %s\n",
                static_cast<unsigned long long>(count), stored.us, stored.written_kib, read.us,
                read.written_kib, size().c_str());
  }

 private:
  Cost create(std::uint64_t count) {
    return run(store_, count, [&] {
      const auto id = name<Id>(queues_++);
      store_.queues().create(id, {.owner = std::nullopt, .read_key_hash = id, .kind = 1});
    });
  }

  // To one queue after the other, as a crowd of senders does.
  Cost push(std::uint64_t count) {
    return run(store_, count, [&] {
      const auto number = pushed_++;
      std::memcpy(cell_.data(), &number, sizeof number);
      store_.cells().push(name<Id>(number % queues_),
                          {name<EnvelopeId>(number), name<Id>(number), cell_, kToday, kToday + 30});
    });
  }

  // Each queue's oldest, in the order in which they came.
  Cost drain(std::uint64_t count) {
    return run(store_, count, [&] {
      const auto queue = name<Id>(taken_++ % queues_);
      const auto waiting = store_.cells().read(queue, 0, {.max_cells = 1, .max_bytes = 1});
      const CellName oldest{waiting.at(0).sequence, waiting.at(0).envelope_id};
      store_.cells().acknowledge(queue, {&oldest, 1}, kToday);
    });
  }

  [[nodiscard]] std::string size() const {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return std::to_string(std::filesystem::file_size(path_) >> 20U) + " MiB on the disk, " +
           std::to_string(usage.ru_maxrss >> 10U) + " MiB in memory";
  }

  std::filesystem::path path_;
  SqliteRelayStore store_;
  Bytes cell_ = Bytes(4096, 7);
  std::uint64_t queues_ = 0;
  std::uint64_t pushed_ = 0;
  std::uint64_t taken_ = 0;
};

int measure(const std::filesystem::path& parent, std::uint64_t queues, std::uint64_t cells) {
  const auto folder = parent / "bisik-store-bench";
  if (!std::filesystem::create_directory(folder)) {
    std::fprintf(stderr, "bisik_store_bench: %s is there already\n", folder.c_str());
    return 2;
  }
  {
    Bench bench{folder / "relay.db"};
    for (std::uint64_t count = 1000; count <= queues; count *= 10) bench.grow_to_queues(count);
    for (std::uint64_t count = 10'000; count <= cells; count *= 10) bench.grow_to_cells(count);
  }
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace bisik::storage

int main(int count, char** words) {
  if (count < 2) {
    std::fputs("usage: bisik_store_bench FOLDER [MOST_QUEUES [MOST_CELLS]]\n", stderr);
    return 2;
  }
  const auto most = [&](int word) {
    return count > word ? std::stoull(words[word]) : std::uint64_t{1'000'000};
  };
  return bisik::storage::measure(words[1], most(2), most(3));
}
