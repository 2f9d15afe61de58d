#include "client/engine/private_address.hpp"

#include <algorithm>
#include <array>

namespace bisik::client {
namespace {

using Ipv4 = crypto::ByteArray<4>;
using Ipv6 = crypto::ByteArray<16>;

template <std::size_t kBytes>
struct Block {
  crypto::ByteArray<kBytes> first;
  unsigned bits;  // of the prefix
};

constexpr std::array<Block<4>, 9> kIpv4{{
    {{0}, 8},
    {{10}, 8},
    {{100, 64}, 10},  // shared: carrier NAT
    {{127}, 8},
    {{169, 254}, 16},  // link-local
    {{172, 16}, 12},
    {{192, 0, 0}, 24},  // between a customer and his carrier
    {{192, 168}, 16},
    {{224}, 3},  // multicast, reserved, broadcast
}};
constexpr std::array<Block<16>, 6> kIpv6{{
    {{}, 127},                                   // unspecified and loopback
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48},  // NAT64 within one network
    {{0xfc}, 7},                                 // unique local
    {{0xfe, 0x80}, 10},                          // link-local
    {{0xfe, 0xc0}, 10},                          // site-local, of before
    {{0xff}, 8},                                 // multicast
}};

// An IPv4 address that stands in one of IPv6.
struct Embedding {
  Block<16> block;
  std::size_t at;
};
constexpr std::array<Embedding, 4> kEmbeddings{{
    {{{}, 96}, 12},                                          // compatible, of before
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96}, 12},  // mapped
    {{{0x00, 0x64, 0xff, 0x9b}, 96}, 12},                    // NAT64
    {{{0x20, 0x02}, 16}, 2},                                 // 6to4
}};

template <std::size_t kBytes>
bool contains(const Block<kBytes>& block, const crypto::ByteArray<kBytes>& ip) {
  const auto whole = static_cast<std::ptrdiff_t>(block.bits / 8);
  if (!std::equal(ip.begin(), ip.begin() + whole, block.first.begin())) return false;
  const auto rest = block.bits % 8;
  if (rest == 0) return true;
  const auto at = static_cast<std::size_t>(whole);
  return ((ip[at] ^ block.first[at]) >> (8 - rest)) == 0;
}

template <class Blocks, class Ip>
bool is_in(const Blocks& blocks, const Ip& ip) {
  return std::ranges::any_of(blocks, [&](const auto& block) { return contains(block, ip); });
}

}  // namespace

bool is_private(const Ipv4& ip) { return is_in(kIpv4, ip); }

bool is_private(const Ipv6& ip) {
  if (is_in(kIpv6, ip)) return true;
  return std::ranges::any_of(kEmbeddings, [&](const Embedding& each) {
    if (!contains(each.block, ip)) return false;
    Ipv4 inner;
    std::copy_n(ip.begin() + static_cast<std::ptrdiff_t>(each.at), inner.size(), inner.begin());
    return is_private(inner);
  });
}

}  // namespace bisik::client
