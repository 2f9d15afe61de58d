// The connections of a profile. Other parts say which lines they want; maintain() makes it so.
#pragma once

#include <map>
#include <set>

#include "client/engine/line.hpp"

namespace bisik::client {

class Lines {
 public:
  using Wanted = std::set<LineKey>;

  [[nodiscard]] Line& at(const LineKey& key);
  [[nodiscard]] Line* find(LineId id);  // null: a line that is gone
  void maintain(Step& step, const Wanted& wanted, const MayBePrivate& may_be_private);
  [[nodiscard]] std::optional<Time> wake_at(const Wanted& wanted) const;
  [[nodiscard]] bool anything_unanswered() const;

 private:
  std::map<LineKey, Line> lines_;
  LineId next_id_ = 1;
};

}  // namespace bisik::client
