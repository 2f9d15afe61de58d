#include "client/engine/compose.hpp"

#include <algorithm>

#include "crypto/random.hpp"
#include "proto/frame.hpp"

namespace bisik::client {
namespace {

// Somebody who has answered may have a device that has not heard of us.
bool owes_introduction(const State& state, const Contact& contact) {
  return contact.row.state() == proto::pb::CONTACT_STATE_INVITED ||
         !std::ranges::all_of(contact.row.devices(), [&](const auto& device) {
           return state.sessions.confirmed({contact.id, device.number()});
         });
}

}  // namespace

proto::pb::Content begin_content(Step& step, State& state, const Contact& contact) {
  const auto& identity = *state.identity;
  proto::pb::Content content;
  content.set_id(to_string(crypto::random_array<16>()));
  content.set_timestamp_ms(state.next_timestamp(step));
  content.mutable_sender_list()->set_sequence(identity.list_sequence);
  content.mutable_sender_list()->set_hash(to_string(identity.list_hash()));
  content.mutable_receiver_list()->set_sequence(contact.row.list_sequence());
  content.mutable_receiver_list()->set_hash(contact.row.list_hash());
  auto& written_for =
      contact.is_own() ? *content.mutable_sender_list() : *content.mutable_receiver_list();
  written_for.set_lacks_keys(contact.row.lacks_keys());
  content.set_write_secret(to_string(identity.write_secret.bytes()));
  content.set_write_secret_sequence(identity.write_secret_sequence);
  if (state.profile) *content.mutable_profile() = *state.profile;
  return content;
}

crypto::Bytes compose(Step& step, State& state, const Contact& contact,
                      const proto::pb::MessageRow& row, const proto::pb::Content& said) {
  const auto& identity = *state.identity;
  auto content = begin_content(step, state, contact);
  if (!row.content_id().empty()) content.set_id(row.content_id());
  if (row.number() != 0) content.set_timestamp_ms(row.timestamp_ms());

  if (owes_introduction(state, contact)) {
    auto& introduction = *content.mutable_introduction();
    *introduction.mutable_relay() = to_proto(identity.relay);
    introduction.set_name(identity.name);
    introduction.set_token(contact.row.link_token());
  }
  if (contact.row.has_repair()) *content.mutable_repair() = contact.row.repair();
  if (state.owes_successor(contact)) *content.mutable_successor() = state.successor->told;
  if (row.number() != 0 && !row.deleted()) {
    content.mutable_text()->set_body(row.text());
    if (row.has_about()) *content.mutable_text()->mutable_about() = row.about();
  } else if (said.body_case() != proto::pb::Content::BODY_NOT_SET) {
    content.MergeFrom(said);
  } else {
    content.mutable_hello();
  }
  return proto::encode(content);
}

}  // namespace bisik::client
