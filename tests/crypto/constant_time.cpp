// constant_time OPERATION | list | control, under valgrind. Prints one line; exits 0 if valgrind
// reported nothing, 1 if it did, 2 if it was not asked properly. See constant_time.hpp.

#include "tests/crypto/constant_time.hpp"

#include <cstdio>
#include <string_view>

namespace bisik::crypto {
namespace {

struct Operation {
  std::string_view name;
  void (*run)();
};

constexpr Operation kOperations[] = {
    {"mlkem_keygen", mlkem_keygen},
    {"mlkem_encapsulate", mlkem_encapsulate},
    {"mlkem_decapsulate", mlkem_decapsulate},
    {"mlkem_decapsulate_corrupted", mlkem_decapsulate_corrupted},
    {"handshake", handshake},
    {"seal_opened", seal_opened},
    {"seal_refused", seal_refused},
    {"ratchet_turns", ratchet_turns},
    {"ratchet_skips", ratchet_skips},
    {"ratchet_refuses", ratchet_refuses},
    {"linking", linking},
    {"linking_refused", linking_refused},
    {"recovery_code", recovery_code},
    {"recovery_code_refused", recovery_code_refused},
    {"backup", backup},
    {"backup_refused", backup_refused},
};

// -- randomness: the same in every run, and secret --

bool sodium_is_ready = false;  // what libsodium draws for itself before that is nobody's secret
std::uint64_t state = 1;

std::uint32_t next_random() {
  state = state * 6364136223846793005U + 1442695040888963407U;
  return static_cast<std::uint32_t>(state >> 32);
}

void fill_random(void* buffer, std::size_t size) {
  auto* const bytes = static_cast<std::uint8_t*>(buffer);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(next_random());
  if (sodium_is_ready) VALGRIND_MAKE_MEM_UNDEFINED(buffer, size);
}

randombytes_implementation secret_randomness{
    .implementation_name = [] { return "constant_time"; },
    .random = next_random,
    .stir = nullptr,
    .uniform = nullptr,
    .buf = fill_random,
    .close = nullptr,
};

// -- two mistakes that valgrind must report --

volatile std::uint8_t table[256];
volatile std::uint8_t sink;

void control() {
  const auto secret = Secret<struct ControlTag, 2>::random();
  if ((secret.expose()[0] & 1) != 0) sink = 1;
  sink = table[secret.expose()[1]];
}

int run(void (*operation)(), std::string_view name) {
  operation();
  const auto reports = VALGRIND_COUNT_ERRORS;
  std::printf("%-30.*s %u reports\n", static_cast<int>(name.size()), name.data(),
              static_cast<unsigned>(reports));
  return reports == 0 ? 0 : 1;
}

int list() {
  for (const auto& operation : kOperations) std::puts(operation.name.data());
  return 0;
}

int main_with(std::string_view what) {
  if (what == "list") return list();
  if (RUNNING_ON_VALGRIND == 0) {
    std::fputs("constant_time proves nothing unless valgrind runs it\n", stderr);
    return 2;
  }
  randombytes_set_implementation(&secret_randomness);
  if (sodium_init() < 0) return 2;
  sodium_is_ready = true;
  if (what == "control") return run(control, what);
  for (const auto& operation : kOperations) {
    if (operation.name == what) return run(operation.run, what);
  }
  std::fputs("usage: constant_time OPERATION | list | control\n", stderr);
  return 2;
}

}  // namespace
}  // namespace bisik::crypto

int main(int argc, char** argv) { return bisik::crypto::main_with(argc == 2 ? argv[1] : ""); }
