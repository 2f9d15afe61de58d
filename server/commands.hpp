// What the program does for each of its commands. Throws Problem and storage::StorageError.
#pragma once

#include "server/configure.hpp"
#include "server/invites.hpp"
#include "server/problem.hpp"

namespace bisik::server {

enum class Output { words, json };

void run_up(const Configured& configured, Output output);
// "ok", or every fault: the one command that takes a configuration with faults.
[[nodiscard]] Exit run_check(const Configured& configured, Output output);
// What the running relay holds to; what the configuration says where none answers.
void run_limits(const Config& config, Output output);
void run_stats(const Config& config, Output output);
void run_invite(const Config& config, const InviteTerms& terms, Output output);

enum class ConfigText { example, reference };
void run_config(ConfigText which);

}  // namespace bisik::server
