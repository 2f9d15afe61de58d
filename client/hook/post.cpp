#include "client/hook/post.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "client/descriptor.hpp"
#include "client/hook/limits.hpp"
#include "client/lookup.hpp"

namespace bisik::client {
namespace {

class Post final : public Errand {
 public:
  // `trust`: null without TLS.
  Post(const WebhookUrl& url, const TlsTrust* trust, std::string request,
       Clock::time_point deadline)
      : host_{url.host},
        trust_{trust},
        request_{std::move(request)},
        deadline_{deadline},
        lookup_{url.host, url.port} {}

  std::optional<Ending> go_on() override {
    if (Clock::now() >= deadline_) return Ending{"no answer in time"};
    if (!addresses_ && !(addresses_ = lookup_.take())) return std::nullopt;
    if (!stream_) {
      if (auto why_not = connect_next()) return Ending{why_not};
    }
    if (connecting_ && !is_connected()) return std::nullopt;
    if (!stream_) return std::nullopt;  // the next address, at once
    if (trust_ != nullptr && !agreed_) {
      if (!tls_) tls_.emplace(*trust_, stream_.get(), host_);
      const auto agreed = tls_->shake_hands();
      if (!agreed) return std::nullopt;
      if (!*agreed) return Ending{tls_->why_not()};
      agreed_ = true;
    }
    write();
    return sent_ == request_.size() ? read() : std::nullopt;
  }

  void add_waits(std::vector<pollfd>& waits) const override {
    if (!addresses_) {
      waits.push_back({lookup_.fd(), POLLIN, 0});
    } else if (stream_ && tls_) {
      waits.push_back({stream_.get(), tls_->events(), 0});
    } else if (stream_) {
      const bool writes = connecting_ || sent_ < request_.size();
      waits.push_back({stream_.get(), static_cast<short>(writes ? POLLOUT : POLLIN), 0});
    }
  }

  Clock::time_point wakes_at() const override {
    return addresses_ && !stream_ ? Clock::now() : deadline_;
  }

 private:
  // What is said if there is no address left.
  std::optional<std::string> connect_next() {
    if (addresses_->empty()) return "there is no such host";
    if (next_ == addresses_->size()) return why_not_;
    const auto& address = (*addresses_)[next_++];
    const auto* where = address.data();
    stream_ = Descriptor{socket(where->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    const auto size = static_cast<socklen_t>(address.size());
    connecting_ = stream_ && ::connect(stream_.get(), where, size) != 0;
    if (!stream_ || (connecting_ && errno != EINPROGRESS)) fail_here(errno);
    return std::nullopt;
  }

  void fail_here(int error) {
    why_not_ = std::strerror(error);
    stream_.close();
    connecting_ = false;
  }

  bool is_connected() {
    pollfd writable{stream_.get(), POLLOUT, 0};
    if (poll(&writable, 1, 0) <= 0) return false;
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(stream_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) fail_here(error);
    connecting_ = false;
    return true;
  }

  void write() {
    while (sent_ < request_.size()) {
      const auto sent = send_some(std::string_view{request_}.substr(sent_));
      if (!sent) return;
      // Who answers before he has read everything may have closed: his answer counts.
      sent_ = *sent == 0 ? request_.size() : sent_ + *sent;
    }
  }

  // Nothing: not now. 0: not any more.
  std::optional<std::size_t> send_some(std::string_view bytes) {
    if (tls_) return tls_->write(bytes);
    for (;;) {
      const auto sent = send(stream_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0) return static_cast<std::size_t>(sent);
      if (errno == EAGAIN) return std::nullopt;
      if (errno != EINTR) return 0;
    }
  }

  std::optional<std::size_t> receive_some(char* bytes, std::size_t size) {
    if (tls_) return tls_->read(bytes, size);
    for (;;) {
      const auto got = recv(stream_.get(), bytes, size, 0);
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno == EAGAIN) return std::nullopt;
      if (errno != EINTR) return 0;
    }
  }

  std::optional<Ending> read() {
    std::array<char, 1'024> bytes;
    for (;;) {
      const auto got = receive_some(bytes.data(), bytes.size());
      if (!got) return std::nullopt;
      if (*got == 0) return Ending{"the connection ended without an answer"};
      answer_.append(bytes.data(), *got);
      if (const auto status = webhook_status(answer_)) return ending(*status);
    }
  }

  static Ending ending(int status) {
    if (status >= 200 && status < 300) return {};
    return {status == 0 ? "the answer is not HTTP" : "HTTP " + std::to_string(status)};
  }

  std::string host_;
  const TlsTrust* trust_;
  std::string request_;
  Clock::time_point deadline_;
  Lookup lookup_;
  std::optional<Endpoints> addresses_ = {};
  std::size_t next_ = 0;  // address
  Descriptor stream_ = {};
  std::optional<TlsStream> tls_ = {};  // over stream_
  bool agreed_ = false;                // who the server is
  bool connecting_ = false;
  std::string why_not_ = "it cannot be reached";
  std::size_t sent_ = 0;
  std::string answer_ = {};
};

}  // namespace

std::unique_ptr<Errand> Posts::begin(const std::string& json, Errand::Clock::time_point deadline) {
  return std::make_unique<Post>(url_, trust_.get(), webhook_request(url_, secret_, json), deadline);
}

}  // namespace bisik::client
