#include "tests/proto/pattern_machine.hpp"

#include <map>

namespace bisik::proto {

std::optional<NoisePattern> noise_pattern(const std::string& name) {
  using enum Token;
  static const std::map<std::string, NoisePattern> kPatterns{
      {"N", {false, true, {{e, es}}}},
      {"K", {true, true, {{e, es, ss}}}},
      {"X", {false, true, {{e, es, s, ss}}}},
      {"NK", {false, true, {{e, es}, {e, ee}}}},
      {"XK", {false, true, {{e, es}, {e, ee}, {s, se}}}},
      {"KK", {true, true, {{e, es, ss}, {e, ee, se}}}},
      {"IK", {false, true, {{e, es, s, ss}, {e, ee, se}}}},
      {"XX", {false, false, {{e}, {e, ee, s, es}, {s, se}}}},
  };
  const auto found = kPatterns.find(name);
  if (found == kPatterns.end()) return std::nullopt;
  return found->second;
}

Party::Party(const std::string& protocol, const NoisePattern& pattern, bool is_initiator,
             ByteView prologue, Keys keys)
    : symmetric_{protocol, prologue}, is_initiator_{is_initiator}, ours_{std::move(keys)} {
  const auto mix_static = [&](bool is_ours) {
    symmetric_.mix_hash(is_ours ? ours_.s->public_key.bytes : ours_.rs->bytes);
  };
  if (pattern.knows_initiator) mix_static(is_initiator_);
  if (pattern.knows_responder) mix_static(!is_initiator_);
}

void Party::mix(Token token) {
  const auto& s = ours_.s;
  const auto& e = ours_.e;
  const bool uses_our_s = token == Token::ss || token == (is_initiator_ ? Token::se : Token::es);
  const bool uses_their_s = token == Token::ss || token == (is_initiator_ ? Token::es : Token::se);
  const auto shared =
      crypto::agree((uses_our_s ? s : e)->secret_key, uses_their_s ? *ours_.rs : *re_);
  symmetric_.mix_key(shared.value());
  is_keyed_ = true;
}

// Before there is a key, EncryptAndHash is MixHash.
void Party::seal(ByteView plaintext, Bytes& message) {
  if (is_keyed_) return symmetric_.seal(plaintext, message);
  message.insert(message.end(), plaintext.begin(), plaintext.end());
  symmetric_.mix_hash(plaintext);
}

std::optional<Bytes> Party::open(ByteView ciphertext) {
  if (is_keyed_) {
    auto plaintext = symmetric_.open(ciphertext);
    return plaintext ? std::optional{std::move(*plaintext)} : std::nullopt;
  }
  symmetric_.mix_hash(ciphertext);
  return Bytes{ciphertext.begin(), ciphertext.end()};
}

Bytes Party::write(const std::vector<Token>& tokens, ByteView payload) {
  Bytes message;
  for (const auto token : tokens) {
    if (token == Token::e) {
      const auto& e = ours_.e->public_key.bytes;
      message.insert(message.end(), e.begin(), e.end());
      symmetric_.mix_hash(e);
    } else if (token == Token::s) {
      seal(ours_.s->public_key.bytes, message);
    } else {
      mix(token);
    }
  }
  seal(payload, message);
  return message;
}

std::optional<crypto::DhPublicKey> Party::read_key(ByteView& message, bool is_sealed) {
  const auto size = crypto::DhPublicKey::kSize + (is_sealed && is_keyed_ ? kRecordTagBytes : 0);
  if (message.size() < size) return std::nullopt;
  const auto part = message.first(size);
  message = message.subspan(size);
  if (!is_sealed) {
    symmetric_.mix_hash(part);
    return crypto::DhPublicKey::parse(part).value();
  }
  const auto bytes = open(part);
  if (!bytes) return std::nullopt;
  return crypto::DhPublicKey::parse(*bytes).value();
}

std::optional<Bytes> Party::read(const std::vector<Token>& tokens, ByteView message) {
  for (const auto token : tokens) {
    if (token == Token::e) {
      re_ = read_key(message, false);
      if (!re_) return std::nullopt;
    } else if (token == Token::s) {
      ours_.rs = read_key(message, true);
      if (!ours_.rs) return std::nullopt;
    } else {
      mix(token);
    }
  }
  return open(message);
}

}  // namespace bisik::proto
