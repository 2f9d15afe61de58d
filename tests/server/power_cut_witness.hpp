// A whole relay at work on a disk that loses power: people come with invites, send, fetch keys,
// read, acknowledge, draw grants and spend them, take devices in and remove them again, all of it
// as requests in the order in which they are sent, several in a batch. What a response has said
// must be there after the cut.
//
// For PowerCutTrial (tests/storage/power_cut_trial.hpp). Two people, the first of whom has a second
// device now and then.
#pragma once

#include <map>
#include <random>
#include <set>

#include "tests/server/devices.hpp"
#include "tests/server/grants.hpp"

namespace bisik::server {

class PowerCutWitness {
 public:
  struct Waiting {
    storage::Sequence sequence;
    storage::EnvelopeId envelope;

    bool operator==(const Waiting&) const = default;
  };
  struct Mailbox {
    storage::Sequence next_sequence = 1;
    std::vector<Waiting> waiting = {};

    bool operator==(const Mailbox&) const = default;
  };
  using Place = std::size_t;  // 0 and 1: a person's; kTablet: of the second device
  struct State {
    std::set<Place> invited;          // by a token that nobody has used
    std::set<Place> registered;       // a network key is known
    storage::Sequence list = 0;       // of the first person; 0: none
    crypto::DeviceNumber tablet = 0;  // the second device's number; 0: none
    std::map<Place, Mailbox> mailboxes;
    std::map<Place, std::int64_t> one_time_keys;
    std::set<std::size_t> grants;  // drawn and not spent
    std::set<std::size_t> groups;  // queues that are paid, each with the grant of its number

    bool operator==(const State&) const = default;
  };

  explicit PowerCutWitness(storage::Synchronous synchronous) : synchronous_{synchronous} {}

  State promised;
  State possible;

  [[nodiscard]] State read(const std::string& vfs) const;
  void work(const std::string& vfs, std::mt19937_64& rng);
  void adopt(const State& state) { promised = possible = state; }

 private:
  static constexpr Place kTablet = 2;
  static constexpr Place kPlaces = 3;

  // One life of the relay, and who is connected to it.
  struct Life {
    World world;
    std::mt19937_64& rng;
    State next = {};  // with the batch that is being put together
    ConnectionId stranger = 0;
    std::map<Place, ConnectionId> connections = {};
    std::set<Place> readers = {};                        // of their own mailboxes
    std::map<Place, std::vector<pb::Cell>> pushed = {};  // and not acknowledged
    std::vector<std::pair<ConnectionId, std::uint64_t>> asked = {};

    [[nodiscard]] std::uint64_t below(std::uint64_t end) const { return rng() % end; }
    void ask(ConnectionId from, pb::Request request) {
      asked.emplace_back(from, world.request(from, std::move(request)));
    }
    void forget(Place place) {
      connections.erase(place);
      readers.erase(place);
      pushed.erase(place);
    }
  };

  [[nodiscard]] storage::RelayStoreOptions options(const std::string& vfs) const;
  [[nodiscard]] storage::Id mailbox(Place place, crypto::DeviceNumber tablet) const;
  void read_person(storage::RelayStore& store, Place place, State& state) const;
  void read_mailbox(storage::RelayStore& store, Place place, crypto::DeviceNumber tablet,
                    State& state) const;

  void commit_some(Life& life);
  void settle(Life& life);
  void connect_readers(Life& life);
  void do_something(Life& life);
  void come(Life& life, Place place);
  void send(Life& life, Place place);
  void acknowledge(Life& life, Place place);
  void use_keys(Life& life, Place place);
  void use_grants(Life& life);
  void change_devices(Life& life);
  void make_mailbox(Life& life);
  void remember(Life& life, const crypto::DeviceList& list);

  storage::Synchronous synchronous_;
  std::array<Resident, 2> people_;
  std::map<crypto::DeviceNumber, FurtherDevice> tablets_;  // by number
  std::vector<crypto::Capability> grants_;
  std::vector<GroupQueue> groups_;  // as many
  std::map<storage::Sequence, crypto::DeviceList> lists_{
      {people_[0].list.sequence(), people_[0].list}};
};

}  // namespace bisik::server
