// libsodium's randomness, replaced: each party draws from a stream of its own, so that what one
// does never changes what another gets, and the same seed gives the same bytes everywhere.
#pragma once

#include <cstdint>

namespace bisik::simulation {

// One party's stream: ChaCha20 under a key made of seed and party.
class PartyRandom {
 public:
  PartyRandom(std::uint64_t seed, std::uint64_t party);

  void draw(void* out, std::size_t size);
  // How much so far; and from there again, as no machine should.
  [[nodiscard]] std::uint64_t drawn() const noexcept { return drawn_; }
  void draw_again_from(std::uint64_t drawn) noexcept { drawn_ = drawn; }

 private:
  std::uint64_t seed_;
  std::uint64_t party_;
  std::uint64_t drawn_ = 0;  // blocks
};

// While one lives, libsodium draws from its party. They nest like calls.
class DrawingFrom {
 public:
  explicit DrawingFrom(PartyRandom& party);
  DrawingFrom(const DrawingFrom&) = delete;
  DrawingFrom& operator=(const DrawingFrom&) = delete;
  ~DrawingFrom();

 private:
  PartyRandom* before_;
};

}  // namespace bisik::simulation
