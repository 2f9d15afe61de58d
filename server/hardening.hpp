// What a process does for its secrets before it has any: no core dumps, nobody attaches, private
// files. Throws Problem.
#pragma once

namespace bisik::server {

void harden_process();

// One file a connection: as many as the system lets us have.
void raise_file_limit();

}  // namespace bisik::server
