// The encrypted channel between a client and a relay, once a handshake is over:
// docs/protocol.md 3.4.
//
//     record = length u16 | ciphertext | tag 16      one record is one frame is one message
//
// Each direction has its own key and counter; the key is replaced after every kRekeyRecords records
// of its direction (REKEY of the Noise specification), the counter goes on. Nothing here allocates
// but growing the caller's buffer. The first record that does not open breaks the channel: from
// then on both directions refuse, because nothing can be known about what was lost.
#pragma once

#include <cstdint>

#include "crypto/aead.hpp"
#include "crypto/bytes.hpp"
#include "crypto/secret.hpp"
#include "proto/error.hpp"
#include "proto/limits.hpp"

namespace bisik::proto {

using crypto::Bytes;
using crypto::ByteView;
using crypto::MutableBytes;

using CipherKey = crypto::Secret<struct CipherKeyTag, 32>;  // k

// One direction: a key and the number of its next message, n.
class Cipher {
 public:
  explicit Cipher(CipherKey key) : key_{std::move(key)} {}

  // `out` may begin where the input does: both work in place. A message that does not open does
  // not count.
  void seal(ByteView ad, ByteView plaintext, MutableBytes out);
  [[nodiscard]] bool open(ByteView ad, ByteView ciphertext, MutableBytes out);

 private:
  void advance();

  CipherKey key_;
  std::uint64_t count_ = 0;
};

class Channel {
 public:
  // Whose keys they are is the handshake's business: it is the only one that makes channels.
  Channel(CipherKey ours, CipherKey theirs)
      : sending_{std::move(ours)}, receiving_{std::move(theirs)} {}

  [[nodiscard]] static constexpr std::size_t record_bytes(std::size_t frame_bytes) noexcept {
    return kLengthBytes + frame_bytes + kRecordTagBytes;
  }

  // Appends the record that carries `frame` to `out`, so that several leave in one write.
  // too_large: over kMaxFrameBytes. broken_channel. Nothing was appended then.
  [[nodiscard]] Result<void> seal(ByteView frame, Bytes& out);

  // The same where the frame already lies in its record: record = kLengthBytes to be filled in,
  // the frame, kRecordTagBytes to be filled in.
  [[nodiscard]] Result<void> seal_in_place(MutableBytes record);

  // Opens a record without its length, in place; the frame is a part of `ciphertext`.
  // broken_channel: it is not the next record of this channel.
  [[nodiscard]] Result<MutableBytes> open(MutableBytes ciphertext);

 private:
  Cipher sending_;
  Cipher receiving_;
  bool broken_ = false;
};

}  // namespace bisik::proto
