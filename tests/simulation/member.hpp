// One person with a client, who is asked one thing at a time: for tests that follow a story. What
// arrives while she is online is read and acknowledged.
#pragma once

#include "tests/simulation/client_party.hpp"

namespace bisik::simulation {

class Member final : public Person {
 public:
  Member(World& world, Network& network, std::uint64_t number);

  void come_online();
  void go_offline();

  // The last reply so far, a few seconds later; and the first.
  [[nodiscard]] proto::pb::ApiReply ask(const proto::pb::ApiRequest& request);
  [[nodiscard]] proto::pb::ApiReply ask_first(const proto::pb::ApiRequest& request);
  [[nodiscard]] bool join(const std::string& link);  // and come online
  // Without an account; for seven days, unless said otherwise.
  [[nodiscard]] std::string invite(std::chrono::seconds lifetime = {});
  void add(const std::string& link);
  // No receipts, where each cell counts.
  void tell_nothing_to(const Member& contact);
  [[nodiscard]] proto::pb::Sent::Recipient send(const Member& to, const std::string& text,
                                                bool queue = false);
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  // How often this text was handed out.
  [[nodiscard]] std::ptrdiff_t times_read(const std::string& text) const;
  // How often it stands in what this profile keeps of the other's words.
  [[nodiscard]] std::ptrdiff_t times_in_history(const Member& of, const std::string& text);
  [[nodiscard]] const std::vector<std::string>& read() const noexcept { return read_; }
  // Its last reply is there.
  [[nodiscard]] bool is_over(client::CommandId command) const;
  // Whether this profile knows the relay of a contact by messages alone; nothing: no such contact.
  [[nodiscard]] std::optional<bool> was_told_relay_of(const std::string& contact) const;
  // What was told beside messages.
  [[nodiscard]] const std::vector<std::string>& notices() const noexcept { return notices_; }
  // Everything that `whoami --server-view` shows of a table, as "name=value" words.
  [[nodiscard]] std::vector<std::map<std::string, std::string>> server_view(
      const std::string& table);

  // All that were given to this command so far.
  [[nodiscard]] const std::vector<proto::pb::ApiReply>& replies(client::CommandId command) const {
    return replies_.at(command);
  }
  void listen();

  [[nodiscard]] ClientParty& client() noexcept { return client_; }

  void answered(client::CommandId command, const proto::pb::ApiReply& reply) override;
  void client_died() override {}

 private:
  void acknowledge(const std::string& id);

  World& world_;
  std::string name_;
  ClientParty client_;
  std::map<client::CommandId, std::vector<proto::pb::ApiReply>> replies_;
  std::vector<std::string> read_;
  std::vector<std::string> notices_;
};

}  // namespace bisik::simulation
