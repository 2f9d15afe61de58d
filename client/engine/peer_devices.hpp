// What a relay says about a contact's devices, verified: device lists, bundles, one-time keys.
#pragma once

#include <vector>

#include "client/engine/state.hpp"

namespace bisik::client {

// How the newest list differs from the one that was known before; nothing at the first.
struct DeviceChanges {
  std::vector<crypto::DeviceNumber> added;
  std::vector<crypto::DeviceNumber> removed;
};

// Takes the newest device list and the bundles into the contact, and starts a session with each
// device that has none if one-time keys came along. Whatever does not verify leaves everything as
// it was: bad_signature, malformed, not_newer, conflicting. A device whose bundle is stale is left
// out of sending; if no device remains, stale.
//
// Of our own account: its list becomes ours, and its devices are the other ones. conflicting: on
// the primary, one that it has not signed.
[[nodiscard]] crypto::Result<DeviceChanges> learn_devices(Step& step, State& state,
                                                          Contact& contact,
                                                          const proto::pb::Bundles& bundles);

}  // namespace bisik::client
