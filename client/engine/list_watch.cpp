#include "client/engine/list_watch.hpp"

namespace bisik::client {
namespace {

using proto::pb::ListState;

bool says(const ListState& state, std::uint64_t sequence, const crypto::Hash& hash) {
  return state.sequence() == sequence && state.hash() == crypto::as_text(hash);
}

bool two_of_theirs(const Contact& contact, const ListState& theirs) {
  const auto known = contact.row.list_sequence();
  return known != 0 && theirs.sequence() == known && theirs.hash() != contact.row.list_hash();
}

// A list that is on its way to the relay may be known to others before its answer comes. Of older
// ones no hash is kept.
bool unknown_of_ours(const Identity& identity, const ListState& ours) {
  if (ours.sequence() < identity.list_sequence) return false;
  if (!identity.primary && ours.sequence() > identity.list_sequence) return false;
  if (says(ours, identity.list_sequence, identity.list_hash())) return false;
  if (identity.next_device_list.empty()) return true;
  const auto next = crypto::DeviceList::hash_of(identity.next_device_list);
  return !says(ours, identity.list_sequence + 1, next);
}

}  // namespace

ListAlarm watch_lists(const Identity& identity, const Contact& contact,
                      const proto::pb::Content& content) {
  if (content.has_sender_list() && two_of_theirs(contact, content.sender_list())) {
    return ListAlarm::theirs;
  }
  if (content.has_receiver_list() && unknown_of_ours(identity, content.receiver_list())) {
    return ListAlarm::ours;
  }
  return ListAlarm::none;
}

}  // namespace bisik::client
