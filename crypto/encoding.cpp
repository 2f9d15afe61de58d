#include "crypto/encoding.hpp"

namespace bisik::crypto {

Encoder& Encoder::append_time(UnixTime time) {
  const auto seconds =
      std::clamp(time.time_since_epoch(), std::chrono::seconds{0}, kMaxUnixTime).count();
  return append_int(static_cast<std::uint64_t>(seconds));
}

ByteView Decoder::take(std::size_t n) noexcept {
  if (failed_ || n > rest_.size()) {
    failed_ = true;
    return {};
  }
  const auto part = rest_.first(n);
  rest_ = rest_.subspan(n);
  return part;
}

UnixTime Decoder::take_time() noexcept {
  const auto latest = static_cast<std::uint64_t>(kMaxUnixTime.count());
  const auto seconds = take_int_between<std::uint64_t>(0, latest);
  return UnixTime{std::chrono::seconds{failed_ ? 0 : static_cast<std::int64_t>(seconds)}};
}

}  // namespace bisik::crypto
