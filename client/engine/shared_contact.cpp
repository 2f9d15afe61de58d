#include "client/engine/shared_contact.hpp"

namespace bisik::client {

proto::pb::SharedContact to_shared(const Contact& contact) {
  const auto& row = contact.row;
  proto::pb::SharedContact shared;
  shared.set_account_key(row.account_key());
  shared.set_name(row.name());
  *shared.mutable_relay() = row.relay();
  shared.set_relay_is_said(row.relay_is_said());
  shared.set_write_secret(row.write_secret());
  shared.set_write_secret_sequence(row.write_secret_sequence());
  shared.set_accepted(row.state() == proto::pb::CONTACT_STATE_ACCEPTED);
  shared.set_removed(contact.is_removed());
  shared.set_blocked(row.blocked());
  shared.set_verified(row.trust() == proto::pb::TRUST_VERIFIED);
  shared.set_added_ms(row.added_ms());
  shared.set_changed_ms(row.changed_ms());
  shared.set_no_delivery_receipts(row.no_delivery_receipts());
  shared.set_no_read_receipts(row.no_read_receipts());
  shared.set_no_typing_notices(row.no_typing_notices());
  if (row.move() != proto::pb::MOVE_NONE) {
    *shared.mutable_successor() = row.successor();
    shared.set_followed(contact.has_moved());
    shared.set_refused(row.move() == proto::pb::MOVE_REFUSED);
  }
  return shared;
}

proto::pb::Copies::Copy to_shared(const proto::pb::MessageRow& row) {
  proto::pb::Copies::Copy copy;
  copy.set_account(row.account());
  copy.set_id(row.content_id());
  copy.set_ours(row.ours());
  copy.set_timestamp_ms(row.timestamp_ms());
  copy.set_received_ms(row.received_ms());
  copy.set_text(row.text());
  if (row.has_about()) *copy.mutable_about() = row.about();
  copy.set_deleted(row.deleted());
  if (!row.ours()) copy.set_read_ms(row.read_ms());
  return copy;
}

}  // namespace bisik::client
