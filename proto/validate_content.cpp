#include <algorithm>

#include "crypto/dh.hpp"
#include "crypto/header.hpp"
#include "crypto/limits.hpp"
#include "crypto/message_key.hpp"
#include "crypto/seal.hpp"
#include "crypto/successor.hpp"
#include "proto/fields.hpp"
#include "proto/host.hpp"
#include "proto/validate.hpp"

namespace bisik::proto {
namespace {

// A first message has the most around its content.
static_assert(crypto::kFirstMessageOverhead + crypto::kSealedHeaderBytes + crypto::kBodyOverhead <=
              kMaxCellOverheadBytes);

bool right(const pb::ListState& state) {
  return is_between(state.sequence(), std::uint64_t{1}, crypto::kMaxSequence) &&
         is_id(state.hash());
}

bool right(const pb::RelayAddress& relay) {
  return normal_host(relay.host()).has_value() && is_between(relay.port(), 1U, kMaxPort) &&
         crypto::DhPublicKey::parse(crypto::as_bytes(relay.key())).has_value();
}

bool right(const pb::Introduction& introduction) {
  return right(introduction.relay()) && is_text(introduction.name(), kMaxNameBytes) &&
         is_absent_or(introduction.token(), kTokenBytes);
}

// Its statement by size alone: whoever takes it verifies it.
bool right(const pb::Successor& successor) {
  return has_size(successor.statement(), crypto::SuccessorStatement::kSize) &&
         right(successor.relay()) && is_id(successor.write_secret()) &&
         has_size(successor.token(), kTokenBytes) && is_text(successor.name(), kMaxNameBytes);
}

bool right(const pb::Profile& profile) {
  return !profile.name().empty() && is_text(profile.name(), kMaxNameBytes) &&
         is_between(profile.changed_ms(), std::uint64_t{1}, kMaxTimestampMs);
}

bool right(const pb::LinkSuccessor& successor) {
  return is_id(successor.old_key()) &&
         successor.created() <= static_cast<std::uint64_t>(crypto::kMaxUnixTime.count()) &&
         has_size(successor.by_new(), sizeof(crypto::Signature));
}

bool right(const pb::LinkContact& contact) {
  return is_id(contact.account_key()) && is_id(contact.write_secret()) &&
         is_text(contact.name(), kMaxNameBytes) && has_size(contact.token(), kTokenBytes);
}

bool right(const pb::LinkDevice& device) {
  return is_id(device.ephemeral()) && is_id(device.commitment()) && is_id(device.secret());
}

bool right(const pb::Reference& about) {
  using pb::Reference;
  if (!has_size(about.id(), kMessageIdBytes) || about.timestamp_ms() > kMaxTimestampMs)
    return false;
  const bool is_reaction = about.kind() == Reference::KIND_REACTION;
  if (about.withdrawn() && !is_reaction) return false;
  switch (about.kind()) {
    case Reference::KIND_REPLY:
      return is_text(about.text(), kMaxQuoteBytes);
    case Reference::KIND_REACTION:
      return !about.text().empty() && is_text(about.text(), kMaxEmojiBytes);
    case Reference::KIND_EDIT:
    case Reference::KIND_DELETION:  // of one's own alone
      return about.text().empty() && !about.of_other();
    default:
      return false;
  }
}

// A message has a text, unless what it says of another one is all of it.
bool right(const std::string& text, bool is_about, const pb::Reference& about) {
  if (is_about && !right(about)) return false;
  const bool is_whole =
      about.kind() == pb::Reference::KIND_REACTION || about.kind() == pb::Reference::KIND_DELETION;
  return text.empty() == is_whole && is_text(text, kMaxTextBytes);
}

bool right(const pb::Copies::Copy& copy) {
  const bool says_it = copy.deleted()
                           ? copy.text().empty() && (!copy.has_about() || right(copy.about()))
                           : right(copy.text(), copy.has_about(), copy.about());
  return is_id(copy.account()) && has_size(copy.id(), kMessageIdBytes) &&
         copy.timestamp_ms() <= kMaxTimestampMs && copy.received_ms() <= kMaxTimestampMs &&
         copy.read_ms() <= kMaxTimestampMs && !(copy.ours() && copy.read_ms() != 0) && says_it;
}

bool right(const pb::Reads& reads) {
  constexpr auto kMost = static_cast<int>(kMaxReads);
  const auto is_read = [](const pb::Reads::Read& read) {
    return has_size(read.id(), kMessageIdBytes) &&
           is_between(read.read_ms(), std::uint64_t{1}, kMaxTimestampMs);
  };
  return is_id(reads.account()) && !reads.reads().empty() &&
         is_list_of(reads.reads(), kMost, is_read);
}

bool right(const pb::Amendment& amendment) {
  return is_text(amendment.emoji(), kMaxEmojiBytes) && amendment.text().empty();
}

bool right(const pb::SharedContact& contact) {
  return is_id(contact.account_key()) && is_text(contact.name(), kMaxNameBytes) &&
         right(contact.relay()) && is_absent_or(contact.write_secret(), kIdBytes) &&
         contact.write_secret_sequence() <= crypto::kMaxSequence &&
         contact.added_ms() <= kMaxTimestampMs &&
         (!contact.has_successor() || right(contact.successor())) &&
         (contact.has_successor() || !(contact.followed() || contact.refused()));
}

bool right(const pb::Repair& repair) {
  return (!repair.has_retry_request() ||
          has_size(repair.retry_request().envelope_id(), kEnvelopeIdBytes)) &&
         (!repair.has_index_used() || has_size(repair.index_used().session(), kIdBytes));
}

bool right(const pb::Receipt& receipt) {
  constexpr auto kMost = static_cast<int>(kMaxReceiptIds);
  const auto is_message = [](const std::string& id) { return has_size(id, kMessageIdBytes); };
  return (!receipt.delivered().empty() || !receipt.read().empty()) &&
         is_list_of(receipt.delivered(), kMost, is_message) &&
         is_list_of(receipt.read(), kMost, is_message);
}

bool has_right_body(const pb::Content& content) {
  switch (content.body_case()) {
    case pb::Content::kText:
      return right(content.text().body(), content.text().has_about(), content.text().about());
    case pb::Content::kTyping:
    case pb::Content::kHello:
      return true;
    case pb::Content::kReceipt:
      return right(content.receipt());
    case pb::Content::kCopies:
      return !content.copies().copies().empty() &&
             std::ranges::all_of(content.copies().copies(),
                                 [](const auto& copy) { return right(copy); });
    case pb::Content::kContact:
      return right(content.contact());
    case pb::Content::kReads:
      return right(content.reads());
    case pb::Content::BODY_NOT_SET:
      break;
  }
  return false;
}

}  // namespace

bool valid(const pb::Content& content) {
  return has_size(content.id(), kMessageIdBytes) && content.timestamp_ms() <= kMaxTimestampMs &&
         (!content.has_sender_list() || right(content.sender_list())) &&
         (!content.has_receiver_list() || right(content.receiver_list())) &&
         (!content.has_introduction() || right(content.introduction())) &&
         is_absent_or(content.write_secret(), kIdBytes) &&
         content.write_secret_sequence() <= crypto::kMaxSequence &&
         (!content.has_repair() || right(content.repair())) &&
         (!content.has_profile() || right(content.profile())) &&
         (!content.has_successor() || right(content.successor())) && has_right_body(content);
}

bool valid(const pb::LinkPayload& payload) {
  const bool introduces = !payload.invite().empty() || payload.has_contact();
  const int kinds = int{introduces} + int{payload.has_device()} + int{!payload.mover().empty()};
  return is_absent_or(payload.invite(), kIdBytes) &&
         (!payload.has_contact() || right(payload.contact())) &&
         (!payload.has_device() || right(payload.device())) &&
         is_absent_or(payload.mover(), kIdBytes) &&
         (!payload.has_successor() ||
          (right(payload.successor()) && payload.has_contact() && payload.invite().empty())) &&
         kinds == 1;
}

bool valid(const pb::LinkGrant& grant) {
  return has_size(grant.record(), crypto::DeviceRecord::kSize) &&
         is_device_list(grant.device_list()) && is_text(grant.name(), kMaxNameBytes) &&
         is_id(grant.write_secret()) && grant.write_secret_sequence() <= crypto::kMaxSequence &&
         is_list_of(grant.old_write_secrets(), kMaxWriteKeysAtCreate - 1, is_id);
}

bool valid(const pb::BackupContact& contact) {
  return right(contact.contact()) && is_absent_or(contact.link_secret(), kIdBytes) &&
         is_absent_or(contact.link_token(), kTokenBytes) &&
         (contact.device_list().empty() || is_device_list(contact.device_list())) &&
         contact.last_number() <= kMaxStoredInteger &&
         contact.removed_number() <= contact.last_number();
}

bool valid(const pb::BackupMessage& message) {
  return is_id(message.account()) && is_sequence(message.number()) &&
         is_absent_or(message.content_id(), kMessageIdBytes) &&
         message.timestamp_ms() <= kMaxTimestampMs && message.received_ms() <= kMaxTimestampMs &&
         is_text(message.text(), kMaxTextBytes) &&
         (!message.has_about() || right(message.about())) &&
         is_list_of(message.amendments(), 2, [](const auto& each) { return right(each); });
}

bool valid(const pb::BackupLink& link) {
  return link.token().size() == kTokenBytes && link.expires_ms() <= kMaxTimestampMs &&
         is_id(link.write_secret());
}

bool valid(const pb::Opening& opening) {
  return !opening.versions().empty() && opening.versions_size() <= kMaxVersions;
}

bool valid(const pb::Answer& answer) {
  return answer.versions_size() <= kMaxVersions && is_id(answer.relay_signing_key()) &&
         answer.unix_seconds() <= static_cast<std::uint64_t>(crypto::kMaxUnixTime.count());
}

}  // namespace bisik::proto
