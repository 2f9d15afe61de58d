#include "client/lookup.hpp"

#include <netdb.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>

#include "client/signals.hpp"

namespace bisik::client {
namespace {

std::optional<Endpoints> look_up(const std::string& host, std::uint16_t port, int flags) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0) return {};
  Endpoints endpoints;
  for (const auto* each = found; each != nullptr; each = each->ai_next) {
    auto& endpoint = endpoints.emplace_back();
    endpoint.resize(each->ai_addrlen);
    std::memcpy(endpoint.data(), each->ai_addr, each->ai_addrlen);
  }
  freeaddrinfo(found);
  return endpoints;
}

}  // namespace

struct Lookup::Shared {
  Descriptor done{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::mutex mutex;
  std::optional<Endpoints> found;

  void finish(Endpoints endpoints) {
    {
      const std::scoped_lock lock{mutex};
      found = std::move(endpoints);
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(done.get(), &one, sizeof one);
  }
};

Lookup::Lookup(std::string host, std::uint16_t port) : shared_{std::make_shared<Shared>()} {
  if (auto address = look_up(host, port, AI_NUMERICHOST)) {
    shared_->finish(std::move(*address));
    return;
  }
  try {
    std::thread{[shared = shared_, host = std::move(host), port] {
      Signals::block_in_this_thread();
      shared->finish(look_up(host, port, AI_ADDRCONFIG).value_or(Endpoints{}));
    }}.detach();
  } catch (const std::system_error&) {  // no more threads
    shared_->finish({});
  }
}

int Lookup::fd() const noexcept { return shared_->done.get(); }

std::optional<Endpoints> Lookup::take() {
  const std::scoped_lock lock{shared_->mutex};
  return shared_->found;
}

}  // namespace bisik::client
