#include "tests/server/devices.hpp"

namespace bisik::server {

crypto::DeviceList list_after(const crypto::DeviceList& list, const Resident& of,
                              std::vector<crypto::DeviceRecord> records) {
  return list.next(of.account, crypto::kNow, std::move(records));
}

pb::Request publication(const World& world, const Resident& of, const crypto::DeviceList& list,
                        const crypto::HandshakeHash& handshake) {
  pb::Request request;
  auto& wanted = *request.mutable_publish_list();
  put(*wanted.mutable_device_list(), list.bytes());
  const crypto::ListPublication said{
      .list = list.hash(), .relay_key = world.relay_key, .handshake = handshake};
  put(*wanted.mutable_publication(), said.sign(of.account));
  return request;
}

pb::Request addition(const World& world, const Resident& of, const crypto::DeviceList& list,
                     const FurtherDevice& added, const crypto::HandshakeHash& handshake) {
  const auto said = publication(world, of, list, handshake).publish_list();
  pb::Request request;
  auto& wanted = *request.mutable_add_device();
  wanted.set_device_list(said.device_list());
  wanted.set_publication(said.publication());
  wanted.set_device(added.number());
  put(*wanted.mutable_network_key(), added.network.public_key.bytes);
  const crypto::NetworkBinding binding{.change = crypto::NetworkKeyChange::add,
                                       .network_key = added.network.public_key,
                                       .device = added.number(),
                                       .relay_key = world.relay_key,
                                       .handshake = handshake};
  put(*wanted.mutable_network_binding(), binding.sign(of.account));
  return request;
}

pb::Request new_queue(const crypto::QueueId& queue, pb::QueueKind kind,
                      const crypto::Capability& read_key, const crypto::Capability& write_key) {
  pb::Request request;
  auto& wanted = *request.mutable_create_queue();
  put(*wanted.mutable_queue(), queue.bytes);
  wanted.set_kind(kind);
  put(*wanted.mutable_read_key_hash(), read_key.hash());
  put(*wanted.add_write_keys()->mutable_hash(), write_key.hash());
  return request;
}

pb::Request subscription(const crypto::QueueId& queue, const crypto::Capability& read_key) {
  pb::Request request;
  put(*request.mutable_subscribe()->mutable_queue(), queue.bytes);
  put(*request.mutable_subscribe()->mutable_read_key(), read_key.bytes());
  return request;
}

}  // namespace bisik::server
