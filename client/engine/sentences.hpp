// What a person is told when something fails: what happened, what to do next, and the exit code.
#pragma once

#include <string_view>

#include "client/engine/effects.hpp"
#include "client/engine/limits.hpp"
#include "crypto/device_record.hpp"
#include "proto/relay.pb.h"

namespace bisik::client {

// docs/architecture.md, "Errors". A contract with scripts.
enum class Exit : std::uint32_t {
  user = 1,
  unexpected = 2,
  relay = 3,
  trust = 4,
  rate = 5,
  refused = 6,
  conflict = 7
};

[[nodiscard]] proto::pb::Failure failure(Exit code, std::string sentence);
[[nodiscard]] proto::pb::Failure failure(LineEnd why, const proto::RelayAddress& relay);
// A relay's answer that is not OK, to an operation that has no sentence of its own.
[[nodiscard]] proto::pb::Failure failure(const proto::pb::Response& response);
[[nodiscard]] proto::pb::Failure again_later(seconds wait);
[[nodiscard]] proto::pb::Failure bad_keys(const std::string& name,
                                          const boost::system::error_code& why);
// Their relay refuses our key: `name` has changed it, and is asked for the new one.
[[nodiscard]] proto::pb::Failure waits_for_new_key(const std::string& name);
// Alarms: lists of devices that do not agree.
[[nodiscard]] std::string two_histories(const std::string& name);
[[nodiscard]] std::string foreign_list_of_ours(const std::string& name);
[[nodiscard]] std::string foreign_own_list();
[[nodiscard]] proto::pb::Failure was_removed();
[[nodiscard]] proto::pb::Failure blocked_here(const std::string& name,
                                              const proto::pb::Failure& why);
// Below the list of devices: why it may not be the newest.
[[nodiscard]] std::string list_as_known(const proto::pb::Failure& why);
// Below messages: why nobody knows whether some were taken back.
[[nodiscard]] std::string not_looked_for(const proto::pb::Failure& why);
[[nodiscard]] proto::pb::Failure list_not_seen(const proto::pb::Failure& why);
[[nodiscard]] proto::pb::Failure has_an_account();
[[nodiscard]] proto::pb::Failure not_the_primary();
[[nodiscard]] proto::pb::Failure not_a_linking_code();
[[nodiscard]] proto::pb::Failure another_relay();
[[nodiscard]] proto::pb::Failure too_many_devices();
[[nodiscard]] proto::pb::Failure replaced_by_another_linking();
[[nodiscard]] proto::pb::Failure nothing_to_confirm();
[[nodiscard]] proto::pb::Failure six_digits();
[[nodiscard]] proto::pb::Failure other_digits();
[[nodiscard]] proto::pb::Failure nobody_linked();
[[nodiscard]] proto::pb::Failure nobody_approved();
[[nodiscard]] proto::pb::Failure linking_was_refused();
[[nodiscard]] proto::pb::Failure is_being_linked();
[[nodiscard]] proto::pb::Failure linked_but_not_set_up();
[[nodiscard]] proto::pb::Failure removed_later();
// Backups. The reason is crypto's.
[[nodiscard]] proto::pb::Failure backup_interrupted();
[[nodiscard]] proto::pb::Failure restore_interrupted();
[[nodiscard]] proto::pb::Failure mistyped_code();
[[nodiscard]] proto::pb::Failure bad_backup_header(const boost::system::error_code& why);
[[nodiscard]] proto::pb::Failure bad_backup(const boost::system::error_code& why);
[[nodiscard]] proto::pb::Failure cut_backup();
[[nodiscard]] proto::pb::Failure not_restored(const proto::pb::Failure& why);
[[nodiscard]] proto::pb::Failure restored_elsewhere();
[[nodiscard]] proto::pb::Failure no_such_account();
[[nodiscard]] proto::pb::Failure this_device();
[[nodiscard]] proto::pb::Failure no_such_device(crypto::DeviceNumber number);
[[nodiscard]] std::string new_device(const std::string& name, crypto::DeviceNumber number);
// Of texts that wait for a list of devices.
[[nodiscard]] std::string loses_texts(const std::string& name);
[[nodiscard]] std::string lost_texts(const std::string& name, std::uint32_t count);
[[nodiscard]] std::string device_removed(const std::string& name, crypto::DeviceNumber number);
// Sessions that were lost.
[[nodiscard]] std::string asked_again(const std::string& name);
[[nodiscard]] std::string began_anew(const std::string& name);
[[nodiscard]] std::string were_expired(std::uint64_t cells, bool asks);
[[nodiscard]] std::string was_restored();
// Contacts who go on under another account key.
[[nodiscard]] std::string says_has_moved(const std::string& name);
[[nodiscard]] std::string two_successors(const std::string& name);
[[nodiscard]] std::string moved_out_of_reach(const std::string& name);
[[nodiscard]] proto::pb::Failure may_have_moved(const std::string& name);
[[nodiscard]] proto::pb::Failure old_key_of(const std::string& old, const std::string& name);
[[nodiscard]] proto::pb::Failure new_key_of(const std::string& fresh, const std::string& name);
[[nodiscard]] proto::pb::Failure has_not_moved(const std::string& name);
// And this account.
[[nodiscard]] proto::pb::Failure not_from_move();
[[nodiscard]] proto::pb::Failure not_from_successor();
[[nodiscard]] proto::pb::Failure moves_to_itself();
[[nodiscard]] proto::pb::Failure successor_of_another();
[[nodiscard]] proto::pb::Failure old_successor();
[[nodiscard]] proto::pb::Failure has_another_successor(const std::string& name);
[[nodiscard]] proto::pb::Failure you_have_blocked(const std::string& name);
[[nodiscard]] proto::pb::Failure not_trusted(const std::string& name);
[[nodiscard]] proto::pb::Failure not_joined();
[[nodiscard]] proto::pb::Failure unknown_contact(std::string_view name, std::string_view nearest);
[[nodiscard]] proto::pb::Failure bad_link(const boost::system::error_code& why);
[[nodiscard]] proto::pb::Failure unconfirmed();
[[nodiscard]] proto::pb::Failure key_of_another(const std::string& id);
[[nodiscard]] proto::pb::Failure unknown_consumer(const std::string& name);
[[nodiscard]] std::string calls_himself(const std::string& name, const std::string& now);
[[nodiscard]] proto::pb::Failure no_message(const std::string& id);
[[nodiscard]] proto::pb::Failure is_about_another(const std::string& id);
[[nodiscard]] proto::pb::Failure waits_still(const std::string& id);
[[nodiscard]] proto::pb::Failure may_be_there(const std::string& id);
[[nodiscard]] proto::pb::Failure waits_for_nothing(const std::string& id);
[[nodiscard]] proto::pb::Failure hears_no_typing(const std::string& name);
[[nodiscard]] proto::pb::Failure names_no_message();
[[nodiscard]] proto::pb::Failure no_message_of(const std::string& name, std::uint64_t timestamp);
[[nodiscard]] proto::pb::Failure hears_no_reading(const std::string& name);

}  // namespace bisik::client
