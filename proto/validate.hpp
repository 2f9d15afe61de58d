// What a message must be beyond being protobuf: exact sizes of ids, hashes and cells, counts, text
// that is UTF-8 and of bounded length, an operation that is there. Limits are in proto/limits.hpp.
// Fields that a later version added are passed over; enum values that are unknown are refused.
#pragma once

#include "proto/backup.pb.h"
#include "proto/content.pb.h"
#include "proto/link.pb.h"
#include "proto/noise.pb.h"
#include "proto/relay.pb.h"

namespace bisik::proto {

[[nodiscard]] bool valid(const pb::Request& request);
[[nodiscard]] bool valid(const pb::FromRelay& message);
[[nodiscard]] bool valid(const pb::Content& content);
[[nodiscard]] bool valid(const pb::LinkGrant& grant);
[[nodiscard]] bool valid(const pb::BackupContact& contact);
[[nodiscard]] bool valid(const pb::BackupMessage& message);
[[nodiscard]] bool valid(const pb::BackupLink& link);
[[nodiscard]] bool valid(const pb::LinkPayload& payload);
[[nodiscard]] bool valid(const pb::Opening& opening);
[[nodiscard]] bool valid(const pb::Answer& answer);

// True for 4,096, 16,384 and 61,440.
[[nodiscard]] bool is_cell_size(std::size_t bytes);

}  // namespace bisik::proto
