// The ways in which a relay ends, or is kept from working, while people send and read. Each prints
// what it has seen and answers whether every promise was kept; what should not happen at all
// throws.
#pragma once

#include <filesystem>

namespace bisik::server::trouble {

// kill -9, so many times; after each fourth one SIGTERM, which must be clean.
bool kill_under_load(const std::filesystem::path& relay, int times);

// The disk refuses to sync, so many times, by the library that is loaded before the relay.
bool fail_to_sync(const std::filesystem::path& relay, int times,
                  const std::filesystem::path& library);

// A small disk, mounted on this folder, is filled.
bool fill_the_disk(const std::filesystem::path& relay, const std::filesystem::path& folder);

}  // namespace bisik::server::trouble
