#include "tests/simulation/world.hpp"

#include "crypto/hex.hpp"

namespace bisik::simulation {

// 2026-01-05: far from 1970, so that "a year off" is in the past as well as in the future.
World::World(std::uint64_t seed)
    : seed_{seed}, rng_{seed}, now_{std::chrono::sys_days{std::chrono::January / 5 / 2026}} {
  crypto_generichash_init(&trace_, nullptr, 0, 16);
}

bool World::chance(double probability) {
  return static_cast<double>(rng_() >> 11U) * 0x1.0p-53 < probability;
}

Duration World::between(Duration least, Duration most) {
  return least + Duration{below(static_cast<std::uint64_t>((most - least).count()) + 1)};
}

void World::after(Duration delay, std::function<void()> event) {
  events_.emplace(now_ + delay, std::move(event));
}

bool World::step(Time end) {
  if (events_.empty() || events_.begin()->first > end) return false;
  auto next = events_.extract(events_.begin());
  now_ = next.key();
  next.mapped()();
  return true;
}

void World::run_until(Time end) {
  while (step(end)) {
  }
  now_ = end;
}

void World::trace(std::string_view what, crypto::ByteView bytes) {
  const auto when = now_.time_since_epoch().count();
  crypto_generichash_update(&trace_, reinterpret_cast<const std::uint8_t*>(&when), sizeof when);
  crypto_generichash_update(&trace_, crypto::as_bytes(what).data(), what.size());
  crypto_generichash_update(&trace_, bytes.data(), bytes.size());
}

std::string World::trace_hash() const {
  auto copy = trace_;
  crypto::ByteArray<16> hash;
  crypto_generichash_final(&copy, hash.data(), hash.size());
  return crypto::to_hex(hash);
}

}  // namespace bisik::simulation
