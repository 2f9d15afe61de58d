// A profile: one person's folder on this machine, and where its files are.
//
//     lock         held by the process that owns the profile, as long as it lives
//     profile.db   every row, sealed by client/vault
//     key          32 random bytes that open it, where there is no passphrase
//     api.sock     where the owner serves everybody else (client/api)
//
// Only its person may enter the folder (0700).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/descriptor.hpp"

namespace bisik::client {

class Profile {
 public:
  // --profile NAME, else the folder in BISIK_HOME, else the profile "default"; names live in
  // $XDG_DATA_HOME/bisik, which is ~/.local/share/bisik where the variable is not set.
  // Throws Problem if the name is no name, or nothing says where home is.
  [[nodiscard]] static Profile find(const std::optional<std::string>& name);
  // Where those are that have names. Throws Problem if nothing says where home is.
  [[nodiscard]] static std::filesystem::path folder_of_names();
  // Those that have names and exist, in the order of their names.
  [[nodiscard]] static std::vector<Profile> all();
  [[nodiscard]] static bool is_name(std::string_view name);
  [[nodiscard]] static Profile in(std::filesystem::path folder);

  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
  // What people and bots may call it.
  [[nodiscard]] std::string name() const { return folder_.filename().string(); }
  [[nodiscard]] std::filesystem::path database() const { return folder_ / "profile.db"; }
  [[nodiscard]] std::filesystem::path key_file() const { return folder_ / "key"; }
  [[nodiscard]] std::filesystem::path lock() const { return folder_ / "lock"; }

  [[nodiscard]] bool exists() const;  // that is, somebody has joined or begun to
  // Nobody can work with it then: in one sentence without its end, with what to do.
  [[nodiscard]] std::optional<std::string> why_not_writable() const;
  // The folder, and those above it, where absent. Throws Problem if it cannot be, or is not ours.
  void prepare() const;

 private:
  explicit Profile(std::filesystem::path folder) : folder_{std::move(folder)} {}

  std::filesystem::path folder_;
};

// The name of a socket for bind() and connect(), which take 107 bytes: a longer path goes through a
// descriptor of the folder. Valid as long as this object.
class SocketName {
 public:
  // Where the profile's owner serves.
  explicit SocketName(const Profile& profile) : SocketName{profile.folder(), "api.sock"} {}
  SocketName(const std::filesystem::path& folder, const std::string& file);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  Descriptor folder_;
  std::string path_;
};

// Exclusive ownership of a profile, kept by the kernel: it ends with the process, however that
// ends.
class ProfileLock {
 public:
  // Nothing: another process has it. Throws Problem if the file cannot be opened.
  [[nodiscard]] static std::optional<ProfileLock> try_take(const Profile& profile);

 private:
  explicit ProfileLock(Descriptor file) : file_{std::move(file)} {}

  Descriptor file_;
};

}  // namespace bisik::client
