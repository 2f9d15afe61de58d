// Where programs come in that speak JSON-RPC: over standard input and output, or through sockets.
// One thread waits for all of them; each has its own conversation and its own way to the owner.
#pragma once

#include <functional>
#include <memory>

#include "client/api/session.hpp"
#include "client/door/program.hpp"

namespace bisik::client {

class Host {
 public:
  // How a program that has come in is spoken with; null: not at all.
  using Welcome = std::function<std::unique_ptr<Program>(Descriptor stream)>;

  explicit Host(Gate& gate) : gate_{gate} {}

  // A program that is there already.
  void add(std::unique_ptr<Program> program) { programs_.push_back(std::move(program)); }
  // Those that will come; `listener` is non-blocking.
  void listen(Descriptor listener, Welcome welcome);
  // The owner is in this process: its end ends run(). With `fetches` it has the relay's messages
  // brought to the inbox all the time.
  void watch_owner(bool fetches);

  // Until there is nothing left to wait for. Throws Interrupted, and what ended the owner.
  void run();
  // After an interruption: what was begun is answered, for kLastAnswers at most.
  void finish();

 private:
  using Clock = Program::Clock;
  struct Door {
    Descriptor listener;
    Welcome welcome;
  };

  void wait(Clock::time_point until);
  void go_on();
  void accept_from(const Door& door);
  void ask_owner();
  void look_after_owner();

  Gate& gate_;
  std::optional<Session> owner_;
  bool fetches_ = false;
  std::optional<Clock::time_point> ask_owner_at_;
  std::vector<std::unique_ptr<Program>> programs_;
  std::vector<Door> doors_;
};

}  // namespace bisik::client
