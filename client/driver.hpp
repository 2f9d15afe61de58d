// Drives an engine: hands it one event after the other, makes its rows durable, and only then lets
// the world see what it wants done. Events that are there together share one commit.
//
// When a commit fails the engine's memory is ahead of the disk. It is thrown away, every running
// command is told in one sentence, all lines are hung up, and the next event meets a new engine
// that was loaded from what is on the disk. One thread; knows neither Asio nor sockets.
//
// When the vault's day is over it begins another one, after what was on its way to the world is
// there: a command waits for an answer then anyway.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <variant>

#include "client/engine/engine.hpp"
#include "client/send_times.hpp"
#include "client/vault.hpp"

namespace bisik::client {

// Who carries out what the engine asks for.
class World {
 public:
  virtual ~World() = default;
  virtual void dial(const Dial& dial) = 0;
  virtual void hang_up(LineId line) = 0;
  virtual void hang_up_all() = 0;
  virtual void transmit(LineId line, crypto::ByteView frame) = 0;
  virtual void answer(CommandId command, proto::pb::ApiReply reply) = 0;
};

namespace event {
struct Command {
  CommandId command;
  proto::pb::ApiRequest request;
};
struct Cancel {
  CommandId command;
};
struct LineUp {
  LineId line;
  LineFacts facts;
};
struct LineDown {
  LineId line;
  LineEnd why;
};
struct Frame {
  LineId line;
  crypto::Bytes bytes;
};
struct Tick {};
}  // namespace event

using Event = std::variant<event::Command, event::Cancel, event::LineUp, event::LineDown,
                           event::Frame, event::Tick>;

class Driver {
 public:
  // Loads the engine; throws what Engine and Vault throw.
  Driver(std::unique_ptr<Vault> vault, World& world);

  void start();
  void add(Event event) { events_.push_back(std::move(event)); }
  // Handles what was added, up to kMaxEventsPerCommit; true if there is more. Throws Problem or
  // StorageError where going on makes no sense: the database is damaged, or cannot be written and
  // not because the disk is full.
  [[nodiscard]] bool run();

  [[nodiscard]] bool has_events() const noexcept { return !events_.empty(); }
  // In how long a Tick is wanted, by the engine or for another day of the vault.
  [[nodiscard]] std::chrono::milliseconds next_tick() const;
  [[nodiscard]] bool idle() const;
  [[nodiscard]] const crypto::DhKeyPair* network_key() const;
  [[nodiscard]] Vault& vault() noexcept { return *vault_; }

 private:
  using Actions = std::vector<decltype(Effects::actions)::value_type>;

  [[nodiscard]] Effects apply(Event& event, Now now);
  void take(Effects effects);
  void finish();
  void change_day_if_over();
  void carry_out(Actions actions);
  void fail(const std::string& sentence);

  std::unique_ptr<Vault> vault_;
  World& world_;
  std::unique_ptr<Engine> engine_;  // none: after a failure, until the next event
  std::deque<Event> events_;
  Actions actions_;  // of effects whose rows are staged
  std::set<CommandId> running_;
  SendTimes send_times_;
  Time day_not_before_{};  // the last try found the disk full
};

}  // namespace bisik::client
