#include "tests/server/trouble/attack.hpp"

#include <sys/resource.h>

#include <cstdio>
#include <functional>
#include <stdexcept>

#include "server/operator_door.hpp"
#include "tests/server/trouble/crowd.hpp"
#include "tests/server/trouble/regulars.hpp"
#include "tests/server/trouble/started_relay.hpp"

namespace bisik::server::trouble {
namespace {

constexpr std::size_t kMiB = 1024 * 1024;
// Unfinished handshakes, prefixes that are remembered, and what the allocator keeps.
constexpr std::size_t kStrangersMayTake = 32 * kMiB;
constexpr std::size_t kUnsentBytesOfAll = 4 * kMiB;
constexpr std::size_t kWindowBytes = 8 * kMiB;
// That, what comes in the second before it is looked at again, and the pages that SQLite keeps.
constexpr std::size_t kReadersMayTake = 2 * (kUnsentBytesOfAll + kWindowBytes) + 48 * kMiB;
constexpr std::uint64_t kSlowNamesApart = 1ULL << 40U;

double ms(double microseconds) { return microseconds / 1000; }

void raise_file_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// The relay, its people, and what was seen of them so far.
class Siege {
 public:
  Siege(const RelayProgram& program, const Attack& size)
      : size_{size},
        data_{program.data},
        running_{program},
        relay_{program.data},
        regulars_{relay_} {}

  void watch(const char* attack, std::size_t may_take, const std::function<std::string()>& seen) {
    auto waited = regulars_.use(size_.time);
    const auto memory = relay_.resident_bytes();
    if (before_ == 0) before_ = memory;
    const auto grown = memory > before_ ? memory - before_ : 0;
    std::printf(
        "%-12s login p50 %.2f p99 %.2f ms, stored p99 %.2f ms, read p99 %.2f ms, %llu refused, "
        "%.1f MiB more; %s\n",
        attack, ms(waited.login.percentile_us(50)), ms(waited.login.percentile_us(99)),
        ms(waited.stored.percentile_us(99)), ms(waited.read.percentile_us(99)),
        static_cast<unsigned long long>(waited.refused),
        static_cast<double>(grown) / static_cast<double>(kMiB), seen().c_str());
    sound_ = sound_ && waited.refused == 0 && grown <= may_take;
  }

  void crowd(const char* attack, Manner manner) {
    const Crowd crowd{relay_.endpoint(), manner, {size_.connections, size_.per_second}};
    watch(attack, kStrangersMayTake, [&] {
      return std::to_string(crowd.connected()) + " came, " + std::to_string(crowd.present()) +
             " are there";
    });
  }

  // Until so many have come and gone, and people are there all the time.
  void churn() {
    constexpr double as_fast_as_it_goes = 1e6;
    const Crowd crowd{relay_.endpoint(), Manner::come_and_go, {64, as_fast_as_it_goes}};
    const auto seen = [&] { return std::to_string(crowd.connected()) + " came and went"; };
    do {
      watch("churn", kStrangersMayTake, seen);
    } while (crowd.connected() < size_.churns && sound_);
  }

  void slow_readers();

  // As `bisik-relay stats` shows it.
  [[nodiscard]] std::uint64_t count_of(std::string_view name) const {
    bench::pb::Request request;
    request.set_number(1);
    request.mutable_get_stats();
    const auto response = ask(DataDirectory::open_existing(data_), request);
    if (!response) throw std::runtime_error{"the operator is not answered"};
    for (const auto& count : response->stats().counts()) {
      if (count.name() == name) return count.value();
    }
    throw std::runtime_error{"there is no such count"};
  }

  [[nodiscard]] bool end() { return running_.stop() == 0 && sound_; }

 private:
  Attack size_;
  std::filesystem::path data_;
  StartedRelay running_;
  bench::RelayProcess relay_;
  Regulars regulars_;
  std::size_t before_ = 0;
  bool sound_ = true;
};

// Each is a device that subscribes to what fills its window, and then takes nothing.
void Siege::slow_readers() {
  constexpr std::uint64_t cells = kWindowBytes / proto::kSmallCellBytes;
  const auto invite = relay_.invite(static_cast<std::uint32_t>(size_.slow_readers));
  boost::asio::io_context io{1};
  std::vector<std::unique_ptr<bench::Client>> readers;
  for (std::size_t i = 0; i < size_.slow_readers; ++i) {
    bench::Resident resident{invite, bench::Resident::OneTimeKeys::none};
    bench::run(io, bench::register_at(io, relay_, resident));
    bench::Sender sender{io, relay_, resident, (i + 1) * kSlowNamesApart};
    bench::run(io, sender.client().connect());
    sender.on_pause = [&] { sender.fill(64, cells); };
    sender.start();
    sender.fill(64, cells);
    bench::run(io, std::chrono::minutes{1}, [&] { return sender.answered() == cells; });
    auto& reader = *readers.emplace_back(std::make_unique<bench::Client>(io, relay_, 4'096));
    bench::run(io, reader.connect(resident.network_key()));
    auto subscription = resident.subscription();
    reader.send(subscription);
    reader.flush();
    sender.client().close();
  }
  watch("slow readers", kReadersMayTake, [&] {
    const auto ended = count_of("slow_readers");
    sound_ = sound_ && ended > 0;
    return std::to_string(readers.size()) + " of them, " + std::to_string(ended) + " were ended";
  });
}

}  // namespace

bool attack(const std::filesystem::path& relay, const Attack& size) {
  raise_file_limit();
  const bench::ScratchFolder scratch{std::filesystem::temp_directory_path()};
  // A window that is more than the kernel takes off the relay's hands.
  const std::string limit = "BISIK_RELAY_LIMITS_";
  const RelayProgram program{
      relay,
      scratch.path() / "relay",
      {limit + "UNSENT_BYTES_OF_ALL=" + std::to_string(kUnsentBytesOfAll),
       limit + "UNSENT_BYTES=" + std::to_string(4 * kWindowBytes),
       limit + "PUSH_WINDOW_BYTES=" + std::to_string(kWindowBytes),
       limit + "PUSH_WINDOW_CELLS=" + std::to_string(kWindowBytes / proto::kSmallCellBytes)}};
  Siege siege{program, size};
  siege.watch("nobody", kStrangersMayTake, [] { return "the quiet"; });
  siege.crowd("half-open", Manner::silent);
  siege.crowd("dripping", Manner::dripping);
  siege.crowd("lying", Manner::lying);
  siege.churn();
  siege.slow_readers();
  siege.watch("nobody", kReadersMayTake, [] { return "the end"; });
  return siege.end();
}

}  // namespace bisik::server::trouble
