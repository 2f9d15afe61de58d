#include "tests/model/named_randomness.hpp"

#include <sodium.h>

#include <cstring>
#include <optional>
#include <stdexcept>

namespace bisik::model {
namespace {

std::optional<Bytes> given;  // none: zeros
std::size_t taken = 0;

void draw(void* out, std::size_t size) {
  std::memset(out, 0, size);
  if (!given) return;
  if (size > given->size() - taken) throw std::logic_error{"more was drawn than has a name"};
  std::memcpy(out, given->data() + taken, size);
  taken += size;
}

std::uint32_t draw_word() {
  std::uint32_t word = 0;
  draw(&word, sizeof word);
  return word;
}

const char* name() { return "bisik model"; }

randombytes_implementation implementation{name, draw_word, nullptr, nullptr, draw, nullptr};

}  // namespace

Bytes random_bytes(Source& source, std::size_t size) {
  Bytes bytes(size);
  for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t)) {
    const std::uint64_t word = source();
    std::memcpy(bytes.data() + at, &word, std::min(sizeof word, size - at));
  }
  return bytes;
}

std::size_t below(Source& source, std::size_t bound) { return source() % bound; }

NamedRandomness::NamedRandomness(const Json& values, std::span<const Draw> names) {
  if (given) throw std::logic_error{"randomness was named twice"};
  Bytes bytes;
  for (const auto& [field, size] : names) {
    const auto value = bytes_of(values, field);
    if (value.size() != size) throw std::runtime_error{std::string{field} + " has another length"};
    bytes.insert(bytes.end(), value.begin(), value.end());
  }
  given = std::move(bytes);
  taken = 0;
}

NamedRandomness::~NamedRandomness() noexcept(false) {
  const auto left = given->size() - taken;
  given.reset();
  if (left != 0 && std::uncaught_exceptions() == 0) {
    throw std::logic_error{"less was drawn than has a name"};
  }
}

void NamedRandomness::complete(Json& values, std::span<const Draw> names, Source& source) {
  for (const auto& [field, size] : names) {
    if (!values.contains(field)) values[field] = to_json(random_bytes(source, size));
  }
}

void NamedRandomness::install() {
  if (randombytes_set_implementation(&implementation) != 0 || sodium_init() < 0) {
    throw std::runtime_error{"libsodium's randomness could not be replaced"};
  }
}

}  // namespace bisik::model
