#include "crypto/seal.hpp"

#include <cassert>

#include "crypto/aead.hpp"
#include "crypto/declassify.hpp"
#include "crypto/kdf.hpp"

namespace bisik::crypto {
namespace {

using CellKey = Secret<struct CellKeyTag, 32>;
using Commitment = Secret<struct CommitmentTag, 32>;

constexpr std::size_t kEncapsulationBytes = DhPublicKey::kSize + KemCiphertext::kSize;
constexpr std::size_t kPrefixBytes = kEncapsulationBytes + Commitment::kSize;
static_assert(kFirstMessageOverhead == kPrefixBytes + HandshakeFields::kSize + kTagBytes);

struct CommittedKey {
  CellKey key;
  Commitment commitment;
};

// `encapsulation` is E | kct.
CommittedKey derive(ByteView encapsulation, const SealKey::Public& seal, const SharedSecret& dh,
                    const KemSharedSecret& kem) {
  const auto salt = LabelledHash{label::kSealTranscript}
                        .update(encapsulation)
                        .update(seal.dh.bytes)
                        .update(seal.kem.bytes)
                        .finish();
  SecretBuffer input_key;
  input_key.append(dh).append(kem);
  auto [key, commitment] =
      derive_keys<CellKey, Commitment>(salt, input_key, label::kSealKeys.bytes());
  return {std::move(key), std::move(commitment)};
}

// Compares in constant time; that a cell ends here, everyone may see.
bool is_same(const Commitment& ours, ByteView theirs) {
  const auto different =
      static_cast<std::uint8_t>(sodium_memcmp(ours.expose().data(), theirs.data(), ours.kSize) & 1);
  declassify({&different, 1});
  return different == 0;
}

}  // namespace

Bytes seal_first_message(const SealKey::Public& theirs, const HandshakeFields& handshake,
                         ByteView ratchet_message) {
  const auto ephemeral = DhKeyPair::generate();  // E
  const auto shared_dh = agree(ephemeral.secret_key, theirs.dh);
  assert(shared_dh);
  const auto [ciphertext, shared_kem] = encapsulate(theirs.kem);

  Encoder prefix{kPrefixBytes};
  prefix.append(ephemeral.public_key.bytes).append(ciphertext.bytes);
  const auto [key, commitment] = derive(prefix.bytes(), theirs, *shared_dh, shared_kem);
  prefix.append(commitment.expose());

  Encoder plain{HandshakeFields::kSize + ratchet_message.size()};
  handshake.encode(plain);
  plain.append(ratchet_message);

  Bytes cell(kFirstMessageOverhead + ratchet_message.size());
  std::ranges::copy(prefix.bytes(), cell.begin());
  chacha::seal(key, chacha::kZeroNonce, prefix.bytes(), plain.bytes(),
               MutableBytes{cell}.subspan(kPrefixBytes));
  return cell;
}

Result<FirstMessage> open_first_message(const SealKey& ours, ByteView cell) {
  if (cell.size() < kFirstMessageOverhead) return Errc::malformed;
  Decoder in{cell.first(kEncapsulationBytes)};
  const auto ephemeral = DhPublicKey::parse(in.take(DhPublicKey::kSize));
  if (!ephemeral) return ephemeral.error();
  const KemCiphertext kem_ciphertext{in.take_array<KemCiphertext::kSize>()};
  const auto shared_dh = agree(ours.dh.secret_key, *ephemeral);
  if (!shared_dh) return shared_dh.error();

  const auto [key, commitment] = derive(cell.first(kEncapsulationBytes), ours.public_half(),
                                        *shared_dh, decapsulate(ours.kem.seed, kem_ciphertext));
  const auto prefix = cell.first(kPrefixBytes);
  if (!is_same(commitment, prefix.subspan(kEncapsulationBytes))) {
    return Errc::authentication_failed;
  }
  const auto ciphertext = cell.subspan(kPrefixBytes);
  Bytes plain(ciphertext.size() - kTagBytes);
  if (!chacha::open(key, chacha::kZeroNonce, prefix, ciphertext, plain)) {
    return Errc::authentication_failed;
  }

  declassify(plain);  // public keys, names of keys, and a ciphertext
  Decoder fields{plain};
  const auto handshake = HandshakeFields::decode(fields);
  if (!handshake) return handshake.error();
  const auto message = fields.take(fields.left());
  return FirstMessage{*handshake, Bytes{message.begin(), message.end()}};
}

}  // namespace bisik::crypto
