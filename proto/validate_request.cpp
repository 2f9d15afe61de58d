#include "crypto/bundle.hpp"
#include "crypto/one_time_keys.hpp"
#include "proto/fields.hpp"
#include "proto/validate.hpp"

namespace bisik::proto {
namespace {

bool right(const pb::WriteKey& key) {
  return is_id(key.hash()) && key.lifetime_seconds() <= kMaxLifetimeSeconds;
}

bool right(const pb::CreateQueue& queue) {
  return is_id(queue.queue()) && is_id(queue.read_key_hash()) &&
         pb::QueueKind_IsValid(queue.kind()) && queue.kind() != pb::QUEUE_KIND_UNSPECIFIED &&
         is_list_of(queue.write_keys(), kMaxWriteKeysAtCreate,
                    [](const pb::WriteKey& key) { return right(key); });
}

// A group queue is made in no other way than by create_group_queue.
bool right_of_account(const pb::CreateQueue& queue) {
  return right(queue) && queue.kind() != pb::QUEUE_KIND_GROUP;
}

bool right(const pb::CreateGroupQueue& operation) {
  return is_id(operation.grant()) && right(operation.queue()) &&
         operation.queue().kind() == pb::QUEUE_KIND_GROUP;
}

bool right(const pb::ReadGroupQueue& operation) {
  return is_id(operation.queue()) && is_id(operation.read_key()) &&
         operation.after_sequence() <= kMaxStoredInteger;
}

bool right(const pb::DrawGrants& operation) {
  return !operation.hashes().empty() && is_list_of(operation.hashes(), kMaxGrantsAtOnce, is_id);
}

bool right(const pb::OneTimeKeys& keys) {
  return is_array(keys.classical(), crypto::OneTimeKeyEntry::kSize, crypto::kOneTimeKeyBatch) &&
         is_array(keys.post_quantum(), crypto::PqOneTimeKeyEntry::kSize,
                  crypto::kPqOneTimeKeyBatch);
}

bool is_signature(const std::string& field) {
  return has_size(field, std::tuple_size_v<crypto::Signature>);
}

bool right(const pb::Register& operation) {
  return is_id(operation.invite()) && is_device_list(operation.device_list()) &&
         is_between(operation.device(), 1U, crypto::kMaxDeviceNumber) &&
         is_signature(operation.network_binding()) &&
         has_size(operation.bundle(), crypto::Bundle::kSize) && right(operation.one_time_keys()) &&
         is_list_of(operation.queues(), kMaxQueuesAtRegister,
                    [](const pb::CreateQueue& queue) { return right_of_account(queue); });
}

bool right(const pb::PublishBundle& operation) {
  return has_size(operation.bundle(), crypto::Bundle::kSize);
}

bool right(const pb::PublishList& operation) {
  return is_device_list(operation.device_list()) && is_signature(operation.publication());
}

bool right(const pb::AddDevice& operation) {
  return is_device_list(operation.device_list()) && is_signature(operation.publication()) &&
         is_between(operation.device(), 1U, crypto::kMaxDeviceNumber) &&
         is_id(operation.network_key()) && is_signature(operation.network_binding());
}

bool right(const pb::RaiseStateEpoch& operation) {
  return has_size(operation.epoch(), kStateEpochBytes);
}

bool right(const pb::PublishOneTimeKeys& operation) { return right(operation.keys()); }

bool right(const pb::AddWriteKey& operation) {
  return is_id(operation.queue()) && right(operation.key());
}

bool right(const pb::RemoveWriteKey& operation) {
  return is_id(operation.queue()) && is_id(operation.hash());
}

bool right(const pb::Subscribe& operation) {
  return is_id(operation.queue()) && is_id(operation.read_key());
}

bool right(const pb::Acknowledge& operation) {
  return is_id(operation.queue()) && !operation.items().empty() &&
         is_list_of(operation.items(), kMaxAcknowledgements, [](const pb::Acknowledge::Item& item) {
           return is_sequence(item.sequence()) && has_size(item.envelope_id(), kEnvelopeIdBytes);
         });
}

bool right(const pb::CreateInvite& operation) {
  return is_id(operation.token_hash()) && is_between(operation.uses(), 1U, kMaxInviteUses) &&
         is_between(operation.lifetime_seconds(), 1U, kMaxLifetimeSeconds);
}

bool right(const pb::SendCell& operation) {
  const bool stamped = operation.stamp() != 0;
  return is_id(operation.queue()) && is_absent_or(operation.write_key(), kIdBytes) &&
         stamped == operation.write_key().empty() &&
         has_size(operation.envelope_id(), kEnvelopeIdBytes) &&
         is_cell_size(operation.cell().size());
}

bool right(const pb::FetchBundle& operation) {
  return is_id(operation.account()) && operation.after_sequence() <= kMaxStoredInteger;
}

}  // namespace

bool valid(const pb::Request& request) {
  switch (request.operation_case()) {
    case pb::Request::kRegister:
      return right(request.register_());
    case pb::Request::kPublishBundle:
      return right(request.publish_bundle());
    case pb::Request::kPublishList:
      return right(request.publish_list());
    case pb::Request::kAddDevice:
      return right(request.add_device());
    case pb::Request::kRaiseStateEpoch:
      return right(request.raise_state_epoch());
    case pb::Request::kPublishOneTimeKeys:
      return right(request.publish_one_time_keys());
    case pb::Request::kCreateQueue:
      return right_of_account(request.create_queue());
    case pb::Request::kAddWriteKey:
      return right(request.add_write_key());
    case pb::Request::kRemoveWriteKey:
      return right(request.remove_write_key());
    case pb::Request::kSubscribe:
      return right(request.subscribe());
    case pb::Request::kAcknowledge:
      return right(request.acknowledge());
    case pb::Request::kCreateInvite:
      return right(request.create_invite());
    case pb::Request::kDrawGrants:
      return right(request.draw_grants());
    case pb::Request::kCreateGroupQueue:
      return right(request.create_group_queue());
    case pb::Request::kReadGroupQueue:
      return right(request.read_group_queue());
    case pb::Request::kSendCell:
      return right(request.send_cell());
    case pb::Request::kFetchBundle:
      return right(request.fetch_bundle());
    case pb::Request::kServerView:
    case pb::Request::kCountOneTimeKeys:
    case pb::Request::kPing:
    case pb::Request::kGetLimits:
    case pb::Request::kGetStats:
      return true;  // have no fields
    case pb::Request::OPERATION_NOT_SET:
      break;
  }
  return false;
}

}  // namespace bisik::proto
