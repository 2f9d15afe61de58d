// Who is let in while others are there.
#include "client/door/host.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "client/door/limits.hpp"
#include "tests/client/temporary_folder.hpp"

namespace bisik::client {
namespace {

// Each has had its turns.
struct TimeIsUp {};
constexpr int kTurns = 200;  // of the host: more than anybody needs to be let in

// Does nothing, and wants to be called again at once.
class Sitter final : public Program {
 public:
  Sitter(int& there, bool is_stranger) : there_{there}, is_stranger_{is_stranger} { ++there_; }
  ~Sitter() override { --there_; }
  void add_waits(std::vector<pollfd>& /*waits*/) const override {}
  [[nodiscard]] std::optional<Clock::time_point> wakes_at() const override { return Clock::now(); }
  void go_on() override {
    if (++turns_ > kTurns) throw TimeIsUp{};
  }
  void stop() override {}
  [[nodiscard]] bool is_stranger() const override { return is_stranger_; }
  [[nodiscard]] bool over() const override { return false; }

 private:
  int& there_;
  bool is_stranger_;
  int turns_ = 0;
};

class HostTest : public testing::Test {
 protected:
  // A door for strangers, or for those who are known; `there` counts them.
  void open(const std::string& name, int& there, bool are_strangers) {
    Descriptor listener{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    const auto address = address_of(name);
    ASSERT_EQ(bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(listen(listener.get(), 64), 0);
    host.listen(std::move(listener), [&there, are_strangers](const Descriptor&) {
      return std::make_unique<Sitter>(there, are_strangers);
    });
  }
  void connect(const std::string& name, int times) {
    const auto address = address_of(name);
    for (int i = 0; i < times; ++i) {
      auto& stream =
          streams.emplace_back(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      ASSERT_EQ(
          ::connect(stream.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    }
  }
  void take_turns() { EXPECT_THROW(host.run(), TimeIsUp); }
  [[nodiscard]] sockaddr_un address_of(const std::string& name) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = (folder.path() / name).string();
    path.copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    return address;
  }

  static constexpr int kMost = kMaxPrograms;
  int strangers = 0;
  int known = 0;
  TemporaryFolder folder;
  Gate gate{Profile::in(folder.path()), {}};
  Tenants tenants{gate, ""};
  Host host{tenants};
  std::vector<Descriptor> streams;
};

// Over TCP anybody may connect who reaches the address.
TEST_F(HostTest, WhoHasNotShownTheTokenKeepsNobodyOut) {
  open("tcp", strangers, true);
  open("socket", known, false);
  connect("tcp", kMost);
  take_turns();
  EXPECT_EQ(strangers, kMost);
  connect("socket", 1);
  take_turns();
  EXPECT_EQ(known, 1);
  EXPECT_EQ(strangers, kMost - 1);
}

TEST_F(HostTest, AStrangerTakesThePlaceOfAnotherAlone) {
  open("socket", known, false);
  open("tcp", strangers, true);
  connect("socket", 1);
  connect("tcp", kMost + 10);
  take_turns();
  EXPECT_EQ(known, 1);
  EXPECT_EQ(strangers, kMost - 1);
}

TEST_F(HostTest, WhereNobodyIsAStrangerWhoComesWaits) {
  open("socket", known, false);
  connect("socket", kMost + 1);
  take_turns();
  EXPECT_EQ(known, kMost);
}

}  // namespace
}  // namespace bisik::client
