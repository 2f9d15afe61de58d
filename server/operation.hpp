// What the store side is asked to do: one operation, in the store's words, with everything it needs
// to be decided against the rows. Made by Relay from a valid request, executed by Clerk.
//
// Capabilities have become their hashes here: nothing behind this line ever sees one.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/network_binding.hpp"
#include "proto/limits.hpp"
#include "storage/relay_store.hpp"

namespace bisik::server {

using crypto::Bytes;
using storage::EnvelopeId;
using storage::Id;
using storage::Sequence;

using ConnectionId = std::uint64_t;         // from 1, rising, never used again
using Cell = std::shared_ptr<const Bytes>;  // read by both threads, changed by none

// Who is answered. The relay's own operations are nobody's: connection 0.
struct Ticket {
  ConnectionId connection = 0;
  std::uint64_t number = 0;
  std::size_t held_bytes = 0;   // what the operation keeps in memory until its batch has ended
  std::uint64_t order = 0;      // rises from request to request, whoever asks
  Sequence handed_over_as = 0;  // the place at which a cell has been pushed already; 0: it was not
};

namespace op {

struct OneTimeKeys {
  Bytes classical;
  Bytes post_quantum;
};

struct WriteKey {
  Id hash;
  std::uint32_t cells;            // 0: no limit of its own
  std::chrono::seconds lifetime;  // 0: as long as the queue
};

struct NewQueue {
  Id queue;
  std::int64_t kind;  // pb::QueueKind
  Id read_key_hash;
  std::vector<WriteKey> write_keys;
};

// --- own connections: network_key is DN ---

struct Register {
  crypto::DhPublicKey network_key;
  crypto::HandshakeHash handshake;
  Id invite_hash;
  Bytes device_list;
  std::uint32_t device;
  crypto::Signature binding;
  Bytes bundle;
  OneTimeKeys keys;
  std::vector<NewQueue> queues;
};
struct PublishBundle {
  Id network_key;
  Bytes bundle;
};
struct PublishList {
  Id network_key;
  crypto::HandshakeHash handshake;
  Bytes device_list;
  crypto::Signature publication;
};
struct AddDevice {
  Id caller;  // DN of the connection: a device of the account, or the key that is added
  crypto::HandshakeHash handshake;
  Bytes device_list;
  crypto::Signature publication;
  std::uint32_t device;
  crypto::DhPublicKey network_key;
  crypto::Signature binding;
};
using StateEpoch = crypto::ByteArray<proto::kStateEpochBytes>;  // counter u64, then opaque
struct RaiseStateEpoch {
  Id network_key;
  StateEpoch epoch;
};
struct PublishOneTimeKeys {
  Id network_key;
  OneTimeKeys keys;
  bool replace;
};
struct CountOneTimeKeys {
  Id network_key;
};
struct CreateQueue {
  Id network_key;
  NewQueue queue;
};
struct AddWriteKey {
  Id network_key;
  Id queue;
  WriteKey key;
};
struct RemoveWriteKey {
  Id network_key;
  Id queue;
  Id hash;
};
struct ReadPage {
  Id queue;
  std::uint64_t subscription;  // for which of the queue's readers
  Sequence after;
  storage::ReadLimits limits;
};
struct Subscribe {
  std::optional<Id> network_key;  // none: anonymous, for a rendezvous queue
  Id read_key_hash;
  ReadPage first;
};
struct Acknowledge {
  Id queue;  // whose reader this connection is: Relay has seen to that
  std::vector<storage::CellName> items;
};
struct CreateInvite {
  std::optional<Id> network_key;  // none: the operator
  Id token_hash;
  std::uint32_t uses;
  std::chrono::seconds lifetime;
};
struct ServerView {
  Id network_key;
};
struct DrawGrants {
  Id network_key;
  std::vector<Id> hashes;
};

// --- anonymous connections, and SendCell on own ones ---

using WriteKeyHash = Id;
struct Stamp {
  std::uint64_t nonce;  // not 0
};
struct SendCell {
  Id queue;
  std::variant<WriteKeyHash, Stamp> right;  // a Stamp that reaches the store is a good one
  EnvelopeId envelope_id;
  Id hash;  // of the cell
  Cell cell;
  std::optional<Id> network_key = {};  // of an own connection: to queues of the same account only
};
struct CreateGroupQueue {
  Id grant_hash;
  NewQueue queue;
};
struct ReadGroupQueue {
  Id queue;
  Id read_key_hash;
  Sequence after;
};
struct FetchBundle {
  Id account;
  Sequence after;
  bool one_time_keys;
};

// --- the relay's own, and ReadPage ---

// Also the operator's.
struct Count {};
struct Sweep {};
// A connection is gone: so is what was remembered about it.
struct Forget {
  ConnectionId connection;
};

}  // namespace op

using Action = std::variant<op::Register, op::PublishBundle, op::PublishList, op::AddDevice,
                            op::RaiseStateEpoch, op::PublishOneTimeKeys, op::CountOneTimeKeys,
                            op::CreateQueue, op::AddWriteKey, op::RemoveWriteKey, op::Subscribe,
                            op::Acknowledge, op::CreateInvite, op::ServerView, op::DrawGrants,
                            op::SendCell, op::CreateGroupQueue, op::ReadGroupQueue, op::FetchBundle,
                            op::ReadPage, op::Count, op::Sweep, op::Forget>;

struct Operation {
  Ticket ticket;
  Action action;
};

}  // namespace bisik::server
