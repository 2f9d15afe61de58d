// The private halves of the prekeys that we have published: SEAL, SPK and PQSPK, and the one-time
// keys that nobody has used yet.
//
// Of the latter there are many, most starts of a client ask for none, and a public half takes tens
// of microseconds to compute: they stay as their rows have them until a first message names one.
#pragma once

#include <map>

#include "client/engine/identity.hpp"
#include "crypto/handshake.hpp"
#include "crypto/one_time_keys.hpp"
#include "proto/relay.pb.h"

namespace bisik::client {

class KeyRing {
 public:
  // Everything that a bundle names, as it was at one moment.
  struct Generation {
    crypto::SealKey seal;
    crypto::SignedPrekey signed_prekey;
    crypto::PqSignedPrekey pq_signed_prekey;
    std::uint64_t made_ms;
  };

  // What a first message names.
  struct Named {
    const Generation& generation;
    std::optional<crypto::OneTimeKey> one_time_key;
    std::optional<crypto::PqOneTimeKey> pq_one_time_key;

    // As the handshake takes them: borrowed from here, from the ring and from `device`.
    [[nodiscard]] crypto::OurPrekeys of(const crypto::Device& device) const;
  };
  using Unused = std::map<crypto::PrekeyId, crypto::SecretBuffer>;  // rows

  // The first generation. The newest is last.
  void generate(Step& step);
  // A batch of one-time keys: private halves into rows, public halves as the relay takes them.
  [[nodiscard]] proto::pb::OneTimeKeys make_one_time_keys(const crypto::Device& device, Step& step);
  [[nodiscard]] bool has_one_time_keys() const noexcept { return !one_time_.empty(); }
  // The same keys again, for a registration that has to be repeated.
  [[nodiscard]] proto::pb::OneTimeKeys public_one_time_keys(const crypto::Device& device) const;
  [[nodiscard]] crypto::Bundle make_bundle(Identity& identity, Step& step) const;

  [[nodiscard]] const std::vector<Generation>& generations() const noexcept { return generations_; }
  // Nothing if one of them is not ours any more.
  [[nodiscard]] std::optional<Named> find(const crypto::PrekeyIds& ids) const;
  // One-time keys go in the commit that stores what they opened.
  void use(const crypto::PrekeyIds& ids, Step& step);

  void load(const RowSource& rows);

 private:
  void save(Step& step) const;

  std::vector<Generation> generations_;
  Unused one_time_;
  Unused pq_one_time_;
};

}  // namespace bisik::client
