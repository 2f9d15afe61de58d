// What a client asks that draws grants and spends them.
#pragma once

#include "tests/server/world.hpp"

namespace bisik::server {

// A group queue, and whoever has its keys.
struct GroupQueue {
  crypto::QueueId id = crypto::QueueId::random();
  crypto::Capability read_key = crypto::Capability::random();
  crypto::Capability write_key = crypto::Capability::random();

  [[nodiscard]] pb::Request creation(const crypto::Capability& grant) const;
  [[nodiscard]] pb::Request reading(std::uint64_t after = 0) const;
};

[[nodiscard]] pb::Request drawing(const std::vector<crypto::Capability>& grants);

}  // namespace bisik::server
