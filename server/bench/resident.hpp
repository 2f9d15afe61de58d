// Somebody with an account at the relay that is measured, and the requests that they make. Keys and
// signatures are real; what is in a cell is random bytes, which a relay cannot tell from a message.
#pragma once

#include "crypto/bundle.hpp"
#include "crypto/device_list.hpp"
#include "server/bench/client.hpp"

namespace bisik::server::bench {

class Resident {
 public:
  enum class OneTimeKeys { none, full_batches };
  // Makes all keys and signs all that does not depend on a connection.
  Resident(const crypto::Capability& invite, OneTimeKeys keys);

  [[nodiscard]] const crypto::DhKeyPair& network_key() const noexcept { return network_; }

  // On a connection with this handshake.
  [[nodiscard]] pb::Request& registration(const crypto::Hash& handshake,
                                          const crypto::DhPublicKey& relay_key);
  [[nodiscard]] pb::Request subscription() const;
  // Creates a queue into which so many may write.
  [[nodiscard]] static pb::Request queue_for(std::uint32_t writers);
  // Of a cell for this mailbox; envelope id and content are still to be filled in.
  [[nodiscard]] pb::Request cell() const;
  // Of nothing yet.
  [[nodiscard]] pb::Request acknowledgement() const;

 private:
  [[nodiscard]] crypto::Bundle bundle() const;
  void add_one_time_keys(pb::OneTimeKeys& keys) const;
  void add_queue(const crypto::QueueId& queue, pb::QueueKind kind, pb::Register& wanted) const;

  crypto::AccountKey account_ = crypto::AccountKey::generate();
  crypto::Device device_;
  crypto::DhKeyPair network_ = crypto::DhKeyPair::generate();
  crypto::QueueId mailbox_ = crypto::QueueId::random();
  crypto::QueueId knock_ = crypto::QueueId::random();
  crypto::Capability read_key_ = crypto::Capability::random();
  crypto::Capability write_key_ = crypto::Capability::random();
  pb::Request registration_;
};

inline void put(std::string& field, crypto::ByteView bytes) { field = crypto::as_text(bytes); }

// Opens a connection, registers on it, and closes it. Throws Problem.
[[nodiscard]] boost::asio::awaitable<void> register_at(boost::asio::io_context& io,
                                                       const RelayProcess& relay,
                                                       Resident& resident);

}  // namespace bisik::server::bench
