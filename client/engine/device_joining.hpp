// Linking, on the new device: it shows a code, hears from the primary over a rendezvous at the
// relay, shows six digits, and when the person has typed them there it gets its place in the
// account. Then it is set up (device_set_up.hpp).
//
// Until the grant is here nothing is kept: a process that ends takes its attempt with it. From the
// grant on the profile is one of the account, and what is left to do goes on at the next start.
#pragma once

#include "client/engine/device_set_up.hpp"
#include "crypto/linking.hpp"

namespace bisik::client {

class DeviceJoining {
 public:
  DeviceJoining(State& state, DeviceSetUp& set_up) : state_{state}, set_up_{set_up} {}

  void link(Step& step, CommandId command, const proto::pb::LinkCommand& request);
  // The person has seen that the primary has linked this device.
  void accept(Step& step, CommandId command);
  void cancel(CommandId command);

  // A cell of the primary, on the line of the rendezvous.
  void push(Step& step, const proto::pb::Cell& cell);
  void line_failed(Step& step, const LineKey& key, LineEnd why);

  void pump(Step& step);
  void add_wanted(Lines::Wanted& wanted) const;
  [[nodiscard]] bool any() const noexcept { return attempt_.has_value(); }
  [[nodiscard]] std::optional<Time> wake_at(Time now) const;

 private:
  struct Attempt {
    CommandId command;
    bool history;
    proto::RelayAddress relay;
    crypto::DhKeyPair network_key;
    crypto::Rendezvous rendezvous;
    std::optional<crypto::NewDevice> fresh;
    std::optional<crypto::ClaimedDevice> claimed;
    std::optional<crypto::Bytes> grant;  // opened
    bool accepted = false;               // by the person
    Time expires;
    Time ask_again{};
    LineId subscribed_on = 0;  // or asked
    crypto::Bytes reveal = {};
    std::string envelope_id = {};
    LineId revealed_on = 0;
    bool reached = false;  // the relay has answered before
  };
  [[nodiscard]] static LineKey line_of(const Attempt& attempt);
  void subscribe(Step& step, Line& line);
  void send_reveal(Step& step, Line& line);
  void claim(Step& step, crypto::ByteView cell);
  void take_grant(Step& step);
  void become(Step& step, crypto::Device device, const crypto::DeviceList& list,
              const proto::pb::LinkGrant& grant);

  State& state_;
  DeviceSetUp& set_up_;
  std::optional<Attempt> attempt_;
};

}  // namespace bisik::client
