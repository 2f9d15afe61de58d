// A connection as the Switchboard sees it: something that takes messages and can be ended. Sealing,
// framing and sockets are behind it.
#pragma once

#include <cstddef>

#include "crypto/bytes.hpp"

namespace bisik::server {

class Line {
 public:
  virtual ~Line() = default;

  // Queues one message behind those that are waiting. Nothing is written before flush(), so that
  // what belongs together leaves in one write.
  virtual void send(crypto::ByteView message) = 0;
  virtual void flush() = 0;
  [[nodiscard]] virtual std::size_t unsent_bytes() const = 0;
  // Ends it once everything queued has been written. The Switchboard hears of the end later.
  virtual void finish() = 0;
  // Ends it now.
  virtual void cut() = 0;
};

}  // namespace bisik::server
