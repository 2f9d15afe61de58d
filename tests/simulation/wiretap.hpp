// The relay of the simulation with a wiretap: whoever holds it has every cell in the order in which
// they were sent, and may lose some, give one-time keys to nobody, and knows how often such keys
// came.
#pragma once

#include "tests/simulation/relay_party.hpp"

namespace bisik::simulation {

class Wiretap final : public RelayEnd, public RelayOutlet {
 public:
  explicit Wiretap(RelayParty& relay) : relay_{relay} { relay_.attach(*this); }

  void attach(Network& network) { network_ = &network; }
  void lose_cells(bool lose) { loses_cells_ = lose; }  // and say that they are there
  void hide_one_time_keys(bool hide) { hides_one_time_keys_ = hide; }

  // Also those that were lost.
  [[nodiscard]] const std::vector<std::string>& cells() const noexcept { return cells_; }

  // Of one-time keys, after those that came with an account; and how often somebody took some.
  [[nodiscard]] std::size_t uploads() const noexcept { return uploads_; }
  [[nodiscard]] std::size_t takings() const noexcept { return takings_; }

  [[nodiscard]] bool is_running() const override { return relay_.is_running(); }
  server::ConnectionId connected(const server::Peer& peer) override {
    return relay_.connected(peer);
  }
  void frame(server::ConnectionId connection, crypto::ByteView frame) override;
  void disconnected(server::ConnectionId connection) override { relay_.disconnected(connection); }

  void from_relay(server::ConnectionId connection, crypto::Bytes frame) override;
  void close(server::ConnectionId connection) override { network_->close(connection); }
  void relay_died() override { network_->relay_died(); }

 private:
  RelayParty& relay_;
  Network* network_ = nullptr;
  std::vector<std::string> cells_;
  std::size_t uploads_ = 0;
  std::size_t takings_ = 0;
  bool loses_cells_ = false;
  bool hides_one_time_keys_ = false;
};

}  // namespace bisik::simulation
