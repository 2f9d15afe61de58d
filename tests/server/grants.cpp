#include "tests/server/grants.hpp"

#include "tests/server/devices.hpp"

namespace bisik::server {

pb::Request GroupQueue::creation(const crypto::Capability& grant) const {
  pb::Request request;
  auto& wanted = *request.mutable_create_group_queue();
  put(*wanted.mutable_grant(), grant.bytes());
  *wanted.mutable_queue() = new_queue(id, pb::QUEUE_KIND_GROUP, read_key, write_key).create_queue();
  return request;
}

pb::Request GroupQueue::reading(std::uint64_t after) const {
  pb::Request request;
  auto& wanted = *request.mutable_read_group_queue();
  put(*wanted.mutable_queue(), id.bytes);
  put(*wanted.mutable_read_key(), read_key.bytes());
  wanted.set_after_sequence(after);
  return request;
}

pb::Request drawing(const std::vector<crypto::Capability>& grants) {
  pb::Request request;
  for (const auto& grant : grants) put(*request.mutable_draw_grants()->add_hashes(), grant.hash());
  return request;
}

}  // namespace bisik::server
