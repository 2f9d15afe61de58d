// Further devices of an account, and what it signs about them.
#pragma once

#include <gtest/gtest.h>

#include "tests/server/world.hpp"

namespace bisik::server {

// A device beside a Resident's first one. It is known here once addition() has been answered.
struct FurtherDevice {
  FurtherDevice(const Resident& of, crypto::DeviceNumber number)
      : device{of.another_device(number)} {}

  crypto::Device device;
  crypto::DhKeyPair network = crypto::DhKeyPair::generate();
  crypto::HandshakeHash handshake{4, 5, 6};
  crypto::QueueId mailbox = crypto::QueueId::random();
  crypto::Capability read_key = crypto::Capability::random();
  crypto::Capability write_key = crypto::Capability::random();

  [[nodiscard]] crypto::DeviceNumber number() const { return device.number(); }
  ConnectionId connect(World& world) const {
    return world.connect_own(network.public_key, handshake);
  }
};

// The list after `list` with exactly these devices in it.
[[nodiscard]] crypto::DeviceList list_after(const crypto::DeviceList& list, const Resident& of,
                                            std::vector<crypto::DeviceRecord> records);

// For a connection with this handshake.
[[nodiscard]] pb::Request publication(const World& world, const Resident& of,
                                      const crypto::DeviceList& list,
                                      const crypto::HandshakeHash& handshake);
[[nodiscard]] pb::Request addition(const World& world, const Resident& of,
                                   const crypto::DeviceList& list, const FurtherDevice& added,
                                   const crypto::HandshakeHash& handshake);

// With one write key.
[[nodiscard]] pb::Request new_queue(const crypto::QueueId& queue, pb::QueueKind kind,
                                    const crypto::Capability& read_key,
                                    const crypto::Capability& write_key);
[[nodiscard]] pb::Request subscription(const crypto::QueueId& queue,
                                       const crypto::Capability& read_key);

// Alice with one device here, and a tablet that is to become her second.
class DeviceFixture : public testing::Test {
 protected:
  pb::Status ask(ConnectionId from, const pb::Request& request) {
    return world.ask(from, request).status();
  }
  pb::Status publish(const crypto::DeviceList& list) {
    return ask(own, publication(world, alice, list, alice.handshake));
  }
  pb::Status add(const crypto::DeviceList& list, const FurtherDevice& added) {
    return ask(own, addition(world, alice, list, added, alice.handshake));
  }
  crypto::DeviceList after(const crypto::DeviceList& list) const {
    return list_after(list, alice, list.records());
  }
  std::size_t lists() { return world.store.bundles().lists(alice.account.id().bytes).size(); }
  bool is_registered(const crypto::DhKeyPair& network) {
    return world.store.accounts().device(network.public_key.bytes).has_value();
  }

  World world;
  Resident alice;
  ConnectionId own = alice.register_at(world);
  FurtherDevice tablet{alice, 2};
  const crypto::DeviceList both =
      list_after(alice.list, alice, {alice.device.record, tablet.device.record});
};

}  // namespace bisik::server
