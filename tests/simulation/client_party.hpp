// A client of the simulation: the real Engine, Vault and ClientStore on a disk that loses power.
// It runs while it is switched on; when it dies, what it had not committed is gone.
#pragma once

#include "client/engine/engine.hpp"
#include "client/vault.hpp"
#include "tests/simulation/defect.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/randomness.hpp"
#include "tests/storage/power_cut_vfs.hpp"

namespace bisik::simulation {

// Who uses a client. A command is answered, or the client dies first.
class Person {
 public:
  virtual ~Person() = default;
  virtual void answered(client::CommandId command, const proto::pb::ApiReply& reply) = 0;
  virtual void client_died() = 0;
};

class ClientParty;

// Sees what a client makes of each frame that it takes, and everything that it keeps.
class StepWatch {
 public:
  using Rows = std::vector<client::RowWrite>;
  virtual ~StepWatch() = default;
  // `rows` are about to be committed, if there are any.
  virtual void took(const ClientParty& client, client::LineId line, crypto::ByteView frame,
                    const Rows& rows) = 0;
  virtual void wrote(const ClientParty& client, const Rows& rows) = 0;
  // What took() has told of is done.
  virtual void committed(ClientParty& client) = 0;
};

// What opens every client's profile. Which it is does not matter, only that it stays the same.
[[nodiscard]] client::VaultSecret key_file();

class ClientParty final : public ClientEnd {
 public:
  ClientParty(World& world, Network& network, std::uint64_t number, Defect defect);

  void attach(Person& person) { person_ = &person; }
  void attach(StepWatch& watch) { watch_ = &watch; }
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

  void start();
  void die(bool power_cut);
  void die_soon();
  void live_on() { vfs_.disk().live_on(); }
  // Its whole folder as it is now; and somebody puts such a copy back while it is not running.
  [[nodiscard]] storage::DiskImage snapshot() const { return vfs_.disk().image_now(); }
  void restore(const storage::DiskImage& image) { vfs_.disk().restore(image); }
  // Somebody who has the profile's key writes into it, and starts it anew.
  void tamper(const std::vector<client::RowWrite>& rows);
  // Its random bytes (PartyRandom).
  [[nodiscard]] std::uint64_t drawn() const noexcept { return random_.drawn(); }
  void draw_again_from(std::uint64_t drawn) noexcept { random_.draw_again_from(drawn); }
  // Somebody sets the clock on its wall.
  void set_clock(Duration error) { clock_error_ = error; }
  [[nodiscard]] bool is_running() const { return engine_ != nullptr; }
  // What is committed. The client must be running.
  [[nodiscard]] const client::RowSource& rows() const { return *vault_; }
  // Texts that the person has given it since it started. Each has taken a number in its chat, also
  // one that is on no disk yet.
  [[nodiscard]] std::uint64_t texts_given() const noexcept { return texts_given_; }
  [[nodiscard]] bool idle() const { return is_running() && engine_->idle(now().steady); }

  [[nodiscard]] client::CommandId next_command() const noexcept { return last_command_ + 1; }
  void command(const proto::pb::ApiRequest& request);
  // Nobody waits for it any more.
  void cancel(client::CommandId command);

  void line_up(client::LineId line, const client::LineFacts& facts) override;
  void line_down(client::LineId line, client::LineEnd why) override;
  void frame(client::LineId line, crypto::ByteView frame) override;

 private:
  [[nodiscard]] client::Now now() const;
  [[nodiscard]] std::chrono::sys_seconds wall_seconds() const;
  // One event: whatever it asks for is committed and then done, or the client dies.
  void handle(const std::function<client::Effects()>& event, bool received = false);
  void plant(std::vector<client::RowWrite>& rows) const;
  void commit(const std::vector<client::RowWrite>& rows, bool received);
  void act(client::Effects effects);
  void plan_tick();

  World& world_;
  Network& network_;
  std::uint64_t number_;
  Defect defect_;
  PartyRandom random_;
  Person* person_ = nullptr;
  StepWatch* watch_ = nullptr;
  storage::PowerCutVfs vfs_;
  std::unique_ptr<client::Vault> vault_;
  std::unique_ptr<client::Engine> engine_;
  Duration clock_error_{};
  std::uint64_t life_ = 0;
  client::CommandId last_command_ = 0;
  std::uint64_t texts_given_ = 0;
  std::optional<Time> tick_planned_;
};

}  // namespace bisik::simulation
