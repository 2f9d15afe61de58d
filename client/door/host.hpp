// Where programs come in that speak JSON-RPC: over standard input and output, or through sockets.
// One thread waits for all of them; each has its own conversation and its own way to the owners.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "client/api/session.hpp"
#include "client/door/program.hpp"
#include "client/door/tenants.hpp"

namespace bisik::client {

class Host {
 public:
  // How a program that has come in is spoken with; null: not at all.
  using Welcome = std::function<std::unique_ptr<Program>(Descriptor stream)>;

  explicit Host(Tenants& tenants) : tenants_{tenants} {}

  // A program that is there already.
  void add(std::unique_ptr<Program> program);
  // One that works for this tenant alone, while this process owns its profile. Made anew when a
  // tenant that had ended is served again.
  using Make = std::function<std::unique_ptr<Program>()>;
  void add(Make make, std::size_t tenant);
  // Those that will come; `listener` is non-blocking.
  void listen(Descriptor listener, Welcome welcome);
  // This process owns the profiles, or will: the end of the last owner ends run(). With `fetches`
  // they have the relay's messages brought to the inbox all the time.
  void watch_owners(bool fetches);

  // Until there is nothing left to wait for. Throws Interrupted, and what ended a tenant that is
  // alone.
  void run();
  // After an interruption: what was begun is answered, for kLastAnswers at most.
  void finish();

 private:
  using Clock = Program::Clock;
  struct Door {
    Descriptor listener;
    Welcome welcome;
  };

  struct Guest {
    std::unique_ptr<Program> program;
    std::optional<std::size_t> works_for;  // a tenant alone
  };
  struct Worker {
    std::size_t tenant;
    Make make;
  };
  struct Watch {
    explicit Watch(Gate& gate) : owner{gate} {}
    Session owner;
    std::optional<Clock::time_point> ask_at = {};
  };

  [[nodiscard]] static bool is_stranger(const Guest& guest) { return guest.program->is_stranger(); }
  [[nodiscard]] bool may_work(const Guest& guest) const;
  void go_on(const Guest& guest);
  [[nodiscard]] bool is_over(const Guest& guest) const;
  void wait(Clock::time_point until);
  void go_on();
  void come_back(std::size_t tenant);
  void accept_from(const Door& door);
  [[nodiscard]] bool is_full() const;
  [[nodiscard]] bool has_room() const;
  void make_room();
  void ask_owner(Watch& watch);
  void look_after_owner(Watch& watch);

  Tenants& tenants_;
  std::vector<std::unique_ptr<Watch>> watches_;  // by tenant; empty: nobody is watched
  bool fetches_ = false;
  std::vector<Guest> guests_;
  std::vector<Worker> workers_;
  std::size_t from_the_beginning_ = 0;  // guests that did not come through a door
  std::vector<Door> doors_;
};

}  // namespace bisik::client
