// SymmetricState of the Noise specification, section 5.2: what both sides have said so far (h), and
// the keys that come of it (ck, and k with its counter).
//
// Only for patterns like ours, where nothing is encrypted before the first DH: seal and open assert
// that there is a key.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/dh.hpp"
#include "crypto/hash.hpp"
#include "proto/channel.hpp"

namespace bisik::proto {

class SymmetricState {
 public:
  // protocol_name: at most 32 characters.
  SymmetricState(std::string_view protocol_name, ByteView prologue);

  void mix_hash(ByteView part);
  void mix_key(const crypto::SharedSecret& dh);

  // EncryptAndHash: appends ciphertext and tag to `message`.
  void seal(ByteView plaintext, Bytes& message);
  // DecryptAndHash. handshake_failed: altered, or by somebody who has not the same keys.
  [[nodiscard]] Result<Bytes> open(ByteView ciphertext);

  struct Split {
    CipherKey initiator;  // encrypts what the initiator sends
    CipherKey responder;
    crypto::Hash handshake_hash;
  };
  [[nodiscard]] Split split() &&;

 private:
  using ChainingKey = crypto::Secret<struct ChainingKeyTag, 32>;

  crypto::Hash hash_;         // h
  ChainingKey chaining_key_;  // ck
  std::optional<Cipher> cipher_;
};

}  // namespace bisik::proto
