// Stamps (crypto/stamp.hpp) that a run of the simulation can afford: 256 tries instead of four
// million. Whoever makes one and whoever checks it are the real ones; only the number of zero bits
// is another, on both sides of the linker, as with what is sealed (sealing_oracle.hpp).
#pragma once

namespace bisik::simulation {

// From now on, in this program.
void make_stamps_cheap();

}  // namespace bisik::simulation
