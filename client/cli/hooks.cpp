#include "client/cli/hooks.hpp"

#include <nlohmann/json.hpp>

#include "client/cli/token_file.hpp"
#include "client/cli/wording.hpp"
#include "client/hook/limits.hpp"
#include "client/hook/post.hpp"
#include "client/hook/run_program.hpp"
#include "client/problem.hpp"
#include "crypto/base64url.hpp"

namespace bisik::client {
namespace {

std::unique_ptr<Errands> program_runs(const Context& context, const DaemonOptions& options) {
  std::vector<std::string> argv{*options.exec};
  argv.insert(argv.end(), options.exec_words.begin(), options.exec_words.end());
  // What it starts speaks for the same profile.
  const auto folder = std::filesystem::absolute(context.profile().folder());
  return std::make_unique<ProgramRuns>(
      std::move(argv), std::vector{"BISIK_HOME=" + folder.string(), std::string{"BISIK_PROFILE="}});
}

std::unique_ptr<Errands> posts(const Context& context, const DaemonOptions& options) {
  auto parsed = parse_webhook_url(*options.webhook);
  if (!parsed.url) throw Problem{ExitCode::user, parsed.why_not};
  const auto file = options.webhook_secret.empty() ? context.profile().folder() / "webhook.secret"
                                                   : std::filesystem::path{options.webhook_secret};
  const auto secret = crypto::to_base64url(read_or_make_token(file).bytes());
  if (!options.webhook_ca.empty() && !parsed.url->tls) {
    throw Problem{ExitCode::user,
                  "--webhook-ca says whose certificate counts, and an http:// address has none."};
  }
  return std::make_unique<Posts>(std::move(*parsed.url), secret, options.webhook_ca);
}

}  // namespace

Hooks::Hooks(Context& context, const DaemonOptions& options)
    : context_{context}, options_{options} {
  if (!options.exec && !options.exec_words.empty()) {
    throw Problem{ExitCode::user, "Nothing is run without --exec: " + options.exec_words.front() +
                                      " stands alone."};
  }
  if (options.exec && options.webhook && !options.consumer.empty()) {
    throw Problem{ExitCode::user,
                  "--consumer names one: with --exec and --webhook together, leave it out."};
  }
  const auto name = [&](const char* usual) {
    return options.consumer.empty() ? std::string{usual} : options.consumer;
  };
  if (options.exec) {
    hooks_.push_back({name("exec"), *options.exec, program_runs(context, options)});
  }
  if (options.webhook) {
    hooks_.push_back({name("webhook"), *options.webhook, posts(context, options)});
  }
}

void Hooks::open(Host& host, Gate& gate) {
  for (auto& hook : hooks_) {
    Courier::Options how{
        .consumer = hook.consumer,
        .parallel = options_.parallel,
        .takes = std::chrono::milliseconds{static_cast<std::int64_t>(options_.takes * 1'000)},
        .to_json =
            [](const proto::pb::Message& message) { return to_json(message).dump(-1, ' ', true); },
        .say = [this](const std::string& sentence) { context_.say(SafeText::line(sentence)); }};
    host.add(std::make_unique<Courier>(gate, std::move(hook.errands), std::move(how)));
  }
}

SafeText Hooks::words() const {
  SafeText all;
  for (const auto& hook : hooks_) all += SafeText{", messages to "} + SafeText::line(hook.where);
  return all;
}

}  // namespace bisik::client
