// What a person is told of accounts that go on under another key.
#include "client/engine/sentences.hpp"

namespace bisik::client {

using proto::pb::Failure;

namespace {

// What there is to do about it.
std::string decide(const std::string& name) {
  return "Compare safety numbers: 'bisik verify " + name + "'. Then 'bisik accept " + name +
         "' follows, and 'bisik accept " + name + " --no' stays with the old key.";
}

}  // namespace

std::string says_has_moved(const std::string& name) {
  return name + " says to have moved to a new key. Nothing is sent until you decide. " +
         decide(name);
}

Failure may_have_moved(const std::string& name) {
  return failure(Exit::trust, says_has_moved(name));
}

std::string two_successors(const std::string& name) {
  return "Warning: the key of " + name + " names two different new keys. Somebody else may have" +
         " it. Ask " + name + " in another way.";
}

std::string moved_out_of_reach(const std::string& name) {
  return name + " says to have moved to a relay in a private network, where this profile does not" +
         " go because others say so. Nothing has changed.";
}

Failure old_key_of(const std::string& old, const std::string& name) {
  return failure(Exit::trust, old + " is an old key that was given up. Write to " + name + ".");
}

Failure new_key_of(const std::string& fresh, const std::string& name) {
  return failure(Exit::user,
                 name + " says that " + fresh + " is the new key of " + name + ". " + decide(name));
}

Failure has_not_moved(const std::string& name) {
  return failure(Exit::user, name + " has not said to have moved: there is nothing to refuse.");
}

Failure not_from_move() {
  return failure(Exit::user,
                 "This is not what 'bisik move' shows. Run that in the old profile and give here"
                 " what it shows.");
}

Failure not_from_successor() {
  return failure(Exit::user,
                 "This is not what 'bisik successor' shows. Run that in the new profile and give"
                 " here what it shows.");
}

Failure moves_to_itself() {
  return failure(Exit::user,
                 "That is this account itself. 'bisik successor' belongs into the new profile,"
                 " 'bisik move' into the old one.");
}

Failure successor_of_another() {
  return failure(Exit::user,
                 "The new profile has signed this for another account, or it was altered. Begin"
                 " anew: 'bisik move' here.");
}

Failure old_successor() {
  return failure(Exit::user,
                 "This was made more than 31 days ago, or the clock of one of the two machines is"
                 " wrong. Run 'bisik successor' in the new profile again.");
}

Failure has_another_successor(const std::string& name) {
  return failure(Exit::user,
                 "This account says already that it goes on as " + name +
                     ", and it says so once: two different successors are an alarm for everybody.");
}

}  // namespace bisik::client
