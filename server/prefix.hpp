// The part of an address that one customer of a provider has: an IPv4 address, or the first 64 bits
// of an IPv6 one. What is limited by where it comes from is counted by it.
//
// Kept in memory alone, while somebody from there is connected and shortly after.
#pragma once

#include <array>
#include <boost/asio/ip/address.hpp>
#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "storage/types.hpp"

namespace bisik::server {

struct Prefix {
  std::array<std::uint8_t, 9> bytes;  // 4 or 6, then the address or half of it

  [[nodiscard]] storage::Id id() const;  // as a key of a Tally
  friend auto operator<=>(const Prefix&, const Prefix&) = default;
};

using SharedAddresses = std::vector<boost::asio::ip::address>;

[[nodiscard]] bool is_address(std::string_view text);
// Of texts that are addresses.
[[nodiscard]] SharedAddresses to_addresses(const std::vector<std::string>& texts);

// Nothing: many people share it. IPv4 inside IPv6 is IPv4.
[[nodiscard]] std::optional<Prefix> prefix_of(const boost::asio::ip::address& address,
                                              const SharedAddresses& shared);

}  // namespace bisik::server
