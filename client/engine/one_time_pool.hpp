// The private halves of the one-time keys of one kind that nobody has used yet.
//
// There are many, most starts of a client ask for none, and a public half takes tens of
// microseconds to compute: they stay as their rows have them until a first message names one.
//
// A key is made, uploaded, handed out by the relay in the order of its making, and used. Whoever
// got one may take long to use it, so a key that the relay has no more is kept for
// kPrekeyRetention. Which those are the relay says, by how many it has left and which of them goes
// last.
#pragma once

#include <map>
#include <optional>

#include "client/engine/step.hpp"
#include "crypto/one_time_keys.hpp"

namespace bisik::client {

template <class Key>  // crypto::OneTimeKey or crypto::PqOneTimeKey
class OneTimePool {
 public:
  // So many new keys; none where kMaxOneTimeKeysKept are waiting already: somebody empties the
  // relay.
  void make(std::size_t count, Step& step);
  [[nodiscard]] bool empty() const noexcept { return keys_.empty(); }

  // Entries of what the relay has not confirmed yet: the same bytes each time.
  [[nodiscard]] std::string unsent(const crypto::Device& device) const;
  // The relay hands out a key that is not here: a later state than this has uploaded it.
  [[nodiscard]] bool is_foreign(std::uint32_t left, crypto::PrekeyId last) const {
    return left != 0 && !keys_.contains(last);
  }
  [[nodiscard]] bool has_unsent() const { return last_order() > sent_up_to_; }
  // It is here, and the relay has not confirmed it yet.
  [[nodiscard]] bool is_unsent(crypto::PrekeyId id) const {
    const auto found = keys_.find(id);
    return found != keys_.end() && found->second.order > sent_up_to_;
  }
  // The relay hands none of them out any more; somebody may have got one before.
  void retire(Step& step);
  // All go: others may have a copy of them, or know those that we do not.
  void drop(Step& step);
  // The relay has taken all of it.
  void sent() { sent_up_to_ = last_order(); }
  // What the relay has left, and the number of the key that it will hand out last. What cannot be
  // true of our keys changes nothing.
  void counted(std::uint32_t left, crypto::PrekeyId last, Step& step);

  [[nodiscard]] std::optional<Key> find(crypto::PrekeyId id) const;
  void use(crypto::PrekeyId id, Step& step);
  // Those that the relay had handed out kPrekeyRetention ago.
  void wipe(Step& step);

  [[nodiscard]] std::uint64_t sent_up_to() const noexcept { return sent_up_to_; }
  void set_sent_up_to(std::uint64_t order) { sent_up_to_ = order; }
  // A row of another kind: false. Throws if it does not decode.
  [[nodiscard]] bool load(const crypto::SecretBuffer& row);

 private:
  struct Kept {
    std::uint64_t order;       // in which they were made, from 1
    std::uint64_t gone_ms;     // since when the relay has it no more; 0: it has, or never had
    crypto::SecretBuffer key;  // number and secret
  };
  [[nodiscard]] std::uint64_t last_order() const;
  [[nodiscard]] std::map<std::uint64_t, crypto::PrekeyId> by_order() const;
  static void put(crypto::PrekeyId id, const Kept& kept, Step& step);

  std::map<crypto::PrekeyId, Kept> keys_;
  std::uint64_t sent_up_to_ = 0;
};

extern template class OneTimePool<crypto::OneTimeKey>;
extern template class OneTimePool<crypto::PqOneTimeKey>;

}  // namespace bisik::client
