// A file that is there as a whole or not at all, whatever happens while it is written.
#pragma once

#include <filesystem>
#include <functional>

namespace bisik::server {

// Temporary file of mode 0600, sync, rename, sync of the folder. `write` fills the descriptor;
// false from it means that errno says why not. Throws Problem.
void replace_file(const std::filesystem::path& path, const std::function<bool(int)>& write);

// All of the bytes, however often the kernel interrupts. False: errno says why.
[[nodiscard]] bool write_all(int fd, const void* bytes, std::size_t size);

}  // namespace bisik::server
