#include "tests/simulation/wiretap.hpp"

#include "proto/frame.hpp"

namespace bisik::simulation {

void Wiretap::frame(server::ConnectionId connection, crypto::ByteView frame) {
  const auto request = proto::decode_request(frame);
  if (request && request->has_publish_one_time_keys()) ++uploads_;
  if (request && request->fetch_bundle().one_time_keys()) ++takings_;
  if (!request || !request->has_send_cell()) return relay_.frame(connection, frame);
  cells_.push_back(request->send_cell().cell());
  if (!loses_cells_) return relay_.frame(connection, frame);
  proto::pb::FromRelay message;
  message.mutable_response()->set_number(request->number());
  message.mutable_response()->set_status(proto::pb::STATUS_OK);
  network_->from_relay(connection, proto::encode(message));
}

void Wiretap::from_relay(server::ConnectionId connection, crypto::Bytes frame) {
  auto message = proto::decode_from_relay(frame);
  if (hides_one_time_keys_ && message && message->response().has_bundles()) {
    for (auto& device : *message->mutable_response()->mutable_bundles()->mutable_devices()) {
      device.clear_one_time_key();
      device.clear_pq_one_time_key();
    }
    frame = proto::encode(*message);
  }
  network_->from_relay(connection, std::move(frame));
}

}  // namespace bisik::simulation
