// The people this profile knows, by account. A contact is its row; the row's fields are described
// in proto/rows.proto.
#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "client/engine/step.hpp"
#include "crypto/bundle.hpp"
#include "crypto/device_list.hpp"
#include "proto/content.pb.h"
#include "proto/link.hpp"
#include "proto/rows.pb.h"

namespace bisik::client {

// What the chat of an account with itself is called.
inline constexpr std::string_view kNotes = "note-to-self";

struct Contact {
  crypto::AccountId id;
  proto::pb::ContactRow row;

  // Somebody whom the person has not accepted yet.
  [[nodiscard]] bool is_request() const { return row.state() == proto::pb::CONTACT_STATE_REQUEST; }
  // Somebody whom the person has deleted.
  [[nodiscard]] bool is_removed() const { return row.state() == proto::pb::CONTACT_STATE_REMOVED; }
  // This account itself: its other devices. Never shown as a contact.
  [[nodiscard]] bool is_own() const { return row.state() == proto::pb::CONTACT_STATE_OWN; }
  [[nodiscard]] bool is_hidden() const { return is_own() || is_removed(); }
  // Of either kind: nothing is sent there.
  [[nodiscard]] bool is_stranger() const { return is_request() || is_removed(); }
  // They say to go on under another key, and the person has not said what to do about it.
  [[nodiscard]] bool may_have_moved() const { return row.move() == proto::pb::MOVE_OFFERED; }
  // The old key of somebody whom the person has followed to a new one.
  [[nodiscard]] bool has_moved() const { return row.move() == proto::pb::MOVE_FOLLOWED; }
  // The account that they say to go on as, whatever the person thinks of it.
  [[nodiscard]] std::optional<crypto::AccountId> successor() const;
  [[nodiscard]] bool may_be_written_to() const {
    return !is_stranger() && !row.blocked() && row.trust() != proto::pb::TRUST_CHANGED &&
           !may_have_moved() && !has_moved() && row.has_relay();
  }
  // Of the chat, as it is shown.
  [[nodiscard]] std::string chat_name() const {
    return is_own() ? std::string{kNotes} : row.name();
  }
  [[nodiscard]] crypto::VerifyKey account_key() const;
  [[nodiscard]] proto::RelayAddress relay() const;
  // What lets us write into this queue of theirs: from their write secret, or from their link.
  [[nodiscard]] std::optional<crypto::Capability> write_key(const crypto::QueueId& queue) const;

  // Their write secret, unless a newer one is known. False: nothing changes.
  bool learn_secret(const Step& step, const std::string& secret, std::uint64_t sequence);
  // The same, as they say it: where their relay refuses the one that we know, any other is better.
  bool hear_secret(const Step& step, const proto::pb::Content& content);
  // Where their link is what may work.
  void forget_secret();
  // A device that is no more.
  void forget_device(crypto::DeviceNumber number);
  // Of the own account: what was said to another device of it.
  [[nodiscard]] proto::pb::ContactRow::OwnDevice& own_device(crypto::DeviceNumber number);
  void forget_own_device(crypto::DeviceNumber number);
  // What was known of their devices, so that it is fetched anew.
  void forget_devices();
  void save(Step& step) const;
};

// Of a statement that was verified before it was kept.
[[nodiscard]] crypto::AccountId new_account_in(const proto::pb::Successor& successor);

// In the shape of client/api.
[[nodiscard]] proto::pb::ContactEntry to_api(const Contact& contact);

// Of the account itself, or of what it has several of, in an order.
[[nodiscard]] RowId row_of(const crypto::AccountId& account, std::uint64_t order = 0);
// Of something that has a name within the account.
[[nodiscard]] RowId row_of(const crypto::AccountId& account, std::string_view name);
[[nodiscard]] proto::pb::RelayAddress to_proto(const proto::RelayAddress& relay);
// Anything that is not an address of a relay gives nothing.
[[nodiscard]] std::optional<proto::RelayAddress> from_proto(const proto::pb::RelayAddress& relay);

class ContactBook {
 public:
  void load(const RowSource& rows);

  [[nodiscard]] Contact* find(const crypto::AccountId& account);
  // By petname (any case), by account id in hex, by its UUID, or by a link of theirs. Nobody who is
  // hidden.
  [[nodiscard]] Contact* find(std::string_view name);
  // The same, and by kNotes, id or UUID this account itself: nobody whose name is that gets what
  // was meant for nobody else.
  [[nodiscard]] Contact* find_chat(std::string_view name);
  // The known name that looks most like this one; empty if none comes near.
  [[nodiscard]] std::string nearest(std::string_view name) const;

  // A new contact, named after `wanted` or, if that is taken or empty, with a number behind it.
  Contact& add(const crypto::VerifyKey& account_key, std::string_view wanted, Step& step);

  // This account, so that its devices can write to each other.
  Contact& add_own(const crypto::VerifyKey& account_key, const proto::RelayAddress& relay,
                   Step& step);

  // False, and nothing changes: no name, or somebody else's.
  [[nodiscard]] bool rename(Contact& contact, std::string_view wanted, Step& step);
  // The row stays, unseen: sessions go on, so that whoever writes again is a request and can be
  // answered, and numbers of messages are not given twice. Their name is free.
  void remove(Contact& contact, Step& step);
  // `fresh` is called what `old` was called until now.
  void hand_over_name(Contact& old, Contact& fresh);
  // The contact who says to go on as this account, if that is still open.
  [[nodiscard]] const Contact* predecessor(const crypto::AccountId& account) const;
  // Somebody who was removed is here again; named as wanted, or as before.
  void revive(Contact& contact, std::string_view wanted, proto::pb::ContactState state);

  [[nodiscard]] std::map<crypto::AccountId, Contact>& all() noexcept { return contacts_; }
  [[nodiscard]] const std::map<crypto::AccountId, Contact>& all() const noexcept {
    return contacts_;
  }
  [[nodiscard]] std::size_t requests() const;

 private:
  [[nodiscard]] std::string free_name(std::string_view wanted);

  std::map<crypto::AccountId, Contact> contacts_;
};

}  // namespace bisik::client
