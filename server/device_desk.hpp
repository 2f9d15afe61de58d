// Which devices speak for an account here. The store side of PublishList, AddDevice and
// RaiseStateEpoch.
//
// The newest list says it, signed by the account: a device that it does not name any more is
// removed, with all that it has here, by the commit that holds the list.
#pragma once

#include "crypto/device_list.hpp"
#include "server/outcome.hpp"
#include "server/reply.hpp"

namespace bisik::server {

class DeviceDesk {
 public:
  // The store outlives it. The relay's key is part of what accounts sign.
  DeviceDesk(storage::RelayStore& store, const crypto::DhPublicKey& relay_key)
      : store_{store}, relay_key_{relay_key} {}

  struct Published {
    Reply reply;
    Removed removed = {};  // nothing, unless the list dropped devices that were here
  };
  // Only what may follow the newest list that is kept: not_newer, or a conflict, otherwise. Asking
  // again is harmless.
  [[nodiscard]] Published publish_list(const storage::Device& device,
                                       const op::PublishList& request);

  // A list, and the network key of one device in it: both or neither. From a device of the account,
  // or from the very key that is added: whoever restores an account has no other left.
  [[nodiscard]] Published add_device(const op::AddDevice& request, storage::Day today);

  // What was kept before. Only an epoch with a higher counter takes its place.
  [[nodiscard]] proto::pb::StateEpoch raise_state_epoch(const storage::Device& device,
                                                        const op::RaiseStateEpoch& request);

 private:
  [[nodiscard]] Reply check_caller(const Id& caller, const Id& account, const Id& added);
  [[nodiscard]] Reply check_key(const op::AddDevice& request, const Id& account);
  [[nodiscard]] Reply judge(const crypto::DeviceList& list);
  [[nodiscard]] Published accept(const crypto::DeviceList& list);
  [[nodiscard]] Removed remove_unlisted(const crypto::DeviceList& list);

  storage::RelayStore& store_;
  crypto::DhPublicKey relay_key_;
};

}  // namespace bisik::server
