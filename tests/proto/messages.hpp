// Messages that are right, for tests to break one field at a time.
#pragma once

#include <string>

#include "crypto/bundle.hpp"
#include "crypto/device_list.hpp"
#include "crypto/one_time_keys.hpp"
#include "crypto/successor.hpp"
#include "proto/content.pb.h"
#include "proto/limits.hpp"
#include "proto/relay.pb.h"

namespace bisik::proto {

inline std::string filled(std::size_t size) { return std::string(size, 'x'); }
inline const std::string kId = filled(32);

inline void fill(pb::CreateQueue& queue) {
  queue.set_queue(kId);
  queue.set_kind(pb::QUEUE_KIND_MAILBOX);
  queue.set_read_key_hash(kId);
  queue.add_write_keys()->set_hash(kId);
}

inline void fill(pb::OneTimeKeys& keys) {
  keys.set_classical(filled(100 * crypto::OneTimeKeyEntry::kSize));
  keys.set_post_quantum(filled(32 * crypto::PqOneTimeKeyEntry::kSize));
}

// The largest that a client can need.
inline pb::Request register_request() {
  pb::Request request;
  request.set_number(1);
  auto& operation = *request.mutable_register_();
  operation.set_invite(kId);
  operation.set_device_list(filled(crypto::DeviceList::kMaxSize));
  operation.set_device(1);
  operation.set_network_binding(filled(64));
  operation.set_bundle(filled(crypto::Bundle::kSize));
  fill(*operation.mutable_one_time_keys());
  for (int i = 0; i < 2; ++i) fill(*operation.add_queues());
  return request;
}

inline pb::Request send_request(std::size_t cell_bytes = 4096) {
  pb::Request request;
  auto& operation = *request.mutable_send_cell();
  operation.set_queue(kId);
  operation.set_write_key(kId);
  operation.set_envelope_id(filled(16));
  operation.set_cell(filled(cell_bytes));
  return request;
}

// Into a knock queue, with a stamp of the right form.
inline pb::Request knock_request() {
  auto request = send_request();
  request.mutable_send_cell()->clear_write_key();
  request.mutable_send_cell()->set_stamp(1);
  return request;
}

inline pb::Request add_device_request() {
  pb::Request request;
  auto& operation = *request.mutable_add_device();
  operation.set_device_list(filled(crypto::DeviceList::kFixedSize + crypto::DeviceRecord::kSize));
  operation.set_publication(filled(64));
  operation.set_device(1);
  operation.set_network_key(kId);
  operation.set_network_binding(filled(64));
  return request;
}

inline pb::Request draw_grants_request() {
  pb::Request request;
  for (int i = 0; i < 2; ++i) request.mutable_draw_grants()->add_hashes(kId);
  return request;
}

inline pb::Request create_group_queue_request() {
  pb::Request request;
  request.mutable_create_group_queue()->set_grant(kId);
  fill(*request.mutable_create_group_queue()->mutable_queue());
  request.mutable_create_group_queue()->mutable_queue()->set_kind(pb::QUEUE_KIND_GROUP);
  return request;
}

inline pb::Request read_group_queue_request() {
  pb::Request request;
  request.mutable_read_group_queue()->set_queue(kId);
  request.mutable_read_group_queue()->set_read_key(kId);
  request.mutable_read_group_queue()->set_after_sequence(1);
  return request;
}

inline pb::FromRelay push(std::size_t cell_bytes = 4096) {
  pb::FromRelay message;
  auto& cell = *message.mutable_push();
  cell.set_queue(kId);
  cell.set_sequence(1);
  cell.set_envelope_id(filled(16));
  cell.set_cell(filled(cell_bytes));
  return message;
}

inline pb::FromRelay response() {
  pb::FromRelay message;
  message.mutable_response()->set_status(pb::STATUS_OK);
  return message;
}

inline pb::FromRelay group_cells(int cells = 2) {
  auto message = response();
  auto& page = *message.mutable_response()->mutable_group_cells();
  while (page.cells_size() < cells) *page.add_cells() = push().push();
  page.set_end(true);
  return message;
}

inline pb::Content text(const std::string& body) {
  pb::Content content;
  content.set_id(filled(16));
  content.set_timestamp_ms(1'800'000'000'000);
  content.mutable_text()->set_body(body);
  return content;
}

inline void fill(pb::RelayAddress& relay) {
  std::string host = filled(kMaxHostBytes);
  host[50] = '.';
  relay.set_host(host);
  relay.set_port(65535);
  relay.set_key(kId);
}

// Of the right sizes; signed by nobody.
inline void fill(pb::Successor& successor) {
  successor.set_statement(filled(crypto::SuccessorStatement::kSize));
  fill(*successor.mutable_relay());
  successor.set_write_secret(kId);
  successor.set_token(filled(kTokenBytes));
  successor.set_name(filled(kMaxNameBytes));
}

// Every field, each at its longest.
inline pb::Content longest_content() {
  auto content = text(filled(kMaxTextBytes));
  auto& about = *content.mutable_text()->mutable_about();
  about.set_kind(pb::Reference::KIND_REPLY);
  about.set_id(filled(16));
  about.set_timestamp_ms(kMaxTimestampMs);
  about.set_of_other(true);
  about.set_text(filled(kMaxQuoteBytes));
  content.set_timestamp_ms(kMaxTimestampMs);
  for (auto* list : {content.mutable_sender_list(), content.mutable_receiver_list()}) {
    list->set_sequence(kMaxStoredInteger);
    list->set_hash(kId);
  }
  auto& introduction = *content.mutable_introduction();
  fill(*introduction.mutable_relay());
  introduction.set_name(filled(kMaxNameBytes));
  introduction.set_token(filled(16));
  content.set_write_secret(kId);
  content.set_write_secret_sequence(kMaxStoredInteger);
  auto& repair = *content.mutable_repair();
  repair.mutable_retry_request()->set_envelope_id(filled(16));
  repair.mutable_index_used()->set_session(kId);
  repair.mutable_sessions_lost();
  fill(*content.mutable_successor());
  content.mutable_profile()->set_name(filled(kMaxNameBytes));
  content.mutable_profile()->set_changed_ms(kMaxTimestampMs);
  return content;
}

}  // namespace bisik::proto
