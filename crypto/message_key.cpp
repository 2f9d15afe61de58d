#include "crypto/message_key.hpp"

#include <cassert>

#include "crypto/declassify.hpp"
#include "crypto/labels.hpp"

namespace bisik::crypto {
namespace {

constexpr std::size_t kSaltBytes = std::tuple_size_v<BodySalt>;
constexpr std::size_t kPrefixBytes = kSaltBytes + kCommitBytes;

using BodyKey = Secret<struct BodyKeyTag, 32>;

struct CommittedKey {
  BodyKey key;
  ByteArray<kCommitBytes> commit;
};

CommittedKey derive(const MessageKey& key, const BodyContext& context, ByteView salt) {
  const auto tag = context.kem_part.last(std::min(context.kem_part.size(), kTagBytes));
  Encoder input{context.associated.size() + context.header.size() + tag.size()};
  input.append(context.associated).append(context.header).append(tag);

  const auto derived = Secret<struct CommittedKeyTag, 64>::fill([&](auto out) {
    const int status = crypto_generichash_blake2b_salt_personal(
        out.data(), out.size(), input.bytes().data(), input.bytes().size(), key.expose().data(),
        key.kSize, salt.data(), personal::kMessage.data());
    assert(status == 0);
    static_cast<void>(status);
  });
  const auto bytes = derived.expose();
  CommittedKey committed{
      BodyKey::fill([&](auto out) { std::ranges::copy(bytes.first<32>(), out.begin()); }), {}};
  std::ranges::copy(bytes.last<kCommitBytes>(), committed.commit.begin());
  return committed;
}

// Compares in constant time; that a message ends here, everyone may see.
bool is_same(const ByteArray<kCommitBytes>& ours, ByteView theirs) {
  const auto different = sodium_memcmp(ours.data(), theirs.data(), kCommitBytes);
  declassify(different);
  return different == 0;
}

// AD and everything on the wire before the ciphertext. `prefix` is salt and commitment.
Bytes all_before(const BodyContext& context, ByteView prefix) {
  Encoder out{context.associated.size() + context.header.size() + context.kem_part.size() +
              prefix.size()};
  out.append(context.associated).append(context.header).append(context.kem_part).append(prefix);
  return std::move(out).bytes();
}

// Pads within `out`, of which the first content.size() bytes become the content.
void pad(ByteView content, MutableBytes out) {
  assert(content.size() < out.size());
  std::ranges::copy(content, out.begin());
  std::size_t padded = 0;
  const int status = sodium_pad(&padded, out.data(), content.size(), out.size(), out.size());
  assert(status == 0 && padded == out.size());
  static_cast<void>(status);
}

}  // namespace

void seal_body(MessageKey&& consumed, const BodyContext& context, const BodySalt& salt,
               ByteView content, MutableBytes out) {
  assert(out.size() >= content.size() + kBodyOverhead);
  const MessageKey key = std::move(consumed);  // wiped on return: one key, one message
  const auto [body_key, commit] = derive(key, context, salt);
  std::ranges::copy(salt, out.begin());
  std::ranges::copy(commit, out.begin() + kSaltBytes);

  const auto ciphertext = out.subspan(kPrefixBytes);
  const auto plaintext = ciphertext.first(ciphertext.size() - kTagBytes);
  pad(content, plaintext);
  chacha::seal(body_key, chacha::kZeroNonce, all_before(context, out.first(kPrefixBytes)),
               plaintext, ciphertext);  // in place
}

Result<Bytes> open_body(const MessageKey& key, const BodyContext& context, ByteView body) {
  if (body.size() < kBodyOverhead) return Errc::malformed;
  const auto [body_key, commit] = derive(key, context, body.first(kSaltBytes));
  if (!is_same(commit, body.subspan(kSaltBytes, kCommitBytes))) return Errc::authentication_failed;

  const auto ciphertext = body.subspan(kPrefixBytes);
  Bytes content(ciphertext.size() - kTagBytes);
  if (!chacha::open(body_key, chacha::kZeroNonce, all_before(context, body.first(kPrefixBytes)),
                    ciphertext, content)) {
    return Errc::authentication_failed;
  }
  std::size_t size = 0;
  const auto status = sodium_unpad(&size, content.data(), content.size(), content.size());
  declassify(status);
  declassify(size);
  if (status != 0) return Errc::malformed;
  content.resize(size);
  return content;
}

}  // namespace bisik::crypto
