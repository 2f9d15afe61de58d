// TLS towards a server, as a client that polls sees it: over a stream that does not block, with the
// server's certificate and its name checked. Of OpenSSL nothing is seen outside of tls.cpp.
#pragma once

#include <poll.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace bisik::client {

// Whose certificates are believed.
class TlsTrust {
 public:
  // The certificates in this file and no others; empty: the system's. Throws Problem.
  explicit TlsTrust(const std::string& ca_file);
  TlsTrust(const TlsTrust&) = delete;
  TlsTrust& operator=(const TlsTrust&) = delete;
  ~TlsTrust();

 private:
  friend class TlsStream;
  struct Context;
  std::unique_ptr<Context> context_;
};

class TlsStream {
 public:
  // `stream` is connected and outlives this. `host`: a name or an address that the certificate has
  // to be for.
  TlsStream(const TlsTrust& trust, int stream, const std::string& host);
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;
  ~TlsStream();

  // Each returns nothing where it has to wait for events(), and throws nothing.
  // True: the server is the one that was meant. False: why_not() says what is wrong.
  [[nodiscard]] std::optional<bool> shake_hands();
  // How many bytes; 0: not any more.
  [[nodiscard]] std::optional<std::size_t> write(std::string_view bytes);
  [[nodiscard]] std::optional<std::size_t> read(char* bytes, std::size_t size);

  [[nodiscard]] short events() const noexcept { return events_; }
  // In words that fit behind "failed: ".
  [[nodiscard]] const std::string& why_not() const noexcept { return why_not_; }

 private:
  struct Connection;
  // Nothing: to be tried again. Otherwise it failed.
  [[nodiscard]] bool waits(int result);

  std::unique_ptr<Connection> connection_;
  short events_ = POLLOUT;
  std::string why_not_;
};

}  // namespace bisik::client
