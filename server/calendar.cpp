#include "server/calendar.hpp"

#include "crypto/encoding.hpp"

namespace bisik::server {
namespace {

constexpr std::string_view kDayName = "day";
// A step a day is due shortly after midnight; half a day leaves room for restarts and for clocks
// that are set a few hours right.
constexpr std::chrono::hours kBetweenSteps{12};

storage::Day wall_day(Time now) {
  return std::chrono::floor<std::chrono::days>(now.wall).time_since_epoch().count();
}

}  // namespace

storage::Day Calendar::today(Time now) {
  if (!day_) {
    const auto kept = store_.meta(kDayName);
    day_ = wall_day(now);
    if (kept) {
      crypto::Decoder in{*kept};
      day_ = static_cast<storage::Day>(in.take_int<std::uint64_t>());
    }
  }
  return *day_;
}

void Calendar::follow(Time now) {
  const bool behind = today(now) < wall_day(now);
  const bool due = !last_step_ || now.steady - *last_step_ >= kBetweenSteps;
  if (behind && due) {
    ++*day_;
    last_step_ = now.steady;
  }
  if ((behind && due) || !store_.meta(kDayName)) {
    store_.set_meta(kDayName, crypto::big_endian(static_cast<std::uint64_t>(*day_)));
  }
}

}  // namespace bisik::server
