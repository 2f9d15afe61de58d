// What a profile knows, in memory: the part of the engine that is on disk. The parts that decide
// (outgoing, incoming, mailbox, the commands) share it and write every change through a Step.
#pragma once

#include <functional>

#include "client/engine/contact_book.hpp"
#include "client/engine/identity.hpp"
#include "client/engine/key_ring.hpp"
#include "client/engine/lines.hpp"
#include "client/engine/session_book.hpp"

namespace bisik::client {

class State {
 public:
  explicit State(const RowSource& source);

  const RowSource& rows;
  std::optional<Identity> identity;
  KeyRing key_ring;
  ContactBook contacts;
  SessionBook sessions;
  Lines lines;

  // This account goes on as another one: what its contacts are told. Whoever has not been told by
  // now hears of it with the next message.
  struct Successor {
    proto::pb::Successor told;
    std::uint64_t date;  // of the statement, in seconds since 1970
  };
  std::optional<Successor> successor;
  // What this account calls itself, once that was changed; said in every message.
  std::optional<proto::pb::Profile> profile;
  // False, and nothing changes: a later one is known.
  bool learn_profile(Step& step, const proto::pb::Profile& said);
  void succeed(Step& step, const proto::pb::Successor& told);
  [[nodiscard]] bool owes_successor(const Contact& contact) const;

  // The relay has our next list: devices that it does not name are gone, and with them the write
  // secret, which they know. `bytes`: the list that was published.
  void list_published(Step& step, crypto::ByteView bytes);
  // Another copy of this profile may have changed the write secret, also more than once: another
  // one, above whatever it has said.
  void replace_secret(Step& step);
  [[nodiscard]] static std::uint64_t secret_sequence_after(const Step& step, std::uint64_t known);
  // The account's newest list does not name this device.
  [[nodiscard]] bool is_gone() const;
  // Whoever knew this list of ours when he wrote left out a device that is in a newer one: this
  // device, which has linked it, tells it.
  [[nodiscard]] bool tells_new_devices(const proto::pb::ListState& known) const;
  // Its devices are known, and there is a session to send in with each.
  [[nodiscard]] bool is_ready(const Contact& contact) const;
  // With one of those that are known.
  [[nodiscard]] bool lacks_session(const Contact& contact) const;
  // Of a relay: whether its name may lead into the network that we stand in. That of a relay which
  // only others have named may not, unless ours is there too.
  [[nodiscard]] bool may_be_private(const proto::RelayAddress& relay) const;
  [[nodiscard]] bool joined() const { return identity && identity->registered(); }

  // Rising numbers that survive a restart.
  [[nodiscard]] std::uint64_t next_inbox(Step& step);
  [[nodiscard]] std::uint64_t next_outbox(Step& step);
  // The clock's milliseconds, but never the same or less than the last: names a message of ours.
  // Not a commit of its own: next_outbox(), which whatever is kept or sent takes afterwards, writes
  // it too, and what does neither was never there.
  // Later than `before`, which another device of ours may have said by another clock.
  [[nodiscard]] std::uint64_t next_timestamp(const Step& step, std::uint64_t before = 0);

  // Of a restore that came to nothing: its account, links, contacts and messages.
  void clear(Step& step);

  [[nodiscard]] std::optional<proto::pb::MessageRow> message(const crypto::AccountId& account,
                                                             std::uint64_t number) const;
  void save(Step& step, const proto::pb::MessageRow& row) const;

 private:
  proto::pb::CountersRow counters_;
};

// The rows of a group from `first` on, by rising order, kPageRows in memory at a time; until `each`
// says false.
void each_row(const RowSource& rows, RowKind kind, crypto::ByteView group, std::uint64_t first,
              const std::function<bool(const StoredRow&)>& each);

[[nodiscard]] inline RowId message_id(const crypto::AccountId& account, std::uint64_t number) {
  return row_of(account, number);
}
[[nodiscard]] inline RowId link_id(const std::string& token) { return {to_bytes(token), 0}; }
// NAME/NUMBER, as people and scripts write it.
[[nodiscard]] std::string display_id(const Contact& contact, std::uint64_t number);

// By NAME/NUMBER; nothing if there is no such message.
[[nodiscard]] std::optional<proto::pb::MessageRow> find_message(State& state, std::string_view id);

}  // namespace bisik::client
