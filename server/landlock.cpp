// The half of the sandbox that knows paths: Landlock, server/sandbox.hpp. Its system calls have no
// wrappers in the C library, and rights newer than Debian 12's headers are named here.
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "server/sandbox.hpp"

namespace bisik::server {
namespace {

// Since which version of the interface a kernel knows a right to files.
struct Since {
  int version;
  std::uint64_t rights;
};
constexpr std::uint64_t kTruncate = 1ULL << 14U;
constexpr std::uint64_t kIoctlDevice = 1ULL << 15U;
constexpr std::array kFileRights{
    Since{1, (1ULL << 13U) - 1},  // everything from execute to making symbolic links
    Since{2, LANDLOCK_ACCESS_FS_REFER},
    Since{3, kTruncate},
    Since{5, kIoctlDevice},
};
// What SQLite and the relay do below the data directory.
constexpr std::uint64_t kDataRights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                                      LANDLOCK_ACCESS_FS_WRITE_FILE |
                                      LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
                                      LANDLOCK_ACCESS_FS_MAKE_SOCK | kTruncate;

constexpr int kNetVersion = 4;
constexpr std::uint64_t kConnectTcp = 1ULL << 1U;
constexpr int kScopeVersion = 6;
constexpr std::uint64_t kAbstractSocketsAndSignals = 3;

// As the newest kernel that is known here takes it; an older one is given the beginning.
struct Ruleset {
  std::uint64_t files;
  std::uint64_t net;
  std::uint64_t scoped;
};

std::size_t size_for(int version) {
  if (version >= kScopeVersion) return sizeof(Ruleset);
  return version >= kNetVersion ? offsetof(Ruleset, scoped) : offsetof(Ruleset, net);
}

Ruleset rules_for(int version) {
  Ruleset rules{0, 0, 0};
  for (const auto& [since, rights] : kFileRights) {
    if (version >= since) rules.files |= rights;
  }
  if (version >= kNetVersion) rules.net = kConnectTcp;
  if (version >= kScopeVersion) rules.scoped = kAbstractSocketsAndSignals;
  return rules;
}

bool allow_directory(int ruleset, const DataDirectory& directory, std::uint64_t known) {
  const landlock_path_beneath_attr beneath{.allowed_access = kDataRights & known,
                                           .parent_fd = directory.descriptor()};
  return ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0;
}

}  // namespace

Held confine_files(const DataDirectory& directory) {
  const auto version = static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
  if (version < 1) return Held::not_at_all;
  const auto rules = rules_for(version);
  const Descriptor ruleset{
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, size_for(version), 0))};
  const bool confined = ruleset && allow_directory(ruleset.get(), directory, rules.files) &&
                        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                        ::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) == 0;
  if (!confined) return Held::not_at_all;
  return version >= kScopeVersion ? Held::fully : Held::partly;
}

}  // namespace bisik::server
