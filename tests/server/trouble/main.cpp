// What a relay survives, as a program: bisik_relay_trouble HOW RELAY [...]. The last line says what
// was seen; exit code 1 if anything that was promised is not kept.
#include <charconv>
#include <cstdio>
#include <exception>
#include <span>
#include <stdexcept>

#include "tests/server/trouble/attack.hpp"
#include "tests/server/trouble/endings.hpp"

namespace bisik::server::trouble {
namespace {

int number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw std::runtime_error{std::string{text} + " is no number"};
  }
  return value;
}

bool run(std::span<char*> words) {
  if (words.size() == 3) {
    const std::string_view how{words[1]};
    if (how == "attack") return attack(words[2], kSmallAttack);
    if (how == "full-attack") return attack(words[2], kFullAttack);
  }
  if (words.size() == 4) {
    const std::string_view how{words[1]};
    if (how == "kill") return kill_under_load(words[2], number(words[3]));
    if (how == "full-disk") return fill_the_disk(words[2], words[3]);
  }
  if (words.size() == 5 && std::string_view{words[1]} == "sync") {
    return fail_to_sync(words[2], number(words[3]), words[4]);
  }
  throw std::runtime_error{
      "usage: bisik_relay_trouble kill RELAY TIMES | sync RELAY TIMES LIBRARY | full-disk RELAY "
      "FOLDER | attack RELAY | full-attack RELAY"};
}

}  // namespace
}  // namespace bisik::server::trouble

int main(int argc, char** argv) {
  try {
    return bisik::server::trouble::run({argv, static_cast<std::size_t>(argc)}) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bisik_relay_trouble: %s\n", error.what());
    return 1;
  }
}
