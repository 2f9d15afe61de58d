// What a person is told of keys that are not in order, and of contacts who cannot be written to.
#include "client/engine/sentences.hpp"
#include "crypto/error.hpp"

namespace bisik::client {

using proto::pb::Failure;

Failure bad_keys(const std::string& name, const boost::system::error_code& why) {
  if (why == crypto::Errc::stale) {
    auto stale =
        failure(Exit::trust, "The keys of " + name + " are too old to be used: " + name +
                                 " was not online for weeks, or the clock of this machine is"
                                 " wrong. Nothing was sent; with --queue it waits until then.");
    stale.set_retry_after_seconds(static_cast<std::uint32_t>(seconds{kAskForKeysAgain}.count()));
    return stale;
  }
  if (why == crypto::Errc::not_newer) {
    auto held_back = failure(Exit::trust, "The relay shows older keys of " + name +
                                              " than there are: it holds newer ones back. Nothing"
                                              " was sent; with --queue it waits until they come.");
    held_back.set_retry_after_seconds(
        static_cast<std::uint32_t>(seconds{kAskForKeysAgain}.count()));
    return held_back;
  }
  return failure(Exit::trust, "The keys that the relay gives for " + name + " are not in order (" +
                                  why.message() + "). Nothing was sent.");
}

Failure waits_for_new_key(const std::string& name) {
  return failure(Exit::relay, name +
                                  " has changed who may write, and was asked for the new key. What"
                                  " is in the outbox goes when it comes within a day; send anything"
                                  " else again then.");
}

std::string two_histories(const std::string& name) {
  return "Warning: " + name + " has signed two different lists of devices. Somebody else may have" +
         " the key of this account. Ask " + name + " in another way.";
}

std::string foreign_list_of_ours(const std::string& name) {
  return "Warning: " + name + " was shown a list of your devices that you have not made. Somebody" +
         " else may have the key of your account.";
}

Failure blocked_here(const std::string& name, const Failure& why) {
  auto made = why;
  made.set_sentence(name +
                    " is blocked here, but your relay has not heard of it and still takes the old"
                    " key. The next command that reaches it ends that. " +
                    why.sentence());
  return made;
}

std::string began_anew(const std::string& name) {
  return name + " had lost your conversation's keys; it goes on with new ones.";
}

Failure you_have_blocked(const std::string& name) {
  return failure(Exit::user, "You have blocked " + name + ". 'bisik unblock " + name + "' first.");
}

Failure not_trusted(const std::string& name) {
  return failure(Exit::trust, "The keys of " + name +
                                  " do not agree with what was known."
                                  " Nothing is sent before you compare keys: 'bisik verify " +
                                  name + "', or take the risk: 'bisik trust " + name + "'.");
}

}  // namespace bisik::client
