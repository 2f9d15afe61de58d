// How an operation is answered, before it is put into a response.
#pragma once

#include <chrono>

#include "proto/relay.pb.h"
#include "server/limits.hpp"

namespace bisik::server {

struct Reply {
  proto::pb::Status status;
  std::chrono::seconds retry_after{0};

  [[nodiscard]] bool ok() const noexcept { return status == proto::pb::STATUS_OK; }
};

inline constexpr Reply kOk{proto::pb::STATUS_OK};
// Unknown, wrong key or blocked: one answer for all three (I10).
inline constexpr Reply kRefused{proto::pb::STATUS_REFUSED};
inline constexpr Reply kMalformed{proto::pb::STATUS_MALFORMED};
inline constexpr Reply kConflict{proto::pb::STATUS_CONFLICT};
inline constexpr Reply kNotNewer{proto::pb::STATUS_NOT_NEWER};
inline constexpr Reply kNotRegistered{proto::pb::STATUS_NOT_REGISTERED};
inline constexpr Reply kNoInvite{proto::pb::STATUS_INVITE};
inline constexpr Reply kBusy{proto::pb::STATUS_BUSY, kBusyRetry};
inline constexpr Reply kFull{proto::pb::STATUS_QUOTA, kQuotaRetry};
inline constexpr Reply kMailboxFull{proto::pb::STATUS_QUOTA, kMailboxRetry};
inline constexpr Reply kDiskFull{proto::pb::STATUS_BUSY, kDiskFullRetry};

}  // namespace bisik::server
