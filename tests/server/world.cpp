#include "tests/server/world.hpp"

#include <gtest/gtest.h>

#include "crypto/random.hpp"
#include "proto/frame.hpp"

namespace bisik::server {

void put(std::string& field, crypto::ByteView bytes) { field = crypto::as_text(bytes); }

ConnectionId World::connect_anonymous() {
  relay.on_connected(++last_connection_, {.kind = Peer::Kind::anonymous}, now);
  return last_connection_;
}

ConnectionId World::connect_local() {
  relay.on_connected(++last_connection_, {.kind = Peer::Kind::local}, now);
  return last_connection_;
}

ConnectionId World::connect_own(const crypto::DhPublicKey& network_key,
                                const crypto::HandshakeHash& handshake) {
  const Peer peer{.kind = Peer::Kind::own, .network_key = network_key, .handshake = handshake};
  relay.on_connected(++last_connection_, peer, now);
  return last_connection_;
}

void World::disconnect(ConnectionId connection) { carry_out(relay.on_disconnected(connection)); }

std::uint64_t World::request(ConnectionId from, pb::Request request) {
  request.set_number(++last_number_);
  frame(from, proto::encode(request));
  return last_number_;
}

void World::frame(ConnectionId from, crypto::ByteView bytes) {
  carry_out(relay.on_frame(from, bytes, now));
}

bool World::run_one_batch_on(storage::RelayStore& other) {
  if (waiting_.empty()) return false;
  const auto operations = std::exchange(waiting_, {});
  run_batch(other, clerk, operations, now, *this);
  return true;
}

void World::pass(std::chrono::seconds time) {
  now.wall += time;
  now.steady += time;
  carry_out(relay.on_tick(now));
}

pb::Response World::ask(ConnectionId from, pb::Request wanted) {
  const auto number = request(from, std::move(wanted));
  settle();
  auto response = take_response(from, number);
  EXPECT_TRUE(response) << "no answer to request " << number;
  return response.value_or(pb::Response{});
}

std::vector<pb::Cell> World::take_pushes(ConnectionId of) {
  std::vector<pb::Cell> pushes;
  std::erase_if(inboxes_[of], [&](const pb::FromRelay& message) {
    if (message.has_push()) pushes.push_back(message.push());
    return message.has_push();
  });
  return pushes;
}

std::optional<pb::Response> World::take_response(ConnectionId of, std::uint64_t number) {
  std::optional<pb::Response> found;
  std::erase_if(inboxes_[of], [&](const pb::FromRelay& message) {
    const bool wanted = message.has_response() && message.response().number() == number;
    if (wanted) found = message.response();
    return wanted;
  });
  return found;
}

void World::executed(std::vector<Outcome> outcomes) {
  carry_out(relay.on_executed(std::move(outcomes)));
  before_commit();
}

void World::carry_out(Effects effects) {
  for (const auto& frame : effects.frames) {
    auto message = proto::decode_from_relay(frame.message);
    ASSERT_TRUE(message) << "the relay sent what no client accepts";
    inboxes_[frame.to].push_back(std::move(*message));
  }
  for (auto& operation : effects.operations) waiting_.push_back(std::move(operation));
  for (const auto connection : effects.close) {
    if (closed_.insert(connection).second) disconnect(connection);
  }
}

crypto::Bundle Resident::make_bundle(std::uint64_t sequence) const {
  auto contents = bundle_contents();
  contents.sequence = sequence;
  contents.mailbox = mailbox;
  contents.knock = knock;
  return crypto::Bundle::create(device, contents);
}

pb::Request Resident::registration(const crypto::DhPublicKey& relay_key) const {
  pb::Request request;
  auto& wanted = *request.mutable_register_();
  put(*wanted.mutable_invite(), invite.bytes());
  put(*wanted.mutable_device_list(), list.bytes());
  wanted.set_device(device.number());
  const crypto::NetworkBinding binding{.change = crypto::NetworkKeyChange::add,
                                       .network_key = network.public_key,
                                       .device = device.number(),
                                       .relay_key = relay_key,
                                       .handshake = handshake};
  put(*wanted.mutable_network_binding(), binding.sign(account));
  put(*wanted.mutable_bundle(), signed_bundle.bytes());
  *wanted.mutable_one_time_keys() = one_time_keys(*this, 3, 2).publish_one_time_keys().keys();
  auto& mailbox_queue = *wanted.add_queues();
  put(*mailbox_queue.mutable_queue(), mailbox.bytes);
  mailbox_queue.set_kind(pb::QUEUE_KIND_MAILBOX);
  put(*mailbox_queue.mutable_read_key_hash(), read_key.hash());
  put(*mailbox_queue.add_write_keys()->mutable_hash(), write_key.hash());
  auto& knock_queue = *wanted.add_queues();
  put(*knock_queue.mutable_queue(), knock.bytes);
  knock_queue.set_kind(pb::QUEUE_KIND_KNOCK);
  put(*knock_queue.mutable_read_key_hash(), read_key.hash());
  put(*knock_queue.add_write_keys()->mutable_hash(), write_key.hash());
  return request;
}

pb::Request Resident::subscription(const crypto::QueueId& queue) const {
  pb::Request request;
  put(*request.mutable_subscribe()->mutable_queue(), queue.bytes);
  put(*request.mutable_subscribe()->mutable_read_key(), read_key.bytes());
  return request;
}

pb::Request Resident::subscription() const { return subscription(mailbox); }

ConnectionId Resident::register_at(World& world) const {
  add_invite(world, invite);
  const auto connection = reconnect(world);
  const auto response = world.ask(connection, registration(world.relay_key));
  EXPECT_EQ(response.status(), pb::STATUS_OK);
  return connection;
}

void add_invite(World& world, const crypto::Capability& token, std::uint32_t uses,
                std::chrono::seconds lifetime) {
  const auto operator_ = world.connect_local();
  pb::Request request;
  put(*request.mutable_create_invite()->mutable_token_hash(), token.hash());
  request.mutable_create_invite()->set_uses(uses);
  request.mutable_create_invite()->set_lifetime_seconds(
      static_cast<std::uint32_t>(lifetime.count()));
  EXPECT_EQ(world.ask(operator_, request).status(), pb::STATUS_OK);
  world.disconnect(operator_);
  world.settle();
}

pb::Request cell_for(const crypto::QueueId& queue, const crypto::Capability& write_key,
                     std::uint8_t mark) {
  pb::Request request;
  auto& wanted = *request.mutable_send_cell();
  put(*wanted.mutable_queue(), queue.bytes);
  put(*wanted.mutable_write_key(), write_key.bytes());
  put(*wanted.mutable_envelope_id(), crypto::random_array<16>());
  wanted.set_cell(std::string(proto::kSmallCellBytes, static_cast<char>(mark)));
  return request;
}

pb::Request cell_for(const Resident& reader, std::uint8_t mark) {
  return cell_for(reader.mailbox, reader.write_key, mark);
}

pb::Request adding_key(const Resident& owner, const crypto::Capability& key, std::uint32_t cells,
                       std::chrono::seconds lifetime) {
  pb::Request request;
  auto& wanted = *request.mutable_add_write_key();
  put(*wanted.mutable_queue(), owner.mailbox.bytes);
  put(*wanted.mutable_key()->mutable_hash(), key.hash());
  wanted.mutable_key()->set_cells(cells);
  wanted.mutable_key()->set_lifetime_seconds(static_cast<std::uint32_t>(lifetime.count()));
  return request;
}

pb::Request removing_key(const Resident& owner, const crypto::Capability& key) {
  pb::Request request;
  put(*request.mutable_remove_write_key()->mutable_queue(), owner.mailbox.bytes);
  put(*request.mutable_remove_write_key()->mutable_hash(), key.hash());
  return request;
}

pb::Request acknowledgement(const std::vector<pb::Cell>& cells) {
  pb::Request request;
  auto& wanted = *request.mutable_acknowledge();
  for (const auto& cell : cells) {
    wanted.set_queue(cell.queue());
    auto& item = *wanted.add_items();
    item.set_sequence(cell.sequence());
    item.set_envelope_id(cell.envelope_id());
  }
  return request;
}

std::vector<std::uint8_t> marks(const std::vector<pb::Cell>& cells) {
  std::vector<std::uint8_t> found;
  for (const auto& cell : cells) found.push_back(static_cast<std::uint8_t>(cell.cell().front()));
  return found;
}

pb::Request one_time_keys(const crypto::Device& device, std::size_t classical,
                          std::size_t post_quantum) {
  pb::Request request;
  auto& keys = *request.mutable_publish_one_time_keys()->mutable_keys();
  for (std::size_t i = 0; i < classical; ++i) {
    const auto key = crypto::OneTimeKey::generate().public_half();
    keys.mutable_classical()->append(
        crypto::as_text(crypto::OneTimeKeyEntry::create(device, key).bytes()));
  }
  for (std::size_t i = 0; i < post_quantum; ++i) {
    const auto key = crypto::PqOneTimeKey::generate().public_half();
    keys.mutable_post_quantum()->append(
        crypto::as_text(crypto::PqOneTimeKeyEntry::create(device, key).bytes()));
  }
  return request;
}

pb::Request fetch(const Resident& target, bool one_time_keys) {
  pb::Request request;
  put(*request.mutable_fetch_bundle()->mutable_account(), target.account.id().bytes);
  request.mutable_fetch_bundle()->set_one_time_keys(one_time_keys);
  return request;
}

}  // namespace bisik::server
