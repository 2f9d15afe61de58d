#include "proto/host.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "proto/limits.hpp"

namespace bisik::proto {
namespace {

constexpr std::size_t kMaxLabelBytes = 63;  // RFC 1035, 2.3.4

Result<std::string> normal_ipv6(const std::string& host) {
  in6_addr address{};
  if (inet_pton(AF_INET6, host.c_str(), &address) != 1) return Errc::bad_host;
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, &address, text.data(), text.size());
  return std::string{text.data()};
}

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabelBytes && label.front() != '-' &&
         label.back() != '-' && std::ranges::all_of(label, is_name_character);
}

bool is_name(std::string_view name) {
  for (;;) {
    const auto dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

// What only looks like an address must not reach a resolver, which would take "1" for 0.0.0.1.
bool ends_in_number(std::string_view name) {
  const auto last = name.substr(name.rfind('.') + 1);
  return std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_ipv4(const std::string& host) {
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

}  // namespace

Result<std::string> normal_host(std::string_view host) {
  if (host.size() > kMaxHostBytes) return Errc::host_too_long;
  if (host.find('\0') != std::string_view::npos) return Errc::bad_host;  // inet_pton stops there
  std::string normal{host};
  std::ranges::transform(normal, normal.begin(), to_lower);
  if (normal.find(':') != std::string::npos) return normal_ipv6(normal);
  if (!is_name(normal)) return Errc::bad_host;
  if (ends_in_number(normal) && !is_ipv4(normal)) return Errc::bad_host;
  return normal;
}

}  // namespace bisik::proto
