// What the program does for each of its commands. Throws Problem and storage::StorageError.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "server/invites.hpp"

namespace bisik::server {

struct UpOptions {
  std::filesystem::path data;
  std::vector<std::string> listen;  // empty: every address, port 7443
  std::optional<std::string> advertise;
  bool require_mlock = false;
};
void run_up(const UpOptions& options);

struct InviteOptions {
  std::filesystem::path data;
  InviteTerms terms;
  bool json = false;
};
void run_invite(const InviteOptions& options);

}  // namespace bisik::server
