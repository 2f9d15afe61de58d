// Contents of devices that no list known to us names, or perhaps none will that is on its way: kept
// until the account's list is here, which says whether the device is the account's. What a removed
// device writes is dropped then.
#pragma once

#include <functional>
#include <set>

#include "client/engine/state.hpp"
#include "proto/content.pb.h"

namespace bisik::client {

class Unlisted {
 public:
  explicit Unlisted(State& state) : state_{state} {}
  void load();

  // At most kMaxUnlisted; a further one is lost.
  void keep(Step& step, const OpenedCell& opened);
  // Of a device that the known list names, of which all but the text was taken. False: as many as
  // kMaxUnlisted of that device wait already, and it is lost.
  [[nodiscard]] bool keep_text(Step& step, const OpenedCell& opened);
  // Whose lists are waited for.
  [[nodiscard]] const std::set<crypto::AccountId>& accounts() const noexcept { return accounts_; }
  // What waited for the list of this account, of these devices, in order; it is no longer kept.
  using OfDevice = std::function<bool(crypto::DeviceNumber)>;
  [[nodiscard]] std::vector<OpenedCell> take(Step& step, const crypto::AccountId& account,
                                             const OfDevice& wanted);
  [[nodiscard]] std::vector<OpenedCell> take_texts(Step& step, const crypto::AccountId& account);

 private:
  void put(Step& step, const OpenedCell& opened, bool heard);
  template <class Wanted>
  [[nodiscard]] std::vector<OpenedCell> take_if(Step& step, const crypto::AccountId& account,
                                                Wanted wanted);

  State& state_;
  std::set<crypto::AccountId> accounts_;
};

}  // namespace bisik::client
