// A relay without sockets, threads or clocks, and the people who use it: what the tests of the
// relay's logic are written in. Requests are executed when the test says so, in one batch.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>

#include "server/batch.hpp"
#include "server/relay.hpp"
#include "storage/sqlite_relay_store.hpp"
#include "tests/crypto/people.hpp"

namespace bisik::server {

namespace pb = proto::pb;

inline const storage::RelayStoreOptions kNoDisk{.path = ":memory:"};

// Carries a Relay's effects out: frames into inboxes, operations into the next batch.
class World : public BatchEvents {
 public:
  World() = default;
  explicit World(const Limits& chosen, const storage::RelayStoreOptions& options = kNoDisk)
      : limits{chosen}, store{options} {}

  Limits limits;
  storage::SqliteRelayStore store{kNoDisk};
  crypto::DhPublicKey relay_key = crypto::DhKeyPair::generate().public_key;
  Clerk clerk{store, limits, relay_key};
  Relay relay{limits};
  Time now{.wall = crypto::kNow};

  ConnectionId connect_anonymous();
  ConnectionId connect_local();
  ConnectionId connect_own(const crypto::DhPublicKey& network_key,
                           const crypto::HandshakeHash& handshake = {});
  void disconnect(ConnectionId connection);

  // Numbered by the world. Nothing is executed yet.
  std::uint64_t request(ConnectionId from, pb::Request request);
  void frame(ConnectionId from, crypto::ByteView bytes);
  // One batch with all that waits. False: nothing waited.
  bool run_one_batch() { return run_one_batch_on(store); }
  bool run_one_batch_on(storage::RelayStore& other);
  void settle() {  // until nothing waits
    while (run_one_batch()) {
    }
  }
  void pass(std::chrono::seconds time);  // and one tick

  // request(), settle(), and the response to it, which must be there.
  pb::Response ask(ConnectionId from, pb::Request request);

  [[nodiscard]] std::deque<pb::FromRelay>& inbox(ConnectionId of) { return inboxes_[of]; }
  [[nodiscard]] std::vector<pb::Cell> take_pushes(ConnectionId of);
  [[nodiscard]] std::optional<pb::Response> take_response(ConnectionId of, std::uint64_t number);
  [[nodiscard]] bool is_closed(ConnectionId connection) const {
    return closed_.contains(connection);
  }
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }

  // Between executing and committing: what a test wants to see or spoil.
  std::function<void()> before_commit = [] {};

 private:
  void executed(std::vector<Outcome> outcomes) override;
  void committed() override { carry_out(relay.on_committed()); }
  void undone() override { carry_out(relay.on_undone()); }
  void carry_out(Effects effects);

  std::vector<Operation> waiting_;
  std::map<ConnectionId, std::deque<pb::FromRelay>> inboxes_;
  std::set<ConnectionId> closed_;
  ConnectionId last_connection_ = 0;
  std::uint64_t last_number_ = 0;
};

// Somebody with an account (once register_at() has been answered), and what a client knows of it.
struct Resident : crypto::Person {
  crypto::DhKeyPair network = crypto::DhKeyPair::generate();
  crypto::QueueId mailbox = crypto::QueueId::random();
  crypto::QueueId knock = crypto::QueueId::random();
  crypto::Capability read_key = crypto::Capability::random();
  crypto::Capability write_key = crypto::Capability::random();
  crypto::Capability invite = crypto::Capability::random();
  crypto::HandshakeHash handshake{1, 2, 3};
  crypto::DeviceList list = first_list();
  crypto::Bundle signed_bundle = make_bundle(7);

  [[nodiscard]] crypto::Bundle make_bundle(std::uint64_t sequence) const;
  [[nodiscard]] pb::Request registration(const crypto::DhPublicKey& relay_key) const;
  [[nodiscard]] pb::Request subscription() const;
  [[nodiscard]] pb::Request subscription(const crypto::QueueId& queue) const;

  // Opens an own connection, with an invite in the store, and registers on it.
  ConnectionId register_at(World& world) const;
  ConnectionId reconnect(World& world) const {
    return world.connect_own(network.public_key, handshake);
  }
};

void add_invite(World& world, const crypto::Capability& token, std::uint32_t uses = 1,
                std::chrono::seconds lifetime = std::chrono::hours{24});

// A cell of the smallest size, all of whose bytes are `mark`; its envelope id is random.
[[nodiscard]] pb::Request cell_for(const Resident& reader, std::uint8_t mark);
[[nodiscard]] pb::Request cell_for(const crypto::QueueId& queue,
                                   const crypto::Capability& write_key, std::uint8_t mark);
// Of whom the mailbox is.
[[nodiscard]] pb::Request adding_key(const Resident& owner, const crypto::Capability& key,
                                     std::uint32_t cells, std::chrono::seconds lifetime);
[[nodiscard]] pb::Request removing_key(const Resident& owner, const crypto::Capability& key);
[[nodiscard]] pb::Request acknowledgement(const std::vector<pb::Cell>& cells);
[[nodiscard]] std::vector<std::uint8_t> marks(const std::vector<pb::Cell>& cells);

[[nodiscard]] pb::Request one_time_keys(const crypto::Device& device, std::size_t classical,
                                        std::size_t post_quantum);
[[nodiscard]] inline pb::Request one_time_keys(const Resident& resident, std::size_t classical,
                                               std::size_t post_quantum) {
  return one_time_keys(resident.device, classical, post_quantum);
}
[[nodiscard]] pb::Request fetch(const Resident& target, bool one_time_keys = true);

void put(std::string& field, crypto::ByteView bytes);

}  // namespace bisik::server
