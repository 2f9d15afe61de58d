#include "tests/server/trouble/endings.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <random>
#include <stdexcept>
#include <thread>

#include "server/problem.hpp"
#include "tests/server/trouble/ledger.hpp"
#include "tests/server/trouble/started_relay.hpp"

namespace bisik::server::trouble {
namespace {

constexpr std::size_t kPeople = 8;

void require(bool so, const std::string& otherwise) {
  if (!so) throw std::runtime_error{otherwise};
}

void stop_cleanly(StartedRelay& relay, const RelayProgram& program) {
  const int code = relay.stop();
  require(code == 0, "SIGTERM ended it with " + std::to_string(code) + ": " + relay.errors());
  require(!std::filesystem::exists(program.data / "relay.db-wal"), "SIGTERM left a log behind");
}

Ledger open_ledger(const RelayProgram& program) {
  StartedRelay relay{program};
  Ledger ledger{bench::RelayProcess{program.data}, kPeople};
  stop_cleanly(relay, program);
  return ledger;
}

// What waits is compared, and the relay ended.
void check(Ledger& ledger, const RelayProgram& program) {
  StartedRelay relay{program};
  ledger.check(bench::RelayProcess{program.data});
  stop_cleanly(relay, program);
}

bool report(const Ledger& ledger, const std::string& what) {
  std::printf("%s, %llu cells answered, %llu lost, %llu came back\n", what.c_str(),
              static_cast<unsigned long long>(ledger.answered()),
              static_cast<unsigned long long>(ledger.lost()),
              static_cast<unsigned long long>(ledger.came_back()));
  return ledger.sound() && ledger.answered() > 0;
}

}  // namespace

bool kill_under_load(const std::filesystem::path& relay, int times) {
  const bench::ScratchFolder scratch{std::filesystem::temp_directory_path()};
  const RelayProgram program{relay, scratch.path() / "relay"};
  auto ledger = open_ledger(program);
  std::mt19937 random{1};
  std::uniform_int_distribution<> milliseconds{5, 150};
  int stops = 0;
  for (int time = 1; time <= times; ++time) {
    StartedRelay running{program};
    const bench::RelayProcess process{program.data};
    ledger.check(process);
    ledger.load(process, std::chrono::milliseconds{milliseconds(random)},
                [&] { running.send(SIGKILL); });
    require(running.end() == -SIGKILL, "it ended before it was killed: " + running.errors());
    if (time % 4 != 0) continue;
    StartedRelay another{program};
    const bench::RelayProcess again{program.data};
    ledger.check(again);
    ledger.load(again, std::chrono::milliseconds{milliseconds(random)},
                [&] { another.send(SIGTERM); });
    stop_cleanly(another, program);
    ++stops;
  }
  check(ledger, program);
  return report(ledger, std::to_string(times) + " kills, " + std::to_string(stops) + " stops");
}

bool fail_to_sync(const std::filesystem::path& relay, int times,
                  const std::filesystem::path& library) {
  const bench::ScratchFolder scratch{std::filesystem::temp_directory_path()};
  const RelayProgram sound{relay, scratch.path() / "relay"};
  auto ledger = open_ledger(sound);
  // By a descriptor: LD_PRELOAD takes a space for the end of a name.
  const Descriptor file{::open(library.c_str(), O_RDONLY | O_CLOEXEC)};
  const auto name = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(file.get());
  std::mt19937 random{2};
  std::uniform_int_distribution<> syncs{30, 90};
  for (int time = 0; time < times; ++time) {
    auto failing = sound;
    failing.environment = {"LD_PRELOAD=" + name,
                           "BISIK_GOOD_SYNCS=" + std::to_string(syncs(random))};
    StartedRelay running{failing};
    ledger.load(bench::RelayProcess{failing.data}, std::chrono::minutes{1}, [] {});
    const int code = running.end();
    const auto said = running.errors();
    require(code == 2, "it ended with " + std::to_string(code) + ": " + said);
    require(std::ranges::count(said, '\n') == 1 && said.starts_with("bisik-relay: "),
            "it should have said one line: " + said);
    check(ledger, sound);
  }
  return report(ledger, std::to_string(times) + " failed syncs");
}

bool fill_the_disk(const std::filesystem::path& relay, const std::filesystem::path& folder) {
  constexpr std::uintmax_t left = 2'000'000;
  const RelayProgram program{relay, folder / "relay"};
  const auto filler = folder / "filler";
  auto ledger = open_ledger(program);
  StartedRelay running{program};
  const bench::RelayProcess process{program.data};
  {
    const auto space = std::filesystem::space(folder).available;
    std::ofstream file{filler, std::ios::binary};
    const std::string page(4096, 'x');
    for (std::uintmax_t size = left; size < space; size += page.size()) file << page;
  }
  const auto unexpected = [] { throw std::runtime_error{"the disk was not full in time"}; };
  ledger.load(process, std::chrono::minutes{1}, unexpected);
  require(ledger.refused() == kPeople, "the relay hung up on a full disk: " + running.errors());
  const auto answered = ledger.answered();
  require(answered > 0, "nothing was taken before the disk was full");
  ledger.check(process);  // reads, and acknowledges, on the full disk
  std::filesystem::remove(filler);
  const auto enough = [] { throw Problem{Exit::done, "that was enough"}; };
  bool resumed = false;
  for (int attempt = 0; attempt < 60 && !resumed; ++attempt) {
    std::this_thread::sleep_for(std::chrono::seconds{1});  // less than it asks for
    ledger.load(process, std::chrono::milliseconds{200}, enough);
    resumed = ledger.answered() > answered;
  }
  require(resumed, "it takes nothing more although there is room");
  stop_cleanly(running, program);
  check(ledger, program);
  return report(ledger, "a full disk");
}

}  // namespace bisik::server::trouble
