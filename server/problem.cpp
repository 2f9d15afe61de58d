#include "server/problem.hpp"

#include <algorithm>

namespace bisik::server {

Problem to_problem(const storage::StorageError& error) {
  using Kind = storage::StorageError::Kind;
  std::string reason = std::string{" ("} + error.what() + ").";
  std::ranges::replace(reason, '\n', ' ');  // of the integrity check: one sentence, one line
  switch (error.kind()) {
    case Kind::full:
      return {Exit::user, "The disk is full: make room and start the relay again" + reason};
    case Kind::corrupt:
      return {Exit::unexpected,
              "The database is damaged: put a copy of it back, or move it away to begin with an "
              "empty one" +
                  reason};
    case Kind::busy:
      return {Exit::user,
              "The database is in use by another process: stop that one first" + reason};
    case Kind::newer_version:
      return {Exit::user,
              "The database was written by a newer version: install that version" + reason};
    case Kind::not_ours:
      return {Exit::user,
              "The database belongs to another program: choose another --data directory" + reason};
    case Kind::io:
    case Kind::other:
      break;
  }
  return {Exit::unexpected,
          "The database cannot be read or written: check the disk and the rights of the data "
          "directory" +
              reason};
}

}  // namespace bisik::server
