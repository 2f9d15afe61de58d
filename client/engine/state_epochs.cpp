#include "client/engine/state_epochs.hpp"

#include <algorithm>
#include <stdexcept>

namespace bisik::client {
namespace {

constexpr std::uint8_t kRowVersion = 1;

}  // namespace

StateEpochs::StateEpochs(crypto::StateEpochKey key, std::uint64_t counter,
                         const crypto::StateEpoch& before, const crypto::StateEpoch& ours)
    : key_{std::move(key)}, counter_{counter}, before_{before}, ours_{ours} {}

StateEpochs StateEpochs::first() {
  auto key = crypto::StateEpochKey::random();
  const auto none = crypto::StateEpoch::make(key, 0);
  return {std::move(key), 0, none, none};
}

StateEpochs StateEpochs::read(const crypto::SecretBuffer& row) {
  crypto::SecretReader in{row};
  const bool current = in.take_int<std::uint8_t>() == kRowVersion;
  auto key = in.take_secret<crypto::StateEpochKey>();
  const auto counter = in.take_int<std::uint64_t>();
  const crypto::StateEpoch before{in.take_array<crypto::StateEpoch::kSize>()};
  const crypto::StateEpoch ours{in.take_array<crypto::StateEpoch::kSize>()};
  if (!current || !in.finish()) {
    throw std::runtime_error{"the profile's state epoch does not decode"};
  }
  return {std::move(key), counter, before, ours};
}

crypto::SecretBuffer StateEpochs::row() const {
  crypto::SecretBuffer row;
  row.append_int(kRowVersion).append(key_).append_int(counter_);
  row.append(before_.bytes).append(ours_.bytes);
  return row;
}

void StateEpochs::advance() { next(ours_, counter_ + 1); }

bool StateEpochs::go_above_foreign(crypto::ByteView stored) {
  if (std::ranges::equal(stored, ours_.bytes) || std::ranges::equal(stored, before_.bytes)) {
    return false;
  }
  const auto counter = crypto::StateEpoch::verify(key_, stored);
  if (!counter || *counter + 1 < counter_) return false;
  crypto::StateEpoch theirs{};
  std::ranges::copy(stored, theirs.bytes.begin());
  next(theirs, std::max(*counter, counter_) + 2);
  return true;
}

void StateEpochs::next(const crypto::StateEpoch& before, std::uint64_t counter) {
  counter_ = counter;
  before_ = before;
  ours_ = crypto::StateEpoch::make(key_, counter);
}

}  // namespace bisik::client
