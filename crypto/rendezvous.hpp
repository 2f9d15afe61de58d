// Where a new device and the primary meet before the one is the other's (docs/protocol.md 9.2): two
// queues that the primary creates, one for each direction, with everything that opens them. All of
// it follows from one secret, which the linking code shows: whoever has seen the code can read and
// write here too, so nothing here proves who wrote; the commitment and the digits do.
#pragma once

#include "crypto/capability.hpp"
#include "crypto/chain.hpp"
#include "crypto/write_key.hpp"

namespace bisik::crypto {

struct RendezvousQueue {
  QueueId id;
  Capability read_key;
  Capability write_key;
  MessageKey cell_key;  // may seal several cells: each has a salt of its own
};

struct Rendezvous {
  RendezvousQueue offer;   // from the primary to the new device
  RendezvousQueue answer;  // from the new device to the primary

  // HKDF("", r, label, 256): for each queue id | read key | write key | cell key, 32 bytes each.
  [[nodiscard]] static Rendezvous of(const Capability& secret);  // r
};

// A whole cell of that size, larger than content by kBodyOverhead at least: a body as in ratchet
// messages (crypto/message_key.hpp), bound to what it says.
[[nodiscard]] Bytes seal_rendezvous_cell(const MessageKey& key, ByteView associated,
                                         std::size_t cell_bytes, ByteView content);

// authentication_failed, malformed: as for open_body().
[[nodiscard]] Result<Bytes> open_rendezvous_cell(const MessageKey& key, ByteView associated,
                                                 ByteView cell);

}  // namespace bisik::crypto
