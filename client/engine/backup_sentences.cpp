// What a person is told of backups and of what is restored.
#include "client/engine/sentences.hpp"
#include "crypto/error.hpp"

namespace bisik::client {

using proto::pb::Failure;

Failure backup_interrupted() {
  return failure(Exit::user, "The backup was interrupted, so there is none. Begin it anew.");
}

Failure restore_interrupted() {
  return failure(Exit::user, "The restore was interrupted, so nothing was kept. Begin it anew.");
}

Failure mistyped_code() {
  return failure(Exit::user,
                 "This is no recovery code: a word is mistyped, missing or too many. It has the"
                 " nine words that 'bisik backup' showed. Nothing was restored.");
}

Failure bad_backup_header(const boost::system::error_code& why) {
  if (why == crypto::Errc::wrong_password) {
    return failure(Exit::user,
                   "This is the recovery code of another backup: each has its own. Nothing was"
                   " restored.");
  }
  if (why == crypto::Errc::newer_version) return bad_backup(why);
  return failure(Exit::user,
                 "This file is no backup of bisik, or its beginning is damaged. Nothing was"
                 " restored.");
}

Failure bad_backup(const boost::system::error_code& why) {
  if (why == crypto::Errc::newer_version) {
    return failure(Exit::user,
                   "A later version of bisik wrote this backup: update bisik. Nothing was"
                   " restored.");
  }
  return failure(Exit::user,
                 "This backup is damaged: it is not what was written. Take another copy of it."
                 " Nothing was restored.");
}

Failure cut_backup() {
  return failure(Exit::user,
                 "This backup has no end: it was cut short. Take another copy of it. Nothing was"
                 " restored.");
}

Failure not_restored(const Failure& why) {
  auto made = why;
  made.set_sentence(why.sentence() + " Nothing was restored.");
  return made;
}

Failure restored_elsewhere() {
  return failure(Exit::refused,
                 "The account's devices were changed from elsewhere at this moment. Restore once"
                 " more.");
}

Failure no_such_account() {
  return failure(Exit::refused,
                 "The relay knows no such account: it was deleted, or the relay has lost what it"
                 " had.");
}

std::string were_expired(std::uint64_t cells, bool asks) {
  const auto gone = "This device was away for longer than its relay keeps what is sent to it: " +
                    std::to_string(cells) + (cells == 1 ? " piece is" : " pieces are") + " gone. ";
  return gone + (asks ? "Your other devices are asked for what was said."
                      : "Ask whoever may have written to send it again.");
}

std::string was_restored() {
  return "This profile was restored from an older copy. Conversations go on with new keys, and"
         " your contacts are asked for what is missing.";
}

}  // namespace bisik::client
