// A sequence of messages under one key, of which none can be altered, dropped, doubled, reordered
// or cut off unnoticed: libsodium's secretstream (XChaCha20-Poly1305), one message a call. The last
// one says that it is the last.
#pragma once

#include "crypto/secret_buffer.hpp"

namespace bisik::crypto {

using StreamKey = Secret<struct StreamKeyTag, 32>;
using StreamHeader = ByteArray<24>;

inline constexpr std::size_t kStreamOverhead = 17;  // what a sealed message is longer

// libsodium's state, which contains a key: wiped like one.
class StreamState {
 public:
  StreamState() = default;
  StreamState(StreamState&& other) noexcept : state_{other.state_} { other.wipe(); }
  StreamState& operator=(StreamState&&) = delete;
  ~StreamState() { wipe(); }

  [[nodiscard]] crypto_secretstream_xchacha20poly1305_state* get() noexcept { return &state_; }

 private:
  void wipe() noexcept { sodium_memzero(&state_, sizeof state_); }

  crypto_secretstream_xchacha20poly1305_state state_{};
};

enum class StreamPlace : std::uint8_t { before_the_last, last };

class StreamSealer {
 public:
  explicit StreamSealer(const StreamKey& key);

  [[nodiscard]] const StreamHeader& header() const noexcept { return header_; }
  // Nothing is sealed after the last.
  [[nodiscard]] Bytes seal(ByteView associated, const SecretBuffer& message, StreamPlace place);

 private:
  StreamHeader header_;
  StreamState state_;
};

class StreamOpener {
 public:
  struct Opened {
    SecretBuffer message;
    StreamPlace place;
  };

  StreamOpener(const StreamKey& key, const StreamHeader& header);

  // The next message. authentication_failed: altered, or not the next one of this stream; the same
  // can be tried again. malformed: a kind of message that StreamSealer does not make.
  [[nodiscard]] Result<Opened> open(ByteView associated, ByteView sealed);

 private:
  StreamState state_;
};

}  // namespace bisik::crypto
