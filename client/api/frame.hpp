// client/api on a stream: how the commands of a profile and its owner cut what they say.
//
//     frame = length u32 | one protobuf message
//
// Both ends are processes of the same person, but one may be of another version or mistaken: a
// length above the limit ends the connection before anything is allocated for it.
#pragma once

#include <google/protobuf/message_lite.h>

#include <optional>

#include "crypto/bytes.hpp"

namespace bisik::client {

// A message of the largest size with its recipients; and, in the other direction, one message or
// one row of the relay's.
inline constexpr std::size_t kMaxRequestBytes = 128 * 1024;
inline constexpr std::size_t kMaxReplyBytes = 256 * 1024;

void append_frame(crypto::Bytes& out, const google::protobuf::MessageLite& message);

class FrameReader {
 public:
  explicit FrameReader(std::size_t max_bytes) : max_bytes_{max_bytes} {}

  // Where the next bytes go; never empty. What next() returned is gone.
  [[nodiscard]] crypto::MutableBytes space();
  void received(std::size_t n) { end_ += n; }

  // The next message's bytes, valid until space(). Nothing: more is needed, or broken().
  [[nodiscard]] std::optional<crypto::ByteView> next();
  [[nodiscard]] bool has_next() const;
  // A frame was longer than it may be: nothing more can be read.
  [[nodiscard]] bool broken() const noexcept { return broken_; }

 private:
  std::size_t max_bytes_;
  crypto::Bytes buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool broken_ = false;
};

}  // namespace bisik::client
