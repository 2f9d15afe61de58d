// What a relay meets that lives and cannot take what comes: a full disk, more to do than there is
// time for, mailboxes that may hold next to nothing, somebody who reads next to nothing. Each ends
// by itself after a while.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/client_party.hpp"
#include "tests/simulation/relay_party.hpp"

namespace bisik::simulation {

// How often each was begun, and what the relay then had to do about it.
struct Strains {
  std::size_t full_disks = 0;
  std::size_t overloads = 0;
  std::size_t quotas = 0;
  std::size_t slow_readers = 0;
  Endured endured;

  Strains& operator+=(const Strains& other);
};
[[nodiscard]] std::string to_text(const Strains& strains);

class Straining {
 public:
  using Clients = std::vector<std::unique_ptr<ClientParty>>;
  Straining(World& world, RelayParty& relay, Network& network, const Clients& clients)
      : world_{world}, relay_{relay}, network_{network}, clients_{clients} {}

  void begin_one();
  void end_all();
  [[nodiscard]] Strains so_far() const;

 private:
  void until_later(std::function<void()> end);

  World& world_;
  RelayParty& relay_;
  Network& network_;
  const Clients& clients_;
  Strains begun_;
};

}  // namespace bisik::simulation
