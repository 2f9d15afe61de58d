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

// Null: the relay has none of this device.
[[nodiscard]] const proto::pb::Bundles::Device* find_bundle(const proto::pb::Bundles& bundles,
                                                            crypto::DeviceNumber number);

// The newest of the lists after the one that is known, each checked against the one before.
// bad_signature, malformed, conflicting: the first that is not in order.
[[nodiscard]] crypto::Result<crypto::DeviceList> newest_list(
    std::optional<crypto::DeviceList> newest, const crypto::VerifyKey& account,
    const proto::pb::Bundles& bundles);

// That any of these lists gives to a device, or less.
[[nodiscard]] crypto::DeviceNumber highest_number(const proto::pb::Bundles& bundles);

// Takes the newest device list and the bundles into the contact, and with `sessions` starts one
// with each device that has none: only for somebody who writes now, since the other side keeps for
// a time only what such a session needs. Whatever does not verify leaves everything as it was:
// bad_signature, malformed, not_newer, conflicting. A device whose bundle is stale is left out of
// sending; if no device remains, stale.
//
// Of our own account: its list becomes ours, and its devices are the other ones. conflicting: on
// the primary, one that it has not signed and, in a restored copy, not forgotten either. One that
// does not name this device says, signed by the account, that it was removed.
[[nodiscard]] crypto::Result<DeviceChanges> learn_devices(Step& step, State& state,
                                                          Contact& contact,
                                                          const proto::pb::Bundles& bundles,
                                                          bool sessions);

}  // namespace bisik::client
