#include "client/hook/tls.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <climits>
#include <new>

#include "client/problem.hpp"

namespace bisik::client {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeConnection {
  void operator()(SSL* connection) const { SSL_free(connection); }
};

bool is_address(const std::string& host) {
  in6_addr address;
  return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

// Of two certificates of one name, and of one for another name, OpenSSL's own words say little.
std::string words_of(long verified) {
  switch (verified) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the server's certificate is for another host";
    default:
      return std::string{"the server's certificate is not trusted: "} +
             X509_verify_cert_error_string(verified);
  }
}

int bounded(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

struct TlsTrust::Context {
  std::unique_ptr<SSL_CTX, FreeContext> ssl{SSL_CTX_new(TLS_client_method())};
};

struct TlsStream::Connection {
  std::unique_ptr<SSL, FreeConnection> ssl;
};

TlsTrust::TlsTrust(const std::string& ca_file) : context_{std::make_unique<Context>()} {
  auto* ssl = context_->ssl.get();
  if (ssl == nullptr) throw std::bad_alloc{};
  SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const bool is_set = SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) == 1;
  const bool trusts = ca_file.empty() ? SSL_CTX_set_default_verify_paths(ssl) == 1
                                      : SSL_CTX_load_verify_file(ssl, ca_file.c_str()) == 1;
  ERR_clear_error();
  if (is_set && trusts) return;
  throw Problem{ExitCode::user,
                ca_file.empty() ? std::string{"The system's certificates cannot be read."}
                                : "There is no certificate that can be read in " + ca_file + "."};
}

TlsTrust::~TlsTrust() = default;

TlsStream::TlsStream(const TlsTrust& trust, int stream, const std::string& host)
    : connection_{std::make_unique<Connection>()} {
  connection_->ssl.reset(SSL_new(trust.context_->ssl.get()));
  auto* ssl = connection_->ssl.get();
  if (ssl == nullptr) throw std::bad_alloc{};
  const bool is_set = is_address(host)
                          ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1
                          : SSL_set_tlsext_host_name(ssl, host.c_str()) == 1 &&
                                SSL_set1_host(ssl, host.c_str()) == 1;
  // Never without a name to check: one that cannot be set is no reason to believe anybody.
  if (!is_set || SSL_set_fd(ssl, stream) != 1) why_not_ = "TLS cannot be spoken with that host";
}

TlsStream::~TlsStream() = default;

bool TlsStream::waits(int result) {
  switch (SSL_get_error(connection_->ssl.get(), result)) {
    case SSL_ERROR_WANT_READ:
      events_ = POLLIN;
      return true;
    case SSL_ERROR_WANT_WRITE:
      events_ = POLLOUT;
      return true;
    default:
      return false;
  }
}

std::optional<bool> TlsStream::shake_hands() {
  if (!why_not_.empty()) return false;
  ERR_clear_error();
  auto* ssl = connection_->ssl.get();
  const auto result = SSL_connect(ssl);
  if (result == 1) return true;
  if (waits(result)) return std::nullopt;
  const auto verified = SSL_get_verify_result(ssl);
  why_not_ =
      verified == X509_V_OK ? "the server speaks no TLS that is served here" : words_of(verified);
  ERR_clear_error();
  return false;
}

std::optional<std::size_t> TlsStream::write(std::string_view bytes) {
  ERR_clear_error();
  const auto result = SSL_write(connection_->ssl.get(), bytes.data(), bounded(bytes.size()));
  if (result > 0) return static_cast<std::size_t>(result);
  if (waits(result)) return std::nullopt;
  return 0;
}

std::optional<std::size_t> TlsStream::read(char* bytes, std::size_t size) {
  ERR_clear_error();
  const auto result = SSL_read(connection_->ssl.get(), bytes, bounded(size));
  if (result > 0) return static_cast<std::size_t>(result);
  if (waits(result)) return std::nullopt;
  return 0;
}

}  // namespace bisik::client
