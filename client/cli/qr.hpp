// QR codes in half blocks, two rows of modules a line: dark on light whatever the terminal's
// colours are, because half of all scanners cannot read the reverse.
#pragma once

#include "client/cli/output.hpp"
#include "crypto/bytes.hpp"

namespace bisik::client {

// Nothing is printed if the terminal is narrower than the code.
void print_qr(Output& out, crypto::ByteView contents);

}  // namespace bisik::client
