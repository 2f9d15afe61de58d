// The relay of the simulation: the real Relay, Clerk, run_batch and SqliteRelayStore, on a disk
// that loses power, without threads and sockets.
#pragma once

#include <optional>
#include <set>

#include "server/batch.hpp"
#include "server/relay.hpp"
#include "storage/sqlite_relay_store.hpp"
#include "tests/simulation/defect.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/randomness.hpp"
#include "tests/storage/power_cut_vfs.hpp"

namespace bisik::simulation {

// What it had to refuse, over all its lives.
struct Endured {
  std::size_t batches_undone = 0;
  std::size_t refused_busy = 0;
  std::size_t refused_quota = 0;
  std::size_t slow_readers = 0;

  Endured& operator+=(const Endured& other);
};

class RelayParty final : public RelayEnd, private server::BatchEvents {
 public:
  RelayParty(World& world, Defect defect, const server::Limits& limits);

  void attach(RelayOutlet& outlet) { outlet_ = &outlet; }
  [[nodiscard]] const proto::RelayAddress& address() const noexcept { return address_; }
  [[nodiscard]] crypto::Capability make_invite(std::uint32_t uses);
  // Many strangers ask for the keys of this account.
  void take_one_time_keys(const std::string& account, std::uint32_t times);

  // The place of the first cell in this device's mailbox that it has not acknowledged, or of the
  // next one to come, also while the relay is not running; nothing where it knows no such mailbox.
  [[nodiscard]] std::optional<std::int64_t> first_unread(const std::string& account,
                                                         std::uint32_t device);

  // What it hands out of this device.
  [[nodiscard]] storage::Bytes bundle(const std::string& account, std::uint32_t device);

  void start();
  enum class Death { killed, power_cut };
  void die(Death death);
  // At one of the next changes of the disk, wherever that is.
  void die_soon();
  void live_on() { vfs_.disk().live_on(); }
  // Others fill its disk up to a few pages, and make room again; whoever starts it makes room
  // first.
  void fill_disk();
  void make_room() { vfs_.disk().set_capacity(std::nullopt); }
  // It has so much to do that next to nothing more may wait: whoever asks is told to come back.
  void overload(bool begins);
  // Whoever is away for a moment finds a full mailbox, and strangers get last-resort keys.
  void tighten_quotas(bool begins);
  [[nodiscard]] Endured endured() const;
  // Somebody sets the clock on its wall.
  void set_clock(Duration error) { clock_error_ = error; }

  [[nodiscard]] bool is_running() const override { return relay_ != nullptr; }
  server::ConnectionId connected(const server::Peer& peer) override;
  void frame(server::ConnectionId connection, crypto::ByteView frame) override;
  void disconnected(server::ConnectionId connection) override;

 private:
  void executed(std::vector<server::Outcome> outcomes) override;
  void committed() override;
  void undone() override;

  void carry_out(server::Effects effects);
  void cut_slow_readers(const std::set<server::ConnectionId>& written_to);
  void end_life();
  void plan_batch();
  void run_planned_batch();
  [[nodiscard]] std::unique_ptr<storage::SqliteRelayStore> open_store() const;
  void plan_tick();
  [[nodiscard]] server::Time time() const;

  World& world_;
  Defect defect_;
  PartyRandom random_;
  RelayOutlet* outlet_ = nullptr;
  proto::RelayAddress address_;
  crypto::DhKeyPair key_;
  server::Limits usual_;
  server::Limits limits_;  // what they are at the moment
  storage::PowerCutVfs vfs_;
  std::unique_ptr<storage::SqliteRelayStore> store_;
  std::unique_ptr<server::Clerk> clerk_;
  std::unique_ptr<server::Relay> relay_;
  Duration clock_error_{};
  std::uint64_t life_ = 0;  // events of an earlier one are void
  server::ConnectionId last_connection_ = 0;
  std::vector<server::Operation> operations_;
  bool batch_planned_ = false;
  Endured earlier_;        // in earlier lives
  bool executed_ = false;  // the batch of now
  bool lied_ = false;      // about it (Defect::acknowledge_on_full_disk)
};

}  // namespace bisik::simulation
