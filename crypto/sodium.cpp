#include "crypto/sodium.hpp"

#include <sodium.h>

#include <stdexcept>

namespace bisik::crypto {

void initialise() {
  if (sodium_init() < 0) throw std::runtime_error{"libsodium could not be started"};
}

}  // namespace bisik::crypto
