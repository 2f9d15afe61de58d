// What a process does for its secrets before it has any: no core dumps, nobody attaches, private
// files. Throws Problem.
#pragma once

#include <cstdint>

namespace bisik::server {

void harden_process();

// One file a connection: raises the limit of open files to what the system lets us have, which it
// says.
std::uint64_t raise_file_limit();

}  // namespace bisik::server
