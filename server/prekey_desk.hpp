// The public keys that people fetch before they write: signed lists, bundles, one-time keys. The
// store side of PublishBundle, PublishOneTimeKeys, CountOneTimeKeys and FetchBundle.
//
// The relay verifies that a bundle is signed by a device of the newest list. One-time keys are
// verified by whoever gets them: here they are entries of a known size.
#pragma once

#include "server/limits.hpp"
#include "server/outcome.hpp"
#include "server/reply.hpp"
#include "server/tally.hpp"

namespace bisik::server {

class PrekeyDesk {
 public:
  PrekeyDesk(storage::RelayStore& store, const Limits& limits) : store_{store}, limits_{limits} {}

  [[nodiscard]] Reply publish_bundle(const storage::Device& device, const Bytes& bundle);

  // What Register may be refused for; nothing is written.
  [[nodiscard]] Reply check(const op::OneTimeKeys& keys) const;
  // Behind those that are left. A repeat of the last upload changes nothing: a key that is handed
  // out twice would cost somebody a message.
  [[nodiscard]] Reply publish_one_time_keys(const storage::Device& device,
                                            const op::OneTimeKeys& keys);
  // In their place: the private halves of those that are left are gone.
  [[nodiscard]] Reply replace_one_time_keys(const storage::Device& device,
                                            const op::OneTimeKeys& keys);
  [[nodiscard]] proto::pb::OneTimeKeyCount count(const storage::Device& device);

  struct Fetched {
    Reply reply;
    proto::pb::Bundles bundles;
  };
  // Somebody who empties a stranger's one-time keys gets the last-resort keys in their place. Lists
  // and bundles are handed out however often they are asked for: who could use them up would keep
  // from an account's contacts, and from its own devices, that a device was removed.
  [[nodiscard]] Fetched fetch(const op::FetchBundle& request, Time now);

 private:
  void add_lists(const op::FetchBundle& request, proto::pb::Bundles& bundles);
  void add_devices(const Id& account, bool one_time_keys, proto::pb::Bundles& bundles);

  storage::RelayStore& store_;
  const Limits& limits_;
  Tally keys_handed_out_{kHour, kCountedTargets};
};

}  // namespace bisik::server
