// Bytes of a stream, taken apart into HTTP requests by Boost.Beast. Memory is bounded: a request
// that is too large, or none, ends the reading.
#pragma once

#include <memory>

#include "client/rpc/http.hpp"

namespace bisik::client {

class HttpReader {
 public:
  HttpReader();
  ~HttpReader();

  void add(std::string_view bytes);
  // The next request, if all of it is there.
  [[nodiscard]] std::optional<rpc::HttpRequest> next();

  // A part of a request is there.
  [[nodiscard]] bool has_begun() const noexcept { return !bytes_.empty() || begun_; }
  // The status that says why nothing more can be read; 0: it can.
  [[nodiscard]] int failure() const noexcept { return failure_; }

 private:
  struct Parser;

  void start();

  std::unique_ptr<Parser> parser_;
  std::string bytes_;
  bool begun_ = false;
  int failure_ = 0;
};

}  // namespace bisik::client
