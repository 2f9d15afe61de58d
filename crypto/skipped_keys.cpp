#include "crypto/skipped_keys.hpp"

#include <iterator>

namespace bisik::crypto {
namespace {

bool is_expired(UnixTime derived, UnixTime now) { return now - derived > kSkippedKeyLifetime; }

}  // namespace

void SkippedKeys::add(std::uint32_t index, MessageKey key, UnixTime now) {
  kept_.emplace_hint(kept_.end(), index, Kept{std::move(key), now});
}

const MessageKey* SkippedKeys::find(std::uint32_t index, UnixTime now) const noexcept {
  const auto found = kept_.find(index);
  if (found == kept_.end() || is_expired(found->second.derived, now)) return nullptr;
  return &found->second.key;
}

// Looks no further than the first that stays: the oldest stand in front, but for a clock that was
// set back, and then find() still refuses what has expired.
void SkippedKeys::forget_expired(UnixTime now) noexcept {
  while (!kept_.empty() && is_expired(kept_.begin()->second.derived, now)) {
    kept_.erase(kept_.begin());
  }
}

void SkippedKeys::forget_oldest(std::size_t count) noexcept {
  const auto n = static_cast<std::ptrdiff_t>(std::min(count, kept_.size()));
  kept_.erase(kept_.begin(), std::next(kept_.begin(), n));
}

void SkippedKeys::write(SecretBuffer& out) const {
  out.append_int(static_cast<std::uint32_t>(kept_.size()));
  for (const auto& [index, kept] : kept_) {
    out.append_int(index).append_time(kept.derived).append(kept.key);
  }
}

Result<SkippedKeys> SkippedKeys::read(SecretReader& in) {
  SkippedKeys keys;
  const auto count = in.take_int_between<std::uint32_t>(0, kMaxSkippedKeys);
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    const auto index = in.take_int<std::uint32_t>();
    const auto derived = in.take_time();
    auto key = in.take_secret<MessageKey>();
    if (!keys.kept_.empty() && index <= keys.kept_.rbegin()->first) return Errc::malformed;
    keys.add(index, std::move(key), derived);
  }
  if (in.failed()) return Errc::malformed;
  return keys;
}

}  // namespace bisik::crypto
