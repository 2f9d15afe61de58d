#include "client/cli/daemon_options.hpp"

#include "client/consumer_name.hpp"
#include "client/door/tcp_listener.hpp"
#include "client/hook/run_program.hpp"
#include "client/hook/tls.hpp"
#include "client/hook/webhook.hpp"

namespace bisik::client {
namespace {

[[noreturn]] void refuse(const std::string& sentence) { throw Problem{ExitCode::user, sentence}; }

void require(bool is_there, const char* what, bool given, const char* option) {
  if (!given || is_there) return;
  refuse(std::string{option} + " has nothing to do here: it needs " + what + ".");
}

// Passed over, an option would let its person believe that it does something.
void require_none_idle(const DaemonOptions& options) {
  const bool serves = options.socket || options.tcp || options.http;
  constexpr const char* kDoor = "--socket, --tcp or --http";
  require(serves, kDoor, options.receive_mode != kUsualReceiveMode, "--receive-mode");
  require(serves, kDoor, !options.link.empty(), "--link");
  const bool over_network = options.tcp || options.http;
  constexpr const char* kNetwork = "--tcp or --http";
  require(over_network, kNetwork, options.token_file.has_value(), "--token-file");
  require(over_network, kNetwork, options.no_token, "--no-token");
  const bool hands_over = options.exec || options.webhook;
  constexpr const char* kHook = "--exec or --webhook";
  require(hands_over, kHook, !options.consumer.empty(), "--consumer");
  require(hands_over, kHook, options.parallel.has_value(), "--parallel");
  require(hands_over, kHook, options.takes.has_value(), "--hook-timeout");
  const bool posts = options.webhook.has_value();
  require(posts, "--webhook", !options.webhook_secret.empty(), "--webhook-secret");
  require(posts, "--webhook", !options.webhook_ca.empty(), "--webhook-ca");
}

void require_consumer(const DaemonOptions& options) {
  if (options.consumer.empty()) return;
  if (options.exec && options.webhook) {
    refuse("--consumer names one: with --exec and --webhook together, leave it out.");
  }
  if (const auto why_not = why_no_consumer_name(options.consumer)) refuse(*why_not);
}

void require_program(const DaemonOptions& options) {
  if (options.exec) {
    (void)ProgramRuns{{*options.exec}, {}};
  } else if (!options.exec_words.empty()) {
    refuse("Nothing is run without --exec: " + options.exec_words.front() + " stands alone.");
  }
}

void require_address(const DaemonOptions& options) {
  if (!options.webhook) return;
  const auto parsed = parse_webhook_url(*options.webhook);
  if (!parsed.url) refuse(parsed.why_not);
  if (parsed.url->tls) {
    (void)TlsTrust{options.webhook_ca};
  } else if (!options.webhook_ca.empty()) {
    refuse("--webhook-ca says whose certificate counts, and an http:// address has none.");
  }
}

// Those that are usual are of this machine alone.
void require_doors(const DaemonOptions& options) {
  for (const auto& where : {options.tcp, options.http}) {
    if (!where || where->empty() || is_loopback_address(*where) || !options.no_token) continue;
    refuse(*where +
           " can be reached from other machines: only with a token, so leave --no-token out.");
  }
}

}  // namespace

void require_sound(const DaemonOptions& options) {
  require_none_idle(options);
  require_consumer(options);
  require_program(options);
  require_address(options);
  require_doors(options);
}

}  // namespace bisik::client
