#include "client/cli/token_file.hpp"

#include <sys/stat.h>

#include <fstream>

#include "client/cli/new_file.hpp"
#include "client/problem.hpp"
#include "crypto/base64url.hpp"

namespace bisik::client {
namespace {

crypto::Capability make(const std::filesystem::path& path) {
  const auto token = crypto::Capability::random();
  NewFile file{path.string(), false};
  file.write(crypto::as_bytes(crypto::to_base64url(token.bytes()) + "\n"));
  file.keep();
  return token;
}

}  // namespace

crypto::Capability read_or_make_token(const std::filesystem::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return make(path);
  if ((status.st_mode & 0077) != 0) {
    throw Problem{ExitCode::user,
                  "Others may read " + path.string() + ": chmod 600 it, or take another file."};
  }
  std::ifstream file{path};
  std::string line;
  std::getline(file, line);
  const auto bytes = crypto::from_base64url(line);
  const auto token = bytes ? crypto::Capability::parse(*bytes)
                           : crypto::Result<crypto::Capability>{crypto::Errc::malformed};
  if (token) return *token;
  throw Problem{ExitCode::user, path.string() +
                                    " holds no token: 43 characters of base64url. "
                                    "Delete it, and a new one is made."};
}

}  // namespace bisik::client
