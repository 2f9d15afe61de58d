// Linking, on the primary: the person gives the code that a new device shows, the two talk over a
// rendezvous at the relay, the person types the digits that the new device shows, and only then the
// device is signed into the account's list (docs/protocol.md 9.2). And the end of a device: a list
// without it.
//
// One linking at a time, in memory alone: what a process did not finish is begun anew, with a new
// code. Everything that is sent may be sent again, and is on each new connection.
#pragma once

#include "client/engine/own_list.hpp"
#include "crypto/linking.hpp"

namespace bisik::client {

class DeviceLinking {
 public:
  // Contacts believe a device until they hear that it was removed.
  using OnRemoved = std::function<void(Step&)>;

  DeviceLinking(State& state, Mailbox& mailbox, OwnList& own_list, OnRemoved on_removed)
      : state_{state}, mailbox_{mailbox}, own_list_{own_list}, on_removed_{std::move(on_removed)} {}

  void devices(Step& step, CommandId command);
  void approve(Step& step, CommandId command, const proto::pb::ApproveCommand& request);
  void confirm(Step& step, CommandId command, const proto::pb::ConfirmDigitsCommand& request);
  void remove(Step& step, CommandId command, const proto::pb::RemoveDeviceCommand& request);
  void cancel(Step& step, CommandId command);
  // The device that was linked last has said hello.
  void welcomed(Step& step, crypto::DeviceNumber device);

  // Of the rendezvous: a cell of the new device.
  [[nodiscard]] bool reads(const std::string& queue) const;
  void push(Step& step, const proto::pb::Cell& cell);

  void pump(Step& step);
  [[nodiscard]] bool any() const noexcept { return attempt_.has_value(); }
  [[nodiscard]] std::optional<Time> wake_at() const;

 private:
  struct Attempt {
    CommandId command;  // which waits for the end
    Time expires;
    crypto::Rendezvous rendezvous;
    crypto::DeviceOffer offer;
    std::optional<crypto::RevealedDevice> revealed;
    std::optional<crypto::ConfirmedDevice> confirmed;
    bool listed = false;   // the relay knows the device
    bool granted = false;  // the relay has what the device gets
    crypto::Bytes cell;    // what the new device is to read next
    std::string envelope_id;
    LineId said_on = 0;
  };
  void answer_devices(Step& step, CommandId command,
                      const std::optional<proto::pb::Failure>& why_not) const;
  void offer(Step& step, CommandId command, const proto::Link& code);
  void publish_without(Step& step, CommandId command, crypto::DeviceNumber number);
  void say(Attempt& attempt, crypto::Bytes cell);
  void say_all(Step& step);
  void create_queue(Step& step, const crypto::RendezvousQueue& queue);
  [[nodiscard]] static proto::pb::Request to_send(const Attempt& attempt);
  void send_cell(Step& step);
  void add_device(Step& step);
  void granted(Step& step);
  void added(Step& step, const std::string& list, const proto::pb::Response* response);
  [[nodiscard]] proto::pb::LinkGrant grant() const;
  void end(Step& step, const proto::pb::Failure& why);
  void give_up(Step& step);

  State& state_;
  Mailbox& mailbox_;
  OwnList& own_list_;
  OnRemoved on_removed_;
  std::optional<Attempt> attempt_;
};

}  // namespace bisik::client
