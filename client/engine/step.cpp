#include "client/engine/step.hpp"

namespace bisik::client {

void Step::put(RowKind kind, RowId id, const google::protobuf::MessageLite& row) {
  const auto encoded = row.SerializeAsString();
  crypto::SecretBuffer value;
  value.append(crypto::as_bytes(encoded));
  put(kind, std::move(id), std::move(value));
}

void Step::fail(CommandId command, proto::pb::Failure failure) {
  proto::pb::ApiReply reply;
  *reply.mutable_failure() = std::move(failure);
  finish(command, std::move(reply));
}

void Step::done(CommandId command) {
  proto::pb::ApiReply reply;
  reply.mutable_done();
  finish(command, std::move(reply));
}

}  // namespace bisik::client
