#include "client/door/token_link.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "client/door/limits.hpp"
#include "client/rpc/http.hpp"

namespace bisik::client {
namespace {

// 43 characters, an end of line of one or two, and some room to be wrong in.
constexpr std::size_t kMaxTokenLine = 64;

}  // namespace

TokenLink::TokenLink(Tenants& tenants, Descriptor stream, crypto::Capability token,
                     rpc::Conversation::Options options)
    : tenants_{tenants},
      stream_{std::move(stream)},
      token_{token},
      options_{std::move(options)},
      deadline_{Clock::now() + kRequestTakes} {}

void TokenLink::add_waits(std::vector<pollfd>& waits) const {
  if (link_) return link_->add_waits(waits);
  waits.push_back({stream_.get(), POLLIN, 0});
}

std::optional<TokenLink::Clock::time_point> TokenLink::wakes_at() const {
  return link_ ? std::nullopt : std::optional{deadline_};
}

void TokenLink::go_on() {
  if (!link_) read_token();
  if (link_) return link_->go_on();
  if (Clock::now() >= deadline_) gone_ = true;
}

// One byte at a time: what stands behind the line is for the link.
void TokenLink::read_token() {
  std::array<char, 1> byte{};
  while (!gone_ && !link_) {
    const auto got = recv(stream_.get(), byte.data(), 1, MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (got <= 0 || said_.size() >= kMaxTokenLine) {
      gone_ = true;
    } else if (byte[0] != '\n') {
      said_ += byte[0];
    } else {
      admit();
    }
  }
}

void TokenLink::admit() {
  if (said_.ends_with('\r')) said_.pop_back();
  auto out = copy_of(stream_.get());
  gone_ = !out || !rpc::knows(said_, token_);
  if (gone_) return;
  link_ = std::make_unique<Link>(tenants_, std::move(stream_), std::move(out), std::move(options_));
}

void TokenLink::stop() {
  if (link_) return link_->stop();
  gone_ = true;
}

bool TokenLink::over() const { return link_ ? link_->over() : gone_; }

}  // namespace bisik::client
