#include "crypto/receiving_chain.hpp"

#include <cassert>

namespace bisik::crypto {

void KnownChain::write(SecretBuffer& out) const {
  out.append(header_key).append(dh.bytes).append_int(static_cast<std::uint8_t>(carries));
  skipped.write(out);
}

Result<KnownChain> KnownChain::read(SecretReader& in) {
  auto header_key = in.take_secret<HeaderKey>();
  const auto dh = DhPublicKey::parse(in.take(DhPublicKey::kSize));
  const auto carries = parse_contents(in.take_int<std::uint8_t>());
  auto skipped = SkippedKeys::read(in);
  if (in.failed()) return Errc::malformed;
  if (!dh) return dh.error();
  if (!carries) return carries.error();
  if (!skipped) return skipped.error();
  return KnownChain{std::move(header_key), *dh, *carries, std::move(*skipped)};
}

void ReceivingChain::write(SecretBuffer& out) const {
  known.write(out);
  out.append(key).append_int(next_index);
}

Result<ReceivingChain> ReceivingChain::read(SecretReader& in) {
  auto known = KnownChain::read(in);
  if (!known) return known.error();
  auto key = in.take_secret<ChainKey>();
  const auto next_index = in.take_int<std::uint32_t>();
  if (in.failed()) return Errc::malformed;
  return ReceivingChain{std::move(*known), std::move(key), next_index};
}

void PastChain::write(SecretBuffer& out) const {
  known.write(out);
  out.append_time(ended);
}

Result<PastChain> PastChain::read(SecretReader& in) {
  auto known = KnownChain::read(in);
  if (!known) return known.error();
  const auto ended = in.take_time();
  if (in.failed()) return Errc::malformed;
  return PastChain{std::move(*known), ended};
}

Skipped skip(const ChainKey& key, std::uint32_t from, std::uint32_t until, UnixTime now) {
  assert(from <= until && until - from <= kMaxSkip);
  Skipped skipped{{}, key.duplicate()};
  for (auto index = from; index < until; ++index) {
    auto [next, message_key] = step(skipped.next);
    skipped.keys.add(index, std::move(message_key), now);
    skipped.next = std::move(next);
  }
  return skipped;
}

}  // namespace bisik::crypto
