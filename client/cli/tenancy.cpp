#include "client/cli/tenancy.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>

#include "client/cli/account_profile.hpp"
#include "client/door/limits.hpp"

namespace bisik::client {
namespace {

// Each program that comes in has a stream to each owner, with two ends; and so much more.
void have_descriptors(std::size_t tenants) {
  constexpr std::size_t kOfOneTenant = 64;  // its files, its sockets, and other commands
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = tenants * (2 * kMaxPrograms + kOfOneTenant) + kOfOneTenant;
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
}

void require_none_is_new(const Context& context, const DaemonOptions& options) {
  if (!options.link.empty()) {
    throw Problem{ExitCode::user, "--link makes one profile: start a daemon for that one alone."};
  }
  if (context.globals().passphrase.fd) {
    throw Problem{ExitCode::user,
                  "A descriptor is read once: for several profiles say --passphrase-file."};
  }
}

}  // namespace

bool wants_several(const Context& context, const DaemonOptions& options) {
  const auto& globals = context.globals();
  return options.all || globals.profiles.size() > 1 || globals.accounts.size() > 1;
}

Tenancy::Tenancy(Context& context, const DaemonOptions& options) : context_{context} {
  require_none_is_new(context, options);
  const auto& globals = context.globals();
  if (options.all) {
    for (const auto& profile : Profile::all()) add(profile.name(), [&] { return profile; });
  }
  for (const auto& account : globals.accounts) {
    add(account, [&] { return find_profile_of(account, globals); });
  }
  if (globals.accounts.empty()) {
    for (const auto& name : globals.profiles) add(name, [&] { return Profile::find(name); });
  }
  if (gates_.empty() && code_ == ExitCode::done) {
    throw Problem{ExitCode::user, "There is no profile in " + Profile::folder_of_names().string() +
                                      " yet: ask for an invite, then bisik join LINK --name NAME."};
  }
  if (gates_.size() > kMaxTenants) {
    throw Problem{ExitCode::user, "One daemon serves " + std::to_string(kMaxTenants) +
                                      " profiles at most: start another one for the rest."};
  }
  have_descriptors(gates_.size());
}

void Tenancy::add(const std::string& said, const Find& find) {
  try {
    const auto profile = find();
    if (is_there(profile)) return;
    auto& gate = gates_.emplace_back(profile, ways_of(profile), kTenantPatience, kTenantAnswers);
    tenants_.add(unused_name(profile, said), gate);
  } catch (const Interrupted&) {
    throw;
  } catch (...) {
    (void)note(said, {});
  }
}

bool Tenancy::is_there(const Profile& profile) const {
  return std::ranges::any_of(gates_, [&](const Gate& gate) {
    std::error_code unknown;
    const auto& folder = gate.profile().folder();
    return folder == profile.folder() ||
           std::filesystem::equivalent(folder, profile.folder(), unknown);
  });
}

// That of BISIK_HOME may be called like another one.
std::string Tenancy::unused_name(const Profile& profile, const std::string& said) const {
  const auto names = tenants_.names();
  return std::ranges::find(names, profile.name()) == names.end() ? profile.name() : said;
}

Gate::Ways Tenancy::ways_of(const Profile& profile) const {
  const auto& globals = context_.globals();
  return {.open = [profile, &globals](
                      VaultMethod method) { return open_silently(method, profile, globals); },
          .create = nullptr,
          .require_locked_memory = globals.require_mlock};
}

// What is tried again and fails as it did before was said already.
std::string Tenancy::note(const std::string& name, const std::string& before) {
  auto how = ending();
  code_ = std::max(code_, how.code);
  if (how.sentence == before) return before;
  tell(context_.err(), context_.json(), how, name);
  return std::move(how.sentence);
}

void Tenancy::say_back(const std::string& name) {
  context_.say(SafeText::line(name) + ": this profile is served again.");
}

void Tenancy::open() {
  for (std::size_t each = 0; each < tenants_.size(); ++each) {
    tenants_.attempt(each, [&] {
      auto& gate = tenants_.gate(each);
      Tenants::enter(gate);
      if (gate.owns()) return;
      context_.say(SafeText::line(tenants_.name(each)) +
                   ": another command owns this profile, which is served through that one until "
                   "it ends.");
    });
  }
}

ExitCode Tenancy::leave() {
  const auto before = std::exchange(code_, ExitCode::done);
  for (auto& gate : gates_) gate.begin_to_leave();
  for (std::size_t each = 0; each < tenants_.size(); ++each) {
    tenants_.attempt(each, [&] { tenants_.gate(each).leave(); });
  }
  const auto code = code_;
  code_ = std::max(before, code);
  return code;
}

}  // namespace bisik::client
