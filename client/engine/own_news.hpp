// What another device of this account tells: what it wrote, how it has changed contacts, a new
// write secret, that it is new. The other half of copies.hpp.
#pragma once

#include <map>
#include <set>

#include "client/engine/amendments.hpp"
#include "client/engine/copies.hpp"
#include "client/engine/early_copies.hpp"
#include "client/engine/moving.hpp"
#include "client/engine/people.hpp"

namespace bisik::client {

class OwnNews {
 public:
  using OnNewDevice = std::function<void(Step&, crypto::DeviceNumber)>;

  OwnNews(State& state, Readers& readers, Copies& copies, People& people, WriteSecrets& secrets,
          Successors& successors, Moving& moving, Amendments& amendments, OnNewDevice on_new_device)
      : state_{state},
        readers_{readers},
        copies_{copies},
        people_{people},
        secrets_{secrets},
        successors_{successors},
        moving_{moving},
        amendments_{amendments},
        on_new_device_{std::move(on_new_device)} {}

  void load() { early_.load(); }
  // `device` is in the account's newest list.
  void take(Step& step, crypto::DeviceNumber device, const proto::pb::Content& content);
  // What waits for a contact is taken once he is known.
  void pump(Step& step);

 private:
  using Ids = std::map<std::string, std::set<std::string>>;  // of messages, by chat
  [[nodiscard]] Ids held_long(const Step& step, const proto::pb::Copies& copies) const;
  void take_copies(Step& step, const proto::pb::Copies& copies, bool tell);
  Contact* take_copy(Step& step, const proto::pb::Copies::Copy& copy);
  void take_reads(Step& step, const proto::pb::Reads& reads);
  void take_contact(Step& step, const proto::pb::SharedContact& shared);
  Contact& find_or_add(Step& step, const proto::pb::SharedContact& shared);

  State& state_;
  Readers& readers_;
  Copies& copies_;
  People& people_;
  WriteSecrets& secrets_;
  Successors& successors_;
  Moving& moving_;
  Amendments& amendments_;
  OnNewDevice on_new_device_;
  EarlyCopies early_{state_};
};

}  // namespace bisik::client
