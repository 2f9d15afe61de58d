#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <memory>

#include "crypto/random.hpp"
#include "server/bench/steps.hpp"
#include "server/problem.hpp"
#include "server/replace_file.hpp"
#include "storage/sqlite.hpp"

namespace bisik::server::bench {
namespace {

using boost::asio::ip::tcp;

constexpr std::size_t kCellBytes = proto::kSmallCellBytes;
// A file that is written over and over, as SQLite writes its log.
constexpr std::size_t kFileBytes = 32 * 1024 * 1024;

// With all windows full, half of the cells are in the batch that is written and the other half
// gather for the next.
std::size_t batch_cells(const Options& options) {
  return std::max<std::size_t>(1, std::size_t{options.pairs} * options.window / 2);
}

struct Pace {
  double rounds_per_second;
  double round_us;
};

// As often as the step's time allows.
template <class Round>
Pace repeat(const Options& options, const Round& round) {
  const auto start = Clock::now();
  const auto end = start + time_of(options);
  std::size_t rounds = 0;
  do {
    round(rounds++);
  } while (Clock::now() < end);
  const std::chrono::duration<double> taken = Clock::now() - start;
  return {static_cast<double>(rounds) / taken.count(),
          taken.count() * 1e6 / static_cast<double>(rounds)};
}

void write_and_sync(int file, crypto::ByteView bytes) {
  if (write_all(file, bytes.data(), bytes.size()) && ::fdatasync(file) == 0) return;
  throw Problem{Exit::unexpected, "The folder for the measurement cannot be written to."};
}

// One write and one sync for a batch: the most that any log on this disk can take.
Pace pace_of_sync(const Options& options, int file, std::size_t cells) {
  const crypto::Bytes batch(cells * kCellBytes, 0xb5);
  return repeat(options, [&](std::size_t round) {
    if (round % std::max<std::size_t>(1, kFileBytes / batch.size()) == 0)
      ::lseek(file, 0, SEEK_SET);
    write_and_sync(file, batch);
  });
}

}  // namespace

Figures measure_sync(Scene& scene) {
  const auto path = scene.scratch.path() / "sync";
  const Descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  write_and_sync(file.get(), crypto::Bytes(kFileBytes));
  const auto cells = batch_cells(scene.options);
  const auto one = pace_of_sync(scene.options, file.get(), 1);
  const auto many = pace_of_sync(scene.options, file.get(), cells);
  std::filesystem::remove(path);
  return {{"one_cell_us", one.round_us},
          {"batch_cells", static_cast<double>(cells)},
          {"batch_us", many.round_us},
          {"cells_per_second", many.rounds_per_second * static_cast<double>(cells)}};
}

// The least that a table of cells can be, with the settings of the relay's database.
Figures measure_sqlite(Scene& scene) {
  const auto path = scene.scratch.path() / "plain.db";
  const auto cells = batch_cells(scene.options);
  Pace pace{};
  {
    storage::Database database{{.path = path.string(),
                                .application_id = 1,
                                .page_bytes = storage::kRelayPageBytes,
                                .cache_bytes = storage::kRelayCacheBytes,
                                .checkpoint_bytes = storage::kRelayCheckpointBytes}};
    database.execute("CREATE TABLE cells (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");
    storage::Statement insert{database, "INSERT INTO cells (bytes) VALUES (?)"};
    const auto cell = crypto::random_array<kCellBytes>();
    pace = repeat(scene.options, [&](std::size_t) {
      storage::Transaction transaction{database};
      for (std::size_t i = 0; i < cells; ++i) insert.run(storage::Blob{cell});
      transaction.commit();
    });
  }
  std::filesystem::remove(path);
  return {{"batch_cells", static_cast<double>(cells)},
          {"batch_us", pace.round_us},
          {"cells_per_second", pace.rounds_per_second * static_cast<double>(cells)}};
}

namespace {

boost::asio::awaitable<void> echo_all(tcp::socket socket) {
  socket.set_option(tcp::no_delay{true});
  std::array<std::uint8_t, proto::kLengthBytes + kCellBytes> record{};
  for (;;) {
    const auto whole = boost::asio::buffer(record);
    auto [short_record, n] = co_await boost::asio::async_read(socket, whole, proto::kUseTuple);
    if (short_record) co_return;
    auto [unsent, m] = co_await boost::asio::async_write(socket, whole, proto::kUseTuple);
    if (unsent) co_return;
  }
}

boost::asio::awaitable<void> accept_all(tcp::acceptor& acceptor) {
  for (;;) {
    auto [ec, socket] = co_await acceptor.async_accept(proto::kUseTuple);
    if (ec) co_return;
    boost::asio::co_spawn(acceptor.get_executor(), echo_all(std::move(socket)),
                          boost::asio::detached);
  }
}

// A process that sends every record back: TCP and a frame, and nothing of ours.
class Echo {
 public:
  Echo() {
    boost::asio::io_context io{1};
    tcp::acceptor acceptor{io, {boost::asio::ip::address_v4::loopback(), 0}};
    endpoint_ = acceptor.local_endpoint();
    const auto parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) throw Problem{Exit::unexpected, "No process can be started for the echo."};
    if (pid_ > 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    io.notify_fork(boost::asio::execution_context::fork_child);
    boost::asio::co_spawn(io, accept_all(acceptor), boost::asio::detached);
    io.run();
    ::_exit(0);
  }
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;
  ~Echo() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  [[nodiscard]] const tcp::endpoint& endpoint() const noexcept { return endpoint_; }

 private:
  tcp::endpoint endpoint_;
  pid_t pid_ = -1;
};

struct EchoRun {
  const Options& options;
  Clock::time_point end;
  std::uint64_t echoed = 0;
  std::uint32_t ended = 0;
};

// One connection that keeps its window full.
boost::asio::awaitable<void> call_echo(boost::asio::io_context& io, const tcp::endpoint& endpoint,
                                       EchoRun& all) {
  tcp::socket socket{io};
  co_await socket.async_connect(endpoint, boost::asio::use_awaitable);
  socket.set_option(tcp::no_delay{true});
  crypto::Bytes window((proto::kLengthBytes + kCellBytes) * all.options.window);
  while (Clock::now() < all.end) {
    co_await boost::asio::async_write(socket, boost::asio::buffer(window),
                                      boost::asio::use_awaitable);
    co_await boost::asio::async_read(socket, boost::asio::buffer(window),
                                     boost::asio::use_awaitable);
    all.echoed += all.options.window;
  }
  ++all.ended;
}

}  // namespace

Figures measure_echo(Scene& scene) {
  const Echo echo;
  boost::asio::io_context io{1};
  const auto start = Clock::now();
  const auto time = time_of(scene.options);
  EchoRun all{scene.options, start + time};
  for (std::uint32_t i = 0; i < scene.options.pairs; ++i) {
    boost::asio::co_spawn(io, call_echo(io, echo.endpoint(), all), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
  }
  constexpr std::chrono::seconds patience{30};
  run(io, time + patience, [&] { return all.ended == scene.options.pairs; });
  const std::chrono::duration<double> taken = Clock::now() - start;
  return {{"cells_per_second", static_cast<double>(all.echoed) / taken.count()}};
}

}  // namespace bisik::server::bench
