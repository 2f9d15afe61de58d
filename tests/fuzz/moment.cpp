// Times of --at and --since: what is taken is in order and within the years that are promised, and
// a time with a zone does not depend on the clock.
#include "client/cli/moment.hpp"

#include <cstdlib>
#include <string_view>

#include "crypto/bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bisik::client;
  const auto text = bisik::crypto::as_text({data, size});
  constexpr Moment kNow{std::chrono::milliseconds{1'764'445'861'000}};
  constexpr Moment kEnd{std::chrono::seconds{36'000'000'000}};  // 2999, and a century of durations
  const auto next = parse_moment(text, kNow, Toward::future);
  const auto last = parse_moment(text, kNow, Toward::past);
  for (const auto& moment : {next, last}) {
    if (moment && (*moment < Moment{} || *moment > kEnd)) std::abort();
  }
  if (next && last && *last > *next) std::abort();
  const bool has_zone = text.size() > 8 && text.ends_with('Z');
  if (has_zone && next != parse_moment(text, Moment{}, Toward::future)) std::abort();
  return 0;
}
