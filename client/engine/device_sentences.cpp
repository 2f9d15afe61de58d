// What a person is told of the devices of an account: of linking, and of their lists.
#include "client/engine/sentences.hpp"

namespace bisik::client {

using proto::pb::Failure;

std::string foreign_own_list() {
  return "The relay has a list of your devices that was not made here. If you made it, on a copy of"
         " this profile: 'bisik devices accept' takes it. If not, somebody else has the key of your"
         " account: tell your contacts in another way, and begin a new account. Until then nothing"
         " is told to your other devices, and none is added or removed.";
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

Failure linking_was_refused() {
  return failure(Exit::refused,
                 "The account's first device has linked nothing: other digits were typed there, or"
                 " it gave up. Begin anew: 'bisik link'.");
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

std::string device_removed(const std::string& name, crypto::DeviceNumber number) {
  return name + " has removed a device (number " + std::to_string(number) + ").";
}

}  // namespace bisik::client
