// A hash of each cell that was opened lately. A cell whose place in the chain was used already is
// the very same one again, which is harmless, or another one: then its sender has sealed twice from
// one state.
#pragma once

#include "client/engine/state.hpp"

namespace bisik::client {

class OpenedCells {
 public:
  explicit OpenedCells(const State& state) : state_{state} {}

  static void remember(Step& step, crypto::ByteView cell);
  [[nodiscard]] bool contains(crypto::ByteView cell) const;
  void forget_old(Step& step) const;  // what is older than kSeenLifetime

 private:
  const State& state_;
};

}  // namespace bisik::client
