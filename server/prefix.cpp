#include "server/prefix.hpp"

#include <algorithm>

namespace bisik::server {
namespace {

namespace ip = boost::asio::ip;

ip::address plain(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

}  // namespace

storage::Id Prefix::id() const {
  storage::Id id{};
  std::ranges::copy(bytes, id.begin());
  return id;
}

bool is_address(std::string_view text) {
  boost::system::error_code wrong;
  ip::make_address(std::string{text}, wrong);
  return !wrong;
}

SharedAddresses to_addresses(const std::vector<std::string>& texts) {
  SharedAddresses addresses;
  for (const auto& text : texts) addresses.push_back(plain(ip::make_address(text)));
  return addresses;
}

std::optional<Prefix> prefix_of(const ip::address& address, const SharedAddresses& shared) {
  const auto from = plain(address);
  if (std::ranges::find(shared, from) != shared.end()) return std::nullopt;
  Prefix prefix{};
  if (from.is_v4()) {
    prefix.bytes[0] = 4;
    std::ranges::copy(from.to_v4().to_bytes(), prefix.bytes.begin() + 1);
  } else {
    prefix.bytes[0] = 6;
    const auto bytes = from.to_v6().to_bytes();
    std::copy_n(bytes.begin(), 8, prefix.bytes.begin() + 1);
  }
  return prefix;
}

}  // namespace bisik::server
