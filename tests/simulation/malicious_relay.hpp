// The relay of the simulation in the hands of somebody who wants harm: every frame passes through
// his hands in both directions, and what has passed he keeps. Underneath an honest relay goes on,
// so that whoever stops to meddle leaves behind a relay that works.
//
// It says of each frame that it has made itself what it has made of it; the checker believes that,
// and believes of nothing else that it was meddled with.
#pragma once

#include "tests/simulation/answer_forger.hpp"
#include "tests/simulation/relay_party.hpp"

namespace bisik::simulation {

class MaliciousRelay final : public RelayEnd, public RelayOutlet {
 public:
  MaliciousRelay(World& world, RelayParty& honest, StolenKeys keys, Defect defect);

  void attach(Network& network) { network_ = &network; }
  // A device of this account, which it knows by the connections that are the account's own.
  void belongs(const ClientEnd& device, const client::Identity& identity);
  // From now on. What it holds back it still sends, late.
  void meddle(const Meddling& meddling);

  [[nodiscard]] const Loot& loot() const noexcept { return loot_; }
  [[nodiscard]] std::size_t played(Trick trick) const {
    return played_[static_cast<std::size_t>(trick)];
  }
  // What was forged in this answer; null for all other frames.
  [[nodiscard]] const Forgery* forgery(const Caller& caller, crypto::ByteView frame) const;

  [[nodiscard]] bool is_running() const override { return honest_.is_running(); }
  server::ConnectionId connected(const server::Peer& peer) override;
  void frame(server::ConnectionId connection, crypto::ByteView frame) override;
  void disconnected(server::ConnectionId connection) override;
  [[nodiscard]] Time claimed_time(Time truth) override;

  void from_relay(server::ConnectionId connection, crypto::Bytes frame) override;
  void close(server::ConnectionId connection) override { network_->close(connection); }
  void relay_died() override;

 private:
  struct Connection {
    std::map<std::uint64_t, proto::pb::Request> asked;
    std::set<std::string> subscribed;  // queues
    std::uint64_t highest_sequence = 0;
  };
  using Id = server::ConnectionId;

  [[nodiscard]] bool plays(Trick trick);
  void count(Trick trick) { ++played_[static_cast<std::size_t>(trick)]; }
  [[nodiscard]] bool answers_itself(Id id, const proto::pb::Request& request);
  [[nodiscard]] proto::pb::Response denial(const proto::pb::Request& request);
  void push(Id id, proto::pb::Cell cell);
  void push_what_is_not_new(Id id);
  void inject(Id id, const std::string& queue, const std::string& cell);
  void respond(Id id, proto::pb::Response response);
  [[nodiscard]] std::optional<Forgery> forge(Id id, const proto::pb::Request& request,
                                             proto::pb::Response& response);
  [[nodiscard]] std::optional<Forgery> forge_epoch(Id id, proto::pb::Response& response);
  void lie_about_numbers(proto::pb::Response& response);
  [[nodiscard]] bool renumber(Id id, proto::pb::Response& response);
  void send(Id id, const proto::pb::FromRelay& message, Duration later = {});
  [[nodiscard]] std::uint64_t any_number();

  World& world_;
  RelayParty& honest_;
  PartyRandom random_;
  Network* network_ = nullptr;
  Meddling meddling_;
  std::size_t refusals_left_ = 0;  // of sends
  Loot loot_;
  AnswerForger forger_;
  std::array<std::size_t, kTricks> played_{};
  std::map<Id, Connection> connections_;
  std::map<std::pair<Caller, crypto::Bytes>, Forgery> forged_;
  struct Owner {
    std::string account;
    crypto::DeviceNumber number;
  };
  std::map<const ClientEnd*, Owner> owners_;
};

}  // namespace bisik::simulation
