// One device, and the person who uses it: writes to contacts and tries again when told that it
// failed, reads everything that arrives, links other devices. Notes in the chronicle what it was
// told.
#pragma once

#include "tests/simulation/chronicle.hpp"
#include "tests/simulation/client_party.hpp"

namespace bisik::simulation {

// A folder as it was, and what was in it.
struct Copy {
  storage::DiskImage image;
  Held held;
  Time taken;
  std::vector<std::size_t> under_way;       // of chronicle.said
  std::uint64_t starts = 0;                 // of its client by then
  std::optional<std::int64_t> unread = {};  // RelayParty::first_unread() then
};

class DeviceUser final : public Person {
 public:
  DeviceUser(World& world, Network& network, Chronicle& chronicle, std::size_t person);

  // Until it is there. Of an account of its own, with the relay's invite.
  void join(const std::string& link);
  void add(const std::string& link);
  void invite(std::function<void(std::string)> made);
  // This device shows the code, `primary` approves it, and the person carries code and digits.
  void link_to(DeviceUser& primary, const proto::RelayAddress& relay);
  void remove(DeviceUser& other);

  void send(std::size_t to, std::size_t bytes, bool queued = false, bool probe = false);
  void block(std::size_t whom, bool unblock);
  void repair(std::size_t with);
  // Until the answer is there: what everybody reads in the end.
  void look();

  void start();
  // What is unsent by now is not sent again.
  void give_up();
  // `unread`: RelayParty::first_unread() now.
  void put_back(const Copy& copy, std::optional<std::int64_t> unread);
  [[nodiscard]] Copy copy() const;

  [[nodiscard]] ClientParty& client() noexcept { return client_; }
  [[nodiscard]] std::size_t index() const noexcept { return index_; }
  [[nodiscard]] std::size_t person() const noexcept { return person_; }
  [[nodiscard]] std::uint32_t number() const noexcept { return number_; }
  [[nodiscard]] bool joined() const noexcept { return joined_; }
  [[nodiscard]] bool busy() const noexcept { return !sending_.empty(); }
  [[nodiscard]] const std::string& account() const noexcept { return account_; }

  void answered(client::CommandId command, const proto::pb::ApiReply& reply) override;
  void client_died() override;

 private:
  using OnReply = std::function<void(const proto::pb::ApiReply&)>;
  [[nodiscard]] DeviceLife& life() { return chronicle_.devices[index_]; }
  [[nodiscard]] const DeviceLife& life() const { return chronicle_.devices[index_]; }
  void ask(proto::pb::ApiRequest request, OnReply on_reply);
  void is_joined(const proto::pb::WhoAmI& who);
  void approve(DeviceUser& fresh, const std::string& code);
  void carry_digits(DeviceUser& fresh);
  void try_to_send(std::size_t index);
  void told(std::size_t index, const proto::pb::Sent::Recipient& recipient);
  [[nodiscard]] bool has_put_a_copy_back(std::size_t person) const;
  void accept_list();
  void trust(std::size_t person);
  void hear(const std::string& notice);
  [[nodiscard]] Missed missed_by(const Copy& copy, bool has_read_nothing) const;
  void hold(const std::string& text) { life().held.emplace(text, world_.now()); }
  void read_everything();
  void received(const proto::pb::Message& message);
  void look_at(const proto::pb::ContactEntry& contact);

  World& world_;
  Chronicle& chronicle_;
  std::size_t person_;
  std::size_t index_;
  ClientParty client_;
  bool joined_ = false;
  std::string account_;
  std::uint32_t number_ = 0;  // in the account's list
  std::string digits_;        // that it shows while it is being linked
  bool digits_wanted_ = false;
  bool told_of_list_ = false;  // of the account's devices, which it had not made; ever
  bool list_unknown_ = false;  // until it is accepted
  bool accepts_list_ = false;  // has been asked to
  std::map<client::CommandId, OnReply> open_;
  std::vector<std::size_t> sending_;  // indices into chronicle.said
  std::uint64_t life_number_ = 0;     // of the client
  std::uint64_t starts_ = 0;
};

}  // namespace bisik::simulation
