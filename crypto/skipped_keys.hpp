// The message keys of one chain whose messages have not come yet (docs/protocol.md 6.5).
//
// Keys enter in the order of their chain, each with the time at which it was derived, and leave
// when their message has opened, when they are kSkippedKeyLifetime old, or when a session keeps too
// many. Whatever leaves is wiped.
#pragma once

#include <map>

#include "crypto/chain.hpp"
#include "crypto/secret_buffer.hpp"

namespace bisik::crypto {

class SkippedKeys {
 public:
  void add(std::uint32_t index, MessageKey key, UnixTime now);
  // Takes over what was derived after all that is here. Allocates nothing, so it cannot fail.
  void absorb(SkippedKeys&& newer) noexcept { kept_.merge(newer.kept_); }

  // nullptr: never skipped, already used, or too old. Valid until the next change.
  [[nodiscard]] const MessageKey* find(std::uint32_t index, UnixTime now) const noexcept;
  void use_up(std::uint32_t index) noexcept { kept_.erase(index); }

  void forget_expired(UnixTime now) noexcept;
  void forget_oldest(std::size_t count) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return kept_.size(); }

  // count u32, then for each: N u32 | time u64 | MK 32.
  void write(SecretBuffer& out) const;
  // malformed: too short, too many, or not in order.
  [[nodiscard]] static Result<SkippedKeys> read(SecretReader& in);

 private:
  struct Kept {
    MessageKey key;
    UnixTime derived;
  };
  std::map<std::uint32_t, Kept> kept_;  // by N; a node never moves, so a key has one place
};

}  // namespace bisik::crypto
