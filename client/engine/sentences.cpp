#include "client/engine/sentences.hpp"

#include "crypto/error.hpp"
#include "proto/error.hpp"

namespace bisik::client {

using proto::pb::Failure;

Failure failure(Exit code, std::string sentence) {
  Failure made;
  made.set_exit_code(static_cast<std::uint32_t>(code));
  made.set_sentence(std::move(sentence));
  return made;
}

Failure failure(LineEnd why, const proto::RelayAddress& relay) {
  const auto where = relay.host + ":" + std::to_string(relay.port);
  switch (why) {
    case LineEnd::unreachable:
      return failure(Exit::relay, "The relay at " + where +
                                      " does not answer. Check the network, then try again.");
    case LineEnd::not_a_relay:
      return failure(Exit::relay, "What answers at " + where +
                                      " is not the relay of this link. Check the link, or ask for"
                                      " a new one.");
    case LineEnd::version:
      return failure(Exit::relay, "The relay at " + where +
                                      " speaks another version. Update bisik, or ask its operator"
                                      " to update.");
    case LineEnd::closed:
      break;
  }
  return failure(Exit::relay,
                 "The relay at " + where + " closed the connection. Try again in a moment.");
}

Failure again_later(seconds wait) {
  auto made = failure(Exit::rate, "The relay takes no more of this now. Try again in " +
                                      std::to_string(wait.count()) + " s.");
  made.set_retry_after_seconds(static_cast<std::uint32_t>(wait.count()));
  return made;
}

Failure failure(const proto::pb::Response& response) {
  switch (response.status()) {
    case proto::pb::STATUS_QUOTA:
    case proto::pb::STATUS_BUSY:
      return again_later(seconds{std::max(1U, response.retry_after_seconds())});
    case proto::pb::STATUS_INVITE:
      return failure(Exit::refused,
                     "This invite is used up, expired or not of this relay. Ask for a new one.");
    case proto::pb::STATUS_NOT_REGISTERED:
      return failure(Exit::refused,
                     "The relay does not know this device: it was removed from its account, or the"
                     " relay has lost what it had.");
    default:
      return failure(Exit::refused, "The relay refused. 'bisik doctor' may tell why.");
  }
}

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
  return failure(Exit::refused, name +
                                    " has changed who may write, and was asked for the new key."
                                    " What is in the outbox goes when it comes; send anything"
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

std::string foreign_own_list() {
  return "The relay has a list of your devices that was not made here. If you made it, on a copy of"
         " this profile: 'bisik devices accept' takes it. If not, somebody else has the key of your"
         " account: tell your contacts in another way, and begin a new account. Until then nothing"
         " is told to your other devices, and none is added or removed.";
}

Failure blocked_here(const std::string& name, const Failure& why) {
  auto made = why;
  made.set_sentence(name +
                    " is blocked here, but your relay has not heard of it and still takes the old"
                    " key. The next command that reaches it ends that. " +
                    why.sentence());
  return made;
}

Failure was_removed() {
  return failure(Exit::refused,
                 "This device was removed from its account: it hears nothing more, and nobody reads"
                 " what it sends. 'bisik link' in another profile makes this machine a device"
                 " again. If it was not you who removed it, somebody else has the key of your"
                 " account.");
}

std::string list_as_known(const Failure& why) {
  return "This is the list as this device knows it. " + why.sentence();
}

Failure list_not_seen(const Failure& why) {
  auto made = why;
  made.set_sentence(
      "This device has not heard for a week whether it is still one of its account's, and nobody"
      " reads what a removed one sends. " +
      why.sentence() + " Nothing was sent; --queue keeps it until then.");
  return made;
}

Failure has_an_account() {
  return failure(Exit::user,
                 "This profile has an account already. Use 'bisik add LINK', or another"
                 " --profile.");
}

Failure not_the_primary() {
  return failure(Exit::user,
                 "Only the account's first device can do this: it holds the account's key.");
}

Failure not_a_linking_code() {
  return failure(Exit::user,
                 "This is not the code of a new device. Run 'bisik link' on the new device and give"
                 " what it shows.");
}

Failure another_relay() {
  return failure(Exit::user,
                 "The new device names another relay than this account's. Run there 'bisik link"
                 " RELAY' with the relay that 'bisik whoami' shows here.");
}

Failure too_many_devices() {
  return failure(Exit::user,
                 "This account has 8 devices, which is the most. 'bisik devices remove NUMBER'"
                 " makes room.");
}

Failure replaced_by_another_linking() {
  return failure(Exit::user, "Another device is being linked now, in place of this one.");
}

Failure nothing_to_confirm() {
  return failure(Exit::user, "No device waits for its digits. 'bisik link --approve CODE' first.");
}

Failure six_digits() { return failure(Exit::user, "The new device shows six digits: type them."); }

Failure other_digits() {
  return failure(
      Exit::trust,
      "Those are not the digits. Either they were mistyped or somebody stands between the"
      " two devices, so nothing was linked. Begin anew: 'bisik link' on the new device.");
}

Failure nobody_linked() {
  return failure(Exit::relay,
                 "The new device did not answer in time. Begin anew: 'bisik link' there.");
}

Failure nobody_approved() {
  return failure(Exit::refused,
                 "The account's first device did not approve. Begin anew: 'bisik link'.");
}

Failure is_being_linked() {
  return failure(Exit::user, "This profile is being linked to an account: end 'bisik link' first.");
}

Failure linked_but_not_set_up() {
  return failure(Exit::relay,
                 "This is a device of the account now, but the relay has not taken its keys yet."
                 " Any later command goes on with that.");
}

Failure removed_later() {
  return failure(Exit::relay,
                 "The relay did not confirm. The device is removed as soon as it does; 'bisik"
                 " devices' shows when.");
}

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

Failure this_device() {
  return failure(Exit::user,
                 "That is this device, which holds the account's key. It cannot remove itself.");
}

Failure no_such_device(crypto::DeviceNumber number) {
  return failure(Exit::user, "This account has no device " + std::to_string(number) +
                                 ". 'bisik devices' lists them.");
}

std::string new_device(const std::string& name, crypto::DeviceNumber number) {
  return name + " has a new device (number " + std::to_string(number) + ").";
}

std::string loses_texts(const std::string& name) {
  return "Warning: " + std::to_string(kMaxUnlisted) + " messages of " + name + " wait for a list" +
         " of devices that the relay does not show. Further ones are lost until it does.";
}

std::string lost_texts(const std::string& name, std::uint32_t count) {
  return std::to_string(count) + " messages of " + name + " were lost while too many waited for" +
         " a list of devices. Ask " + name + " to write them again.";
}

std::string device_removed(const std::string& name, crypto::DeviceNumber number) {
  return name + " has removed a device (number " + std::to_string(number) + ").";
}

std::string asked_again(const std::string& name) {
  return "A message from " + name + " could not be read; asked for it again.";
}

std::string began_anew(const std::string& name) {
  return name + " had lost your conversation's keys; it goes on with new ones.";
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

Failure you_have_blocked(const std::string& name) {
  return failure(Exit::user, "You have blocked " + name + ". 'bisik unblock " + name + "' first.");
}

Failure not_trusted(const std::string& name) {
  return failure(Exit::trust, "The keys of " + name +
                                  " do not agree with what was known."
                                  " Nothing is sent before you compare keys: 'bisik verify " +
                                  name + "', or take the risk: 'bisik trust " + name + "'.");
}

Failure not_joined() {
  return failure(Exit::user,
                 "This profile has no account yet. Get an invite and run"
                 " 'bisik join LINK --name NAME'.");
}

Failure unknown_contact(std::string_view name, std::string_view nearest) {
  std::string sentence = "You have no contact named " + std::string{name} + ".";
  if (!nearest.empty()) sentence += " Did you mean " + std::string{nearest} + "?";
  return failure(Exit::user, sentence + " 'bisik contacts' lists them.");
}

Failure bad_link(const boost::system::error_code& why) {
  const auto sentence = [&]() -> std::string {
    if (why == proto::Errc::not_a_link) return "This is not a link: one begins with bisik://.";
    if (why == proto::Errc::host_too_long) return "The host in this link is too long.";
    if (why == proto::Errc::bad_host) return "The host in this link is not a name or address.";
    if (why == proto::Errc::bad_port) return "The port in this link is not a number up to 65535.";
    if (why == proto::Errc::bad_relay_key) return "The relay's key in this link is damaged.";
    return "This link was cut short or altered.";
  };
  return failure(Exit::user, sentence() + " Copy it again, whole, between quotes.");
}

Failure unconfirmed() {
  return failure(Exit::relay,
                 "The relay did not confirm in time. Send the same again: it will not be doubled.");
}

Failure unknown_consumer(const std::string& name) {
  return failure(Exit::user, "There is no consumer " + name + ": bisik receive --consumer " + name +
                                 " makes one.");
}

std::string calls_himself(const std::string& name, const std::string& now) {
  return name + " uses the name " + now + " now. Here it stays " + name + ".";
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

}  // namespace bisik::client
