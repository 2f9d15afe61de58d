// The private halves of the prekeys that we have published: SEAL, SPK and PQSPK, in generations
// that follow each other weekly, and the one-time keys.
//
// A generation is made and committed, then published; when the relay has it, the one before is
// superseded, and its halves are wiped kPrekeyRetention later: whoever fetched the old bundle may
// still use it (docs/protocol.md, 2.2).
#pragma once

#include "client/engine/identity.hpp"
#include "client/engine/one_time_pool.hpp"
#include "crypto/handshake.hpp"
#include "proto/relay.pb.h"

namespace bisik::client {

// In a bundle's capabilities: this device is the primary. Whoever restores the account from a
// backup removes it.
inline constexpr std::uint32_t kHoldsAccountKey = 1;

class KeyRing {
 public:
  // Everything that a bundle names, as it was at one moment.
  struct Generation {
    crypto::SealKey seal;
    crypto::SignedPrekey signed_prekey;
    crypto::PqSignedPrekey pq_signed_prekey;
    std::uint64_t superseded_ms;  // since when the relay has its successor; 0: it has not
  };

  // What a first message names.
  struct Named {
    const Generation& generation;
    std::optional<crypto::OneTimeKey> one_time_key;
    std::optional<crypto::PqOneTimeKey> pq_one_time_key;

    // As the handshake takes them: borrowed from here, from the ring and from `device`.
    [[nodiscard]] crypto::OurPrekeys of(const crypto::Device& device) const;
  };

  // Another generation, which published() confirms. Also the first.
  void generate(Step& step);
  // Another generation and other one-time keys, in place of all that there are: the relay forgets
  // what it has, and the old private halves but SEAL go as soon as it has confirmed that.
  void replace(Step& step);
  // As if there had never been one: what this was for is given up, and nobody has its public half.
  void discard(Step& step);
  [[nodiscard]] bool is_replacing_one_time_keys() const noexcept { return replaces_one_time_; }
  // A week has gone by, more or less, or the clock is not the one that said when.
  [[nodiscard]] bool is_due(const Step& step) const;
  [[nodiscard]] bool is_published() const noexcept { return published_; }
  // Names the newest generation, in a question to the relay.
  [[nodiscard]] crypto::PrekeyId newest() const { return generations_.back().signed_prekey.id; }
  // True: the relay had the newest generation, and hands out the bundle of another one now, by the
  // number of its SPK: a copy of this state has published it. It is to be published again.
  bool is_overtaken(Step& step, crypto::PrekeyId handed_out);
  // The relay has it. The numbers of the SPKs that went, if it replaces the others.
  std::vector<crypto::PrekeyId> published(Step& step, crypto::PrekeyId asked);
  // What nobody can use any more. The numbers of the SPKs that went.
  std::vector<crypto::PrekeyId> wipe(Step& step);

  // New one-time keys of the kinds of which the relay has few left.
  void make_one_time_keys(Step& step, std::uint32_t classical_left, std::uint32_t pq_left);
  [[nodiscard]] bool has_one_time_keys() const noexcept {
    return !one_time_.empty() || !pq_one_time_.empty();
  }
  // Those that the relay has not confirmed, as it takes them.
  [[nodiscard]] proto::pb::OneTimeKeys unsent_one_time_keys(const crypto::Device& device) const;
  // Asked when that was the newest generation: those before replace() are not those after it.
  void one_time_keys_sent(Step& step, crypto::PrekeyId asked);
  void one_time_keys_counted(Step& step, const proto::pb::OneTimeKeyCount& left);
  // Not at once, so that a relay cannot tell a refill from what it was for. 0: no refill is due.
  [[nodiscard]] std::uint64_t refill_ms() const noexcept { return refill_ms_; }
  void plan_refill(Step& step);

  [[nodiscard]] crypto::Bundle make_bundle(Identity& identity, Step& step) const;

  [[nodiscard]] const std::vector<Generation>& generations() const noexcept {
    return generations_;  // the newest is last
  }
  // Nothing if one of them is not ours any more.
  [[nodiscard]] std::optional<Named> find(const crypto::PrekeyIds& ids) const;
  // One-time keys go in the commit that stores what they opened.
  void use(const crypto::PrekeyIds& ids, Step& step);

  void load(const RowSource& rows);

 private:
  void replace_one_time_keys(Step& step);
  void save(Step& step) const;
  static void forget_prekeys(Generation& generation);

  std::vector<Generation> generations_;
  bool published_ = false;
  bool replaces_ = false;           // the older generations go with the next published()
  bool replaces_one_time_ = false;  // the relay still hands out others
  std::uint64_t renew_ms_ = 0;
  std::uint64_t refill_ms_ = 0;
  OneTimePool<crypto::OneTimeKey> one_time_;
  OneTimePool<crypto::PqOneTimeKey> pq_one_time_;
};

}  // namespace bisik::client
