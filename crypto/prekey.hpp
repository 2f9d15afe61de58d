// The keys with which strangers start sessions, our own side: key pairs with a random number.
//
// SPK, PQSPK and SEAL are rotated weekly and named in the bundle (crypto/bundle.hpp); OPK and PQOPK
// serve once (crypto/one_time_keys.hpp). Each kind is a type of its own, so that a one-time key
// cannot stand where a signed prekey is expected. Private halves are written into a SecretBuffer
// and wiped with the object.
#pragma once

#include "crypto/dh.hpp"
#include "crypto/kem.hpp"
#include "crypto/secret_buffer.hpp"

namespace bisik::crypto {

// Random, so that it tells nobody how many keys were made before. Never 0.
using PrekeyId = std::uint64_t;
inline constexpr PrekeyId kNoPrekey = 0;

[[nodiscard]] PrekeyId random_prekey_id();

void write_pair(SecretBuffer& out, const DhKeyPair& pair);
void write_pair(SecretBuffer& out, const KemKeyPair& pair);
// A pair of zeros once the reader has failed.
template <class KeyPair>
[[nodiscard]] KeyPair read_pair(SecretReader& in);

template <class Tag, class KeyPair>
struct Prekey {
  struct Public {
    using Key = decltype(KeyPair::public_key);
    static constexpr std::size_t kSize = sizeof(PrekeyId) + Key::kSize;
    PrekeyId id;
    Key key;

    void encode(Encoder& out) const { out.append_int(id).append(key.bytes); }
    // malformed, or non_canonical_key.
    [[nodiscard]] static Result<Public> decode(Decoder& in) {
      const auto id = in.take_int<PrekeyId>();
      auto key = Key::parse(in.take(Key::kSize));
      if (in.failed() || id == kNoPrekey) return Errc::malformed;
      if (!key) return key.error();
      return Public{id, *key};
    }
    friend bool operator==(const Public&, const Public&) = default;
  };

  PrekeyId id;
  KeyPair pair;

  [[nodiscard]] static Prekey generate() { return {random_prekey_id(), KeyPair::generate()}; }
  [[nodiscard]] Public public_half() const { return {id, pair.public_key}; }

  void write(SecretBuffer& out) const {
    out.append_int(id);
    write_pair(out, pair);
  }
  [[nodiscard]] static Result<Prekey> read(SecretReader& in) {
    const auto id = in.take_int<PrekeyId>();
    auto pair = read_pair<KeyPair>(in);
    if (in.failed() || id == kNoPrekey) return Errc::malformed;
    return Prekey{id, std::move(pair)};
  }
};

using SignedPrekey = Prekey<struct SignedPrekeyTag, DhKeyPair>;       // SPK
using PqSignedPrekey = Prekey<struct PqSignedPrekeyTag, KemKeyPair>;  // PQSPK
using OneTimeKey = Prekey<struct OneTimeKeyTag, DhKeyPair>;           // OPK
using PqOneTimeKey = Prekey<struct PqOneTimeKeyTag, KemKeyPair>;      // PQOPK

// SEAL: hides from the relay who writes a first message. It has no number: each kept one is tried.
struct SealKey {
  struct Public {
    static constexpr std::size_t kSize = DhPublicKey::kSize + KemPublicKey::kSize;
    DhPublicKey dh;
    KemPublicKey kem;

    void encode(Encoder& out) const { out.append(dh.bytes).append(kem.bytes); }
    [[nodiscard]] static Result<Public> decode(Decoder& in);
    friend bool operator==(const Public&, const Public&) = default;
  };

  DhKeyPair dh;
  KemKeyPair kem;

  [[nodiscard]] static SealKey generate() {
    return {DhKeyPair::generate(), KemKeyPair::generate()};
  }
  [[nodiscard]] Public public_half() const { return {dh.public_key, kem.public_key}; }

  void write(SecretBuffer& out) const;
  [[nodiscard]] static Result<SealKey> read(SecretReader& in);
};

}  // namespace bisik::crypto
