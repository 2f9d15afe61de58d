// Any pattern of the Noise specification, spoken with our SymmetricState by reading its tokens. It
// exists to run published vectors of patterns that no production code uses.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "proto/symmetric_state.hpp"

namespace bisik::proto {

enum class Token { e, s, ee, es, se, ss };

struct NoisePattern {
  bool knows_initiator;  // -> s before the first message
  bool knows_responder;  // <- s before the first message
  std::vector<std::vector<Token>> messages;
  [[nodiscard]] bool is_one_way() const { return messages.size() == 1; }
};

// Nothing for a pattern that is not in the table.
[[nodiscard]] std::optional<NoisePattern> noise_pattern(const std::string& name);

// One side of a handshake.
class Party {
 public:
  struct Keys {
    std::optional<crypto::DhKeyPair> s, e;
    std::optional<crypto::DhPublicKey> rs;
  };
  Party(const std::string& protocol, const NoisePattern& pattern, bool is_initiator,
        ByteView prologue, Keys keys);

  [[nodiscard]] Bytes write(const std::vector<Token>& tokens, ByteView payload);
  [[nodiscard]] std::optional<Bytes> read(const std::vector<Token>& tokens, ByteView message);
  [[nodiscard]] SymmetricState::Split split() && { return std::move(symmetric_).split(); }

 private:
  void mix(Token token);
  void seal(ByteView plaintext, Bytes& message);
  [[nodiscard]] std::optional<Bytes> open(ByteView ciphertext);
  [[nodiscard]] std::optional<crypto::DhPublicKey> read_key(ByteView& message, bool is_sealed);

  SymmetricState symmetric_;
  bool is_initiator_;
  bool is_keyed_ = false;
  Keys ours_;
  std::optional<crypto::DhPublicKey> re_;
};

}  // namespace bisik::proto
