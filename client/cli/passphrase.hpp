// Where a passphrase comes from: a file, a descriptor, or the person at the terminal with the echo
// off. Never from an argument or the environment, which others can read. Without a terminal nothing
// is ever asked. The bytes go into wiped memory one read at a time.
#pragma once

#include <optional>
#include <string>

#include "client/vault_key.hpp"

namespace bisik::client {

struct PassphraseSource {
  std::optional<std::string> file;
  std::optional<int> fd;
};

// The first line of the file or descriptor, else asked for once. Throws Problem if there is none.
[[nodiscard]] VaultSecret ask_passphrase(const PassphraseSource& source);
// For a new profile: asked for twice. Throws Problem if they differ, or it is empty.
[[nodiscard]] VaultSecret choose_passphrase(const PassphraseSource& source);

}  // namespace bisik::client
