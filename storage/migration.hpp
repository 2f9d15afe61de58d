// How a file of an older version becomes one of this version (invariant I12).
//
// The file's user_version counts the steps it has been through. Each step and its count are one
// transaction: whatever interrupts a migration, the next opening goes on where it stopped.
#pragma once

#include <span>

#include "storage/sqlite.hpp"

namespace bisik::storage {

// steps[i] is SQL that brings a file from version i to version i + 1. A step, once released, never
// changes. Throws newer_version for a file that has been through more steps than there are.
void migrate(Database& database, std::span<const char* const> steps);

}  // namespace bisik::storage
