// What a person is told of single messages, and of who hears what about them.
#include "client/engine/sentences.hpp"

namespace bisik::client {

using proto::pb::Failure;

std::string loses_texts(const std::string& name) {
  return "Warning: " + std::to_string(kMaxUnlisted) + " messages of " + name + " wait for a list" +
         " of devices that the relay does not show. Further ones are lost until it does.";
}

std::string lost_texts(const std::string& name, std::uint32_t count) {
  return std::to_string(count) + " messages of " + name + " were lost while too many waited for" +
         " a list of devices. Ask " + name + " to write them again.";
}

std::string asked_again(const std::string& name) {
  return "A message from " + name + " could not be read; asked for it again.";
}

Failure unconfirmed() {
  return failure(Exit::relay,
                 "The relay did not confirm in time. Send the same again: it will not be doubled.");
}

Failure key_of_another(const std::string& id) {
  return failure(Exit::conflict, "This idempotency key names another message, " + id +
                                     ": nothing was sent. Give this one a key of its own.");
}

Failure unknown_consumer(const std::string& name) {
  return failure(Exit::user, "There is no consumer " + name + ": bisik receive --consumer " + name +
                                 " makes one.");
}

Failure no_message(const std::string& id) {
  return failure(Exit::user, "There is no message " + id + ".");
}

Failure is_about_another(const std::string& id) {
  return failure(Exit::user, "Message " + id + " is only something said about another one.");
}

Failure waits_still(const std::string& id) {
  return failure(Exit::user, "Message " + id + " waits to be sent: 'bisik outbox cancel " + id +
                                 "' takes it back.");
}

Failure may_be_there(const std::string& id) {
  return failure(Exit::user,
                 "Message " + id + " may be on the relay already, so it cannot be taken back.");
}

Failure waits_for_nothing(const std::string& id) {
  return failure(Exit::user, "Message " + id +
                                 " was written to you: only what you have written, and waits to"
                                 " be sent, can be taken back.");
}

Failure hears_no_typing(const std::string& name) {
  return failure(Exit::user, name + " is not told that you are typing: bisik receipts " + name +
                                 " --typing on changes that.");
}

Failure names_no_message() {
  return failure(Exit::user, "Name at least one message, by its timestamp.");
}

Failure no_message_of(const std::string& name, std::uint64_t timestamp) {
  return failure(Exit::user, "There is no message with the timestamp " + std::to_string(timestamp) +
                                 " in what " + name + " has written lately.");
}

Failure hears_no_reading(const std::string& name) {
  return failure(Exit::user, name + " is not told what you have read: bisik receipts " + name +
                                 " --read on changes that.");
}

std::string not_looked_for(const Failure& why) {
  return "This was here already; whether some of it was deleted or edited since is not known. " +
         why.sentence();
}

}  // namespace bisik::client
