#include "client/engine/step.hpp"

#include <algorithm>

namespace bisik::client {

void Step::put(RowKind kind, RowId id, const google::protobuf::MessageLite& row) {
  const auto encoded = row.SerializeAsString();
  crypto::SecretBuffer value;
  value.append(crypto::as_bytes(encoded));
  put(kind, std::move(id), std::move(value));
}

const RowWrite* Step::written(RowKind kind, const RowId& id) const {
  const auto last =
      std::ranges::find_if(effects_.rows.rbegin(), effects_.rows.rend(),
                           [&](const RowWrite& row) { return row.kind == kind && row.id == id; });
  return last == effects_.rows.rend() ? nullptr : &*last;
}

bool Step::has_put(RowKind kind, const RowId& id) const {
  const auto* last = written(kind, id);
  return last != nullptr && last->value.has_value();
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
