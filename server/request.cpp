#include "server/request.hpp"

#include <algorithm>
#include <cassert>

#include "crypto/capability.hpp"
#include "crypto/hash.hpp"

namespace bisik::server {
namespace {

using proto::pb::Request;

template <std::size_t N>
crypto::ByteArray<N> array_of(const std::string& field) {
  crypto::ByteArray<N> out{};
  assert(field.size() == N);
  std::ranges::copy(crypto::as_bytes(field), out.begin());
  return out;
}

Id id_of(const std::string& field) { return array_of<32>(field); }

Bytes bytes_of(const std::string& field) {
  const auto view = crypto::as_bytes(field);
  return {view.begin(), view.end()};
}

Id hash_of_capability(const std::string& field) {
  return crypto::Capability::parse(crypto::as_bytes(field)).value().hash();
}

op::WriteKey to_write_key(const proto::pb::WriteKey& key) {
  return {id_of(key.hash()), key.cells(), std::chrono::seconds{key.lifetime_seconds()}};
}

op::NewQueue to_queue(const proto::pb::CreateQueue& request) {
  op::NewQueue queue{id_of(request.queue()), request.kind(), id_of(request.read_key_hash()), {}};
  for (const auto& key : request.write_keys()) queue.write_keys.push_back(to_write_key(key));
  return queue;
}

op::OneTimeKeys to_keys(const proto::pb::OneTimeKeys& keys) {
  return {bytes_of(keys.classical()), bytes_of(keys.post_quantum())};
}

op::Register to_register(const proto::pb::Register& request, const Peer& peer) {
  op::Register wanted{.network_key = *peer.network_key,
                      .handshake = peer.handshake,
                      .invite_hash = hash_of_capability(request.invite()),
                      .device_list = bytes_of(request.device_list()),
                      .device = request.device(),
                      .binding = array_of<64>(request.network_binding()),
                      .bundle = bytes_of(request.bundle()),
                      .keys = to_keys(request.one_time_keys()),
                      .queues = {}};
  for (const auto& queue : request.queues()) wanted.queues.push_back(to_queue(queue));
  return wanted;
}

op::Acknowledge to_acknowledge(const proto::pb::Acknowledge& request) {
  op::Acknowledge wanted{id_of(request.queue()), {}};
  wanted.items.reserve(static_cast<std::size_t>(request.items_size()));
  for (const auto& item : request.items()) {
    wanted.items.push_back(
        {static_cast<Sequence>(item.sequence()), array_of<16>(item.envelope_id())});
  }
  return wanted;
}

// The envelope of a stamped cell is named after the cell, whatever name it came with: a stamp pays
// for one cell, and so the same cell in a second envelope is a repeat.
EnvelopeId envelope_after(const Id& cell_hash) {
  EnvelopeId id;
  std::copy_n(cell_hash.begin(), id.size(), id.begin());
  return id;
}

op::DrawGrants to_draw(const proto::pb::DrawGrants& request, const Id& network_key) {
  op::DrawGrants wanted{network_key, {}};
  for (const auto& hash : request.hashes()) wanted.hashes.push_back(id_of(hash));
  return wanted;
}

op::Subscribe to_subscribe(const proto::pb::Subscribe& request, std::optional<Id> network_key) {
  return {network_key,
          hash_of_capability(request.read_key()),
          {.queue = id_of(request.queue()), .subscription = 0, .after = 0, .limits = {}}};
}

// Nothing where the network key is no key.
std::optional<Action> to_add_device(const proto::pb::AddDevice& request, const Peer& peer) {
  const auto network_key = crypto::DhPublicKey::parse(crypto::as_bytes(request.network_key()));
  if (!network_key) return std::nullopt;
  return op::AddDevice{.caller = peer.network_key->bytes,
                       .handshake = peer.handshake,
                       .device_list = bytes_of(request.device_list()),
                       .publication = array_of<64>(request.publication()),
                       .device = request.device(),
                       .network_key = *network_key,
                       .binding = array_of<64>(request.network_binding())};
}

op::SendCell to_send(const proto::pb::SendCell& request, std::optional<Id> network_key) {
  auto cell = std::make_shared<const Bytes>(bytes_of(request.cell()));
  if (request.stamp() != 0) {
    const auto hash = crypto::sha256(*cell);  // which is what the stamp is for
    return {id_of(request.queue()), op::Stamp{request.stamp()},
            envelope_after(hash),   hash,
            std::move(cell),        network_key};
  }
  return {id_of(request.queue()),
          hash_of_capability(request.write_key()),
          array_of<16>(request.envelope_id()),
          crypto::blake2b(*cell),
          std::move(cell),
          network_key};
}

op::CreateInvite to_invite(const proto::pb::CreateInvite& request, std::optional<Id> network_key) {
  return {network_key, id_of(request.token_hash()), request.uses(),
          std::chrono::seconds{request.lifetime_seconds()}};
}

// What changes who an account is, or what of it others may fetch.
std::optional<Action> identity_action(const Request& request, const Peer& peer) {
  const Id network_key = peer.network_key->bytes;
  switch (request.operation_case()) {
    case Request::kRegister:
      return to_register(request.register_(), peer);
    case Request::kPublishBundle:
      return op::PublishBundle{network_key, bytes_of(request.publish_bundle().bundle())};
    case Request::kPublishList: {
      const auto& wanted = request.publish_list();
      return op::PublishList{network_key, peer.handshake, bytes_of(wanted.device_list()),
                             array_of<64>(wanted.publication())};
    }
    case Request::kAddDevice:
      return to_add_device(request.add_device(), peer);
    case Request::kRaiseStateEpoch:
      return op::RaiseStateEpoch{
          network_key, array_of<proto::kStateEpochBytes>(request.raise_state_epoch().epoch())};
    case Request::kPublishOneTimeKeys:
      return op::PublishOneTimeKeys{network_key, to_keys(request.publish_one_time_keys().keys()),
                                    request.publish_one_time_keys().replace()};
    case Request::kCountOneTimeKeys:
      return op::CountOneTimeKeys{network_key};
    default:
      return std::nullopt;
  }
}

std::optional<Action> own_action(const Request& request, const Peer& peer) {
  const Id network_key = peer.network_key->bytes;
  switch (request.operation_case()) {
    case Request::kCreateQueue:
      return op::CreateQueue{network_key, to_queue(request.create_queue())};
    case Request::kAddWriteKey: {
      const auto& wanted = request.add_write_key();
      return op::AddWriteKey{network_key, id_of(wanted.queue()), to_write_key(wanted.key())};
    }
    case Request::kRemoveWriteKey: {
      const auto& wanted = request.remove_write_key();
      return op::RemoveWriteKey{network_key, id_of(wanted.queue()), id_of(wanted.hash())};
    }
    case Request::kSubscribe:
      return to_subscribe(request.subscribe(), network_key);
    case Request::kAcknowledge:
      return to_acknowledge(request.acknowledge());
    case Request::kSendCell:
      return to_send(request.send_cell(), network_key);
    case Request::kCreateInvite:
      return to_invite(request.create_invite(), network_key);
    case Request::kServerView:
      return op::ServerView{network_key};
    case Request::kDrawGrants:
      return to_draw(request.draw_grants(), network_key);
    default:
      return identity_action(request, peer);
  }
}

std::optional<Action> anonymous_action(const Request& request) {
  switch (request.operation_case()) {
    case Request::kSendCell:
      return to_send(request.send_cell(), std::nullopt);
    case Request::kSubscribe:
      return to_subscribe(request.subscribe(), std::nullopt);
    case Request::kAcknowledge:
      return to_acknowledge(request.acknowledge());
    case Request::kFetchBundle: {
      const auto& wanted = request.fetch_bundle();
      return op::FetchBundle{id_of(wanted.account()),
                             static_cast<Sequence>(wanted.after_sequence()),
                             wanted.one_time_keys()};
    }
    case Request::kCreateGroupQueue: {
      const auto& wanted = request.create_group_queue();
      return op::CreateGroupQueue{hash_of_capability(wanted.grant()), to_queue(wanted.queue())};
    }
    case Request::kReadGroupQueue: {
      const auto& wanted = request.read_group_queue();
      return op::ReadGroupQueue{id_of(wanted.queue()), hash_of_capability(wanted.read_key()),
                                static_cast<Sequence>(wanted.after_sequence())};
    }
    default:
      return std::nullopt;
  }
}

std::optional<Action> local_action(const Request& request) {
  if (request.has_create_invite()) return to_invite(request.create_invite(), std::nullopt);
  if (request.has_get_stats()) return op::Count{};
  return std::nullopt;
}

}  // namespace

std::optional<Action> to_action(const Request& request, const Peer& peer) {
  switch (peer.kind) {
    case Peer::Kind::own:
      return own_action(request, peer);
    case Peer::Kind::anonymous:
      return anonymous_action(request);
    case Peer::Kind::local:
      return local_action(request);
  }
  return std::nullopt;
}

}  // namespace bisik::server
