#include "client/cli/doors.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "client/api/same_user.hpp"
#include "client/cli/token_file.hpp"
#include "client/door/link.hpp"
#include "client/door/token_link.hpp"
#include "client/problem.hpp"

namespace bisik::client {
namespace {

constexpr const char* kDefaultTcp = "127.0.0.1:7583";
constexpr const char* kDefaultHttp = "127.0.0.1:8080";

std::filesystem::path path_of(const std::optional<std::string>& given,
                              const std::filesystem::path& folder, const char* name) {
  if (given && !given->empty()) return *given;
  return folder / name;
}

std::string or_default(const std::string& given, const char* usual) {
  return given.empty() ? usual : given;
}

// Answers are small and come one after the other: none waits for the next.
void send_at_once(const Descriptor& stream) {
  const int on = 1;
  setsockopt(stream.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

std::unique_ptr<Program> speak_lines(Tenants& tenants, Descriptor stream,
                                     const rpc::Conversation::Options& speech,
                                     Link::Caution caution) {
  auto out = copy_of(stream.get());
  if (!out) return nullptr;
  return std::make_unique<Link>(tenants, std::move(stream), std::move(out), speech, caution);
}

}  // namespace

Doors::Doors(const std::filesystem::path& folder, const DaemonOptions& options, Tenants& tenants)
    : tenants_{tenants},
      speech_{.receives = options.receive_mode != "manual",
              .accounts = tenants.names(),
              .relay = options.link} {
  rules_.accounts = speech_.accounts;
  rules_.receives = speech_.receives;
  if (options.socket) socket_.emplace(path_of(options.socket, folder, "rpc.sock"));
  if (options.tcp) tcp_.emplace(or_default(*options.tcp, kDefaultTcp));
  if (options.http) http_.emplace(or_default(*options.http, kDefaultHttp));
  if (!options.no_token && (tcp_ || http_)) {
    rules_.token = read_or_make_token(path_of(options.token_file, folder, "rpc.token"));
  }
}

void Doors::open(Host& host) {
  if (socket_) {
    host.listen(socket_->take_listener(), [this](Descriptor stream) -> std::unique_ptr<Program> {
      if (!is_same_user(stream.get())) return nullptr;
      return speak_lines(tenants_, std::move(stream), speech_, Link::Caution::none);
    });
  }
  if (tcp_) open_tcp(host);
  if (!http_) return;
  host.listen(http_->take_listener(), [this](Descriptor stream) -> std::unique_ptr<Program> {
    send_at_once(stream);
    auto out = copy_of(stream.get());
    if (!out) return nullptr;
    return std::make_unique<HttpLink>(tenants_, std::move(stream), std::move(out), rules_);
  });
}

void Doors::open_tcp(Host& host) {
  host.listen(tcp_->take_listener(), [this](Descriptor stream) -> std::unique_ptr<Program> {
    send_at_once(stream);
    if (!rules_.token)
      return speak_lines(tenants_, std::move(stream), speech_, Link::Caution::browsers);
    return std::make_unique<TokenLink>(tenants_, std::move(stream), *rules_.token, speech_);
  });
}

SafeText Doors::words() const {
  SafeText all;
  if (socket_) all += SafeText{", bots at "} + SafeText::line(socket_->path().string());
  if (tcp_) all += SafeText{", bots at "} + SafeText::line(tcp_->address());
  if (http_) all += SafeText{", bots at http://"} + SafeText::line(http_->address());
  return all;
}

}  // namespace bisik::client
