#include "proto/symmetric_state.hpp"

#include <algorithm>
#include <cassert>

#include "crypto/kdf.hpp"
#include "crypto/secret_buffer.hpp"

namespace bisik::proto {
namespace {

crypto::Hash padded(std::string_view protocol_name) {
  crypto::Hash hash{};
  assert(protocol_name.size() <= hash.size());
  std::ranges::copy(crypto::as_bytes(protocol_name), hash.begin());
  return hash;
}

}  // namespace

SymmetricState::SymmetricState(std::string_view protocol_name, ByteView prologue)
    : hash_{padded(protocol_name)}, chaining_key_{ChainingKey::fill([this](auto out) {
        std::ranges::copy(hash_, out.begin());
      })} {
  mix_hash(prologue);
}

void SymmetricState::mix_hash(ByteView part) { hash_ = crypto::sha256(hash_, part); }

void SymmetricState::mix_key(const crypto::SharedSecret& dh) {
  crypto::SecretBuffer input;
  input.append(dh);
  auto [next, key] = crypto::derive_keys<ChainingKey, CipherKey>(chaining_key_, input, {});
  chaining_key_ = std::move(next);
  cipher_.emplace(std::move(key));
}

void SymmetricState::seal(ByteView plaintext, Bytes& message) {
  assert(cipher_);
  const auto before = message.size();
  message.resize(before + plaintext.size() + kRecordTagBytes);
  const auto sealed = MutableBytes{message}.subspan(before);
  cipher_->seal(hash_, plaintext, sealed);
  mix_hash(sealed);
}

Result<Bytes> SymmetricState::open(ByteView ciphertext) {
  assert(cipher_);
  if (ciphertext.size() < kRecordTagBytes) return Errc::handshake_failed;
  Bytes plaintext(ciphertext.size() - kRecordTagBytes);
  if (!cipher_->open(hash_, ciphertext, plaintext)) return Errc::handshake_failed;
  mix_hash(ciphertext);
  return plaintext;
}

SymmetricState::Split SymmetricState::split() && {
  auto [initiator, responder] =
      crypto::derive_keys<CipherKey, CipherKey>(chaining_key_, crypto::SecretBuffer{}, {});
  return {std::move(initiator), std::move(responder), hash_};
}

}  // namespace bisik::proto
