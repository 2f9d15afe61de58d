// Messages as bytes and back. What is decoded here was parsed within limits of size and depth and
// then validated (proto/validate.hpp): whoever gets a message may rely on every field of it.
//
// decode_*: too_large, or malformed for everything else.
#pragma once

#include <google/protobuf/message_lite.h>

#include "proto/backup.pb.h"
#include "proto/channel.hpp"
#include "proto/content.pb.h"
#include "proto/link.pb.h"
#include "proto/noise.pb.h"
#include "proto/relay.pb.h"

namespace bisik::proto {

[[nodiscard]] Result<pb::Request> decode_request(ByteView frame);
[[nodiscard]] Result<pb::FromRelay> decode_from_relay(ByteView frame);
[[nodiscard]] Result<pb::Content> decode_content(ByteView bytes);
[[nodiscard]] Result<pb::LinkGrant> decode_link_grant(ByteView bytes);
[[nodiscard]] Result<pb::BackupContact> decode_backup_contact(ByteView bytes);
[[nodiscard]] Result<pb::BackupMessage> decode_backup_message(ByteView bytes);
[[nodiscard]] Result<pb::BackupLink> decode_backup_link(ByteView bytes);
[[nodiscard]] Result<pb::LinkPayload> decode_link_payload(ByteView bytes);
[[nodiscard]] Result<pb::Opening> decode_opening(ByteView bytes);
[[nodiscard]] Result<pb::Answer> decode_answer(ByteView bytes);

[[nodiscard]] Bytes encode(const google::protobuf::MessageLite& message);

// Appends the record that carries `message` to `out`, written and sealed in its place there.
// too_large, broken_channel: nothing was appended.
[[nodiscard]] Result<void> seal_message(Channel& channel,
                                        const google::protobuf::MessageLite& message, Bytes& out);

}  // namespace bisik::proto
