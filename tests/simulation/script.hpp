// Somebody who writes to everybody he knows and tries again when told that it failed, as a script
// would; and who reads everything that arrives.
#pragma once

#include "tests/simulation/client_party.hpp"
#include "tests/simulation/history.hpp"

namespace bisik::simulation {

class Script final : public Person {
 public:
  Script(World& world, ClientParty& client, History& history);

  void join(const std::string& link);
  void add(const std::string& link);
  // Calls back with the link; may be called again if the client dies first.
  void invite(std::function<void(std::string)> made);
  // A text that is sent until the relay has it. A name that is not known yet is tried again.
  void send(std::size_t to, std::size_t bytes);
  // What is unsent by now is not sent again: a key serves for a week.
  void give_up();
  void start_client();
  void read_everything();

  [[nodiscard]] bool joined() const noexcept { return joined_; }
  [[nodiscard]] bool knows(std::size_t other) const { return contacts_.contains(other); }
  [[nodiscard]] bool busy() const noexcept { return !sending_.empty(); }
  void look_at_contacts();
  // Fills history.kept from the profile.
  void write_down();

  void answered(client::CommandId command, const proto::pb::ApiReply& reply) override;
  void client_died() override;

 private:
  using OnReply = std::function<void(const proto::pb::ApiReply&)>;
  void ask(proto::pb::ApiRequest request, OnReply on_reply);
  void try_to_send(std::size_t index);
  void told(std::size_t index, const proto::pb::Sent::Recipient& recipient);
  void received(const proto::pb::Message& message);

  World& world_;
  ClientParty& client_;
  History& history_;
  std::size_t number_;
  bool joined_ = false;
  std::string join_link_;
  std::map<std::size_t, std::string> contacts_;  // by number
  std::map<client::CommandId, OnReply> open_;
  std::vector<std::size_t> sending_;  // indices into history.sent
  std::uint64_t life_ = 0;            // of the client
  std::uint64_t texts_ = 0;
};

[[nodiscard]] std::string name_of(std::size_t number);

}  // namespace bisik::simulation
