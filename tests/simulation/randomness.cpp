#include "tests/simulation/randomness.hpp"

#include <sodium.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace bisik::simulation {
namespace {

PartyRandom* drawer = nullptr;
bool starting = false;

void draw(void* out, std::size_t size) {
  if (drawer != nullptr) return drawer->draw(out, size);
  if (!starting) throw std::logic_error{"randomness was drawn outside of any party"};
  std::memset(out, 1, size);  // libsodium's own canaries
}

std::uint32_t draw_word() {
  std::uint32_t word = 0;
  draw(&word, sizeof word);
  return word;
}

const char* name() { return "bisik simulation"; }

randombytes_implementation implementation{name, draw_word, nullptr, nullptr, draw, nullptr};

void install() {
  static const bool installed = [] {
    starting = true;
    const bool done = randombytes_set_implementation(&implementation) == 0 && sodium_init() >= 0;
    starting = false;
    return done;
  }();
  if (!installed) throw std::runtime_error{"libsodium's randomness could not be replaced"};
}

}  // namespace

PartyRandom::PartyRandom(std::uint64_t seed, std::uint64_t party) : seed_{seed}, party_{party} {
  install();
}

void PartyRandom::draw(void* out, std::size_t size) {
  std::array<std::uint8_t, crypto_stream_chacha20_KEYBYTES> key{};
  std::memcpy(key.data(), &seed_, sizeof seed_);
  std::memcpy(key.data() + sizeof seed_, &party_, sizeof party_);
  std::array<std::uint8_t, crypto_stream_chacha20_NONCEBYTES> nonce{};
  ++drawn_;
  std::memcpy(nonce.data(), &drawn_, sizeof drawn_);
  crypto_stream_chacha20(static_cast<unsigned char*>(out), size, nonce.data(), key.data());
}

DrawingFrom::DrawingFrom(PartyRandom& party) : before_{drawer} { drawer = &party; }
DrawingFrom::~DrawingFrom() { drawer = before_; }

}  // namespace bisik::simulation
