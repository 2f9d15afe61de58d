// Somebody who writes to others and reads what comes, through a client that is watched: at one of
// her devices. Everything that she says names who says it to whom, so that a text tells where it
// belongs.
#pragma once

#include "tests/simulation/client_party.hpp"

namespace bisik::simulation {

class Correspondent final : public Person {
 public:
  Correspondent(World& world, Network& network, std::uint64_t number, std::string name,
                Defect defect, StepWatch& watch);

  struct Read {
    std::string id;  // handed out again under the same, if she died before she said that she had it
    std::string from_account;
    std::string text;
  };

  void join(const std::string& link);
  void invite(std::function<void(std::string)> made);
  void add(const std::string& link);
  // This is to be another device of an account. It shows a code, then digits, and is asked whether
  // the first device has agreed.
  void link(const proto::RelayAddress& relay);
  [[nodiscard]] const std::string& code() const noexcept { return code_; }
  [[nodiscard]] const std::string& digits() const noexcept { return digits_; }
  void accept_link();
  // The first device's part.
  void approve(const std::string& code);
  void confirm(const std::string& digits);
  // `queued`: kept until the relay takes it. `kept` is called if it was.
  void write(const Correspondent& to, const std::string& text, bool queued,
             std::function<void()> kept = {});
  // Who has changed is taken as he is: the person has compared, or does not mind.
  void trust_anew();
  // Whoever wants to write to her may.
  void accept_requests();

  void rest();
  void get_up();

  [[nodiscard]] ClientParty& client() noexcept { return client_; }
  [[nodiscard]] const ClientParty& client() const noexcept { return client_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }  // all her devices'
  [[nodiscard]] const std::string& account() const noexcept { return account_; }
  [[nodiscard]] const std::vector<Read>& read() const noexcept { return read_; }
  [[nodiscard]] const std::vector<std::string>& notices() const noexcept { return notices_; }
  [[nodiscard]] const std::set<std::string>& stored() const noexcept { return stored_; }

  void answered(client::CommandId command, const proto::pb::ApiReply& reply) override;
  void client_died() override;

 private:
  using OnReply = std::function<void(const proto::pb::ApiReply&)>;
  void ask(const proto::pb::ApiRequest& request, OnReply on_reply);
  void wake();
  void listen();
  void received(const proto::pb::Message& message);

  World& world_;
  std::string name_;
  ClientParty client_;
  bool resting_ = false;
  std::string code_;
  std::string digits_;
  std::string account_;  // empty: has not joined
  std::map<client::CommandId, OnReply> open_;
  std::vector<Read> read_;
  std::vector<std::string> notices_;
  std::set<std::string> stored_;  // texts that the relay has confirmed
};

}  // namespace bisik::simulation
