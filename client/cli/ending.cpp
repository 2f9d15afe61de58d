#include "client/cli/ending.hpp"

#include <new>
#include <nlohmann/json.hpp>

#include "storage/error.hpp"

namespace bisik::client {
namespace {

Ending of_storage(const storage::StorageError& error) {
  using Kind = storage::StorageError::Kind;
  switch (error.kind()) {
    case Kind::full:
      return {ExitCode::user, "The disk is full, so nothing was kept: make room, then try again."};
    case Kind::corrupt:
    case Kind::not_ours:
      return {ExitCode::unexpected,
              "This profile's database is damaged; nothing was changed. Put a copy of its folder "
              "back."};
    case Kind::newer_version:
      return {ExitCode::user, "A later version of bisik wrote this profile: update bisik."};
    case Kind::busy:
      return {ExitCode::unexpected,
              "Another program has this profile's database open: close it, then try again."};
    case Kind::io:
      return {ExitCode::unexpected,
              "The profile's folder cannot be read or written: check the disk and its permissions "
              "(bisik doctor)."};
    case Kind::other:
      break;
  }
  return {ExitCode::unexpected, std::string{"The profile's database failed: "} + error.what()};
}

}  // namespace

Ending ending() {
  try {
    throw;
  } catch (const Problem& problem) {
    return {problem.code(), problem.what()};
  } catch (const storage::StorageError& error) {
    return of_storage(error);
  } catch (const std::bad_alloc&) {
    return {ExitCode::unexpected, "There is not enough memory."};
  } catch (const std::exception& error) {
    return {ExitCode::unexpected, std::string{"Something unexpected happened: "} + error.what()};
  }
}

void tell(Output& err, bool json, const Ending& how, const std::string& profile) {
  if (json) {
    nlohmann::ordered_json error{{"code", static_cast<int>(how.code)}, {"message", how.sentence}};
    if (!profile.empty()) error["profile"] = profile;
    err.json({{"error", error}});
  } else {
    if (!profile.empty()) err << SafeText::line(profile) << ": ";
    err << SafeText::line(how.sentence) << "\n";
  }
  err.flush();
}

}  // namespace bisik::client
