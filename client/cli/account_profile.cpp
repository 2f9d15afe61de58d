#include "client/cli/account_profile.hpp"

#include <algorithm>

#include "client/problem.hpp"
#include "client/uuid.hpp"
#include "crypto/hex.hpp"

namespace bisik::client {
namespace {

std::string account_of(const Profile& profile, const Globals& globals) {
  Gate gate{profile,
            {.open = [&](VaultMethod method) { return open_silently(method, profile, globals); },
             .create = nullptr,
             .require_locked_memory = false}};
  proto::pb::ApiRequest request;
  request.mutable_who_am_i();
  auto account = Session{gate}.only(std::move(request)).who_am_i().account();
  gate.leave();
  return account;
}

bool is_account(const std::string& bytes, std::string name) {
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const auto id = crypto::as_bytes(bytes);
  return name == crypto::to_hex(id) || name == uuid_text(uuid_of(id));
}

bool is_profile_of(const std::string& account, const Profile& profile, const Globals& globals) {
  try {
    return profile.exists() && is_account(account_of(profile, globals), account);
  } catch (const Problem&) {
    return false;  // has not joined, is damaged, or wants a passphrase
  }
}

}  // namespace

VaultSecret open_silently(VaultMethod method, const Profile& profile, const Globals& globals) {
  if (method == VaultMethod::key_file) return read_key_file(profile.key_file());
  if (!globals.passphrase.file) {
    throw Problem{ExitCode::user,
                  "The profile opens with a passphrase, and nobody is asked: --passphrase-file."};
  }
  return ask_passphrase(globals.passphrase);
}

Profile find_profile_of(const std::string& account, const Globals& globals) {
  if (Profile::is_name(account)) {
    const auto named = Profile::find(account);
    if (named.exists()) return named;
  }
  auto candidates = Profile::all();
  candidates.insert(candidates.begin(), Profile::find(globals.profile()));
  for (const auto& profile : candidates) {
    if (is_profile_of(account, profile, globals)) return profile;
  }
  throw Problem{ExitCode::user,
                "There is no profile " + account + ", and none with an account of that id."};
}

}  // namespace bisik::client
