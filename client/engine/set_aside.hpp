// Cells that no session opens: there is nobody to ask for them, so they wait for a session that
// does. At most kMaxSetAside, the oldest go first.
#pragma once

#include "client/engine/state.hpp"

namespace bisik::client {

class SetAside {
 public:
  explicit SetAside(const State& state) : state_{state} {}

  void keep(Step& step, const proto::pb::Cell& cell) const;
  // The oldest from this order on.
  [[nodiscard]] std::optional<proto::pb::SetAsideRow> from(std::uint64_t order) const;
  static void erase(Step& step, std::uint64_t order);
  [[nodiscard]] std::size_t count() const;
  void forget_old(Step& step) const;

 private:
  const State& state_;
};

}  // namespace bisik::client
