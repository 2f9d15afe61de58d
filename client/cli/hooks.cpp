#include "client/cli/hooks.hpp"

#include <nlohmann/json.hpp>

#include "client/cli/token_file.hpp"
#include "client/cli/wording.hpp"
#include "client/hook/limits.hpp"
#include "client/hook/post.hpp"
#include "client/hook/run_program.hpp"
#include "client/problem.hpp"
#include "crypto/base64url.hpp"
#include "crypto/hex.hpp"

namespace bisik::client {
namespace {

std::unique_ptr<Errands> program_runs(const Profile& profile, const DaemonOptions& options) {
  std::vector<std::string> argv{*options.exec};
  argv.insert(argv.end(), options.exec_words.begin(), options.exec_words.end());
  // What it starts speaks for the same profile.
  const auto folder = std::filesystem::absolute(profile.folder());
  return std::make_unique<ProgramRuns>(
      std::move(argv), std::vector{"BISIK_HOME=" + folder.string(), std::string{"BISIK_PROFILE="}});
}

std::unique_ptr<Errands> posts(const std::filesystem::path& folder, const DaemonOptions& options) {
  auto url = parse_webhook_url(*options.webhook).url.value();
  const auto file = options.webhook_secret.empty() ? folder / "webhook.secret"
                                                   : std::filesystem::path{options.webhook_secret};
  const auto secret = crypto::to_base64url(read_or_make_token(file).bytes());
  return std::make_unique<Posts>(std::move(url), secret, options.webhook_ca);
}

}  // namespace

Hooks::Hooks(Context& context, const std::filesystem::path& folder, const DaemonOptions& options,
             Tenants& tenants)
    : context_{context}, tenants_{tenants}, options_{options} {
  for (std::size_t each = 0; each < tenants.size(); ++each) add(each, folder);
}

void Hooks::add(std::size_t tenant, const std::filesystem::path& folder) {
  const auto name = [&](const char* usual) {
    return options_.consumer.empty() ? std::string{usual} : options_.consumer;
  };
  const auto& profile = tenants_.gate(tenant).profile();
  if (options_.exec) {
    hooks_.push_back({tenant, name("exec"), *options_.exec,
                      [this, profile] { return program_runs(profile, options_); }});
  }
  if (options_.webhook) {
    (void)posts(folder, options_);  // what is wrong with it is said before anything is served
    hooks_.push_back({tenant, name("webhook"), *options_.webhook,
                      [this, folder] { return posts(folder, options_); }});
  }
}

Courier::Options Hooks::options_of(const Hook& hook) const {
  const auto name = tenants_.gate(hook.tenant).profile().name();
  const auto before = tenants_.alone() ? std::string{} : name + ": ";
  return {
      .consumer = hook.consumer,
      .parallel = options_.parallel.value_or(kUsualParallel),
      .takes = options_.takes
                   ? std::chrono::milliseconds{static_cast<std::int64_t>(*options_.takes * 1'000)}
                   : kUsualErrandTakes,
      .to_json =
          [name](const proto::pb::Message& message, const std::string& account) {
            auto json = to_json(message);
            json["profile"] = name;
            json["to_account"] = crypto::to_hex(crypto::as_bytes(account));
            return json.dump(-1, ' ', true);
          },
      .say = [this, before](
                 const std::string& sentence) { context_.say(SafeText::line(before + sentence)); }};
}

// Before anything is said to be ready: there may be too many of them.
void Hooks::begin_consumers(std::size_t tenant) const {
  for (const auto& hook : hooks_) {
    if (hook.tenant != tenant) continue;
    proto::pb::ApiRequest request;
    request.mutable_consumers()->set_begin(hook.consumer);
    (void)Session{tenants_.gate(tenant)}.only(std::move(request));
  }
}

void Hooks::open(Host& host) {
  tenants_.require([this](std::size_t tenant) { begin_consumers(tenant); });
  for (const auto& hook : hooks_) {
    const auto make = [this, &hook]() -> std::unique_ptr<Program> {
      return std::make_unique<Courier>(tenants_.gate(hook.tenant), hook.make_errands(),
                                       options_of(hook));
    };
    host.add(make, hook.tenant);
  }
}

SafeText Hooks::words() const {
  SafeText all;
  for (const auto& hook : hooks_) {
    if (hook.tenant == 0) all += SafeText{", messages to "} + SafeText::line(hook.where);
  }
  return all;
}

}  // namespace bisik::client
