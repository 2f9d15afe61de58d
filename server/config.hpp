// What an operator may choose, as the program uses it. Where each member comes from, what it may be
// and how it is called in files, variables and flags: server/settings.hpp.
#pragma once

#include <string>
#include <vector>

#include "server/limits.hpp"

namespace bisik::server {

struct Config {
  std::string data;                 // empty: default_data_directory()
  std::vector<std::string> listen;  // HOST:PORT; empty: every address, port 7443
  std::string advertise;            // HOST:PORT; empty: the addresses that it listens on
  std::string log_level = "info";
  bool require_mlock = false;
  bool sandbox = true;
  std::vector<std::string> shared_addresses{"127.0.0.1", "::1"};
  Limits limits;
};

}  // namespace bisik::server
