#include "client/cli/moment.hpp"

#include <charconv>
#include <ctime>

#include "client/cli/duration.hpp"

namespace bisik::client {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2999;
constexpr std::int64_t kLastSecond = 32'503'680'000;  // the end of that year

// Takes text from the front.
class Words {
 public:
  explicit Words(std::string_view text) : text_{text} {}

  // A number of exactly so many digits.
  [[nodiscard]] std::optional<int> digits(std::size_t count) {
    int number = 0;
    if (text_.size() < count) return std::nullopt;
    for (const char c : text_.substr(0, count)) {
      if (c < '0' || c > '9') return std::nullopt;
      number = 10 * number + (c - '0');
    }
    text_.remove_prefix(count);
    return number;
  }
  [[nodiscard]] bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] bool over() const { return text_.empty(); }

 private:
  std::string_view text_;
};

struct Clock {
  int hour = 0;
  int minute = 0;
  int second = 0;
};

std::optional<Clock> take_clock(Words& words) {
  const auto hour = words.digits(2);
  if (!hour || !words.take(':')) return std::nullopt;
  const auto minute = words.digits(2);
  if (!minute) return std::nullopt;
  const auto second = words.take(':') ? words.digits(2) : 0;
  if (!second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return Clock{*hour, *minute, *second};
}

std::optional<std::chrono::year_month_day> take_date(Words& words) {
  const auto year = words.digits(4);
  if (!year || !words.take('-')) return std::nullopt;
  const auto month = words.digits(2);
  if (!month || !words.take('-')) return std::nullopt;
  const auto day = words.digits(2);
  if (!day || *year < kFirstYear || *year > kLastYear) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  return date.ok() ? std::optional{date} : std::nullopt;
}

// How far the zone is ahead of UTC. Outer nothing: it is none; inner: the text has ended.
std::optional<std::optional<seconds>> take_zone(Words& words) {
  if (words.over()) return std::optional<seconds>{};
  if (words.take('Z')) return seconds{0};
  const bool ahead = words.take('+');
  if (!ahead && !words.take('-')) return std::nullopt;
  const auto clock = take_clock(words);
  if (!clock) return std::nullopt;
  const seconds offset{clock->hour * 3'600 + clock->minute * 60 + clock->second};
  return ahead ? offset : -offset;
}

// By the zone of this machine; a time that it leaves out or has twice is what the system makes of
// it.
std::optional<Moment> local(std::tm time, const Clock& clock) {
  time.tm_hour = clock.hour;
  time.tm_min = clock.minute;
  time.tm_sec = clock.second;
  time.tm_isdst = -1;
  const auto at = std::mktime(&time);
  if (at < 0) return std::nullopt;
  return Moment{seconds{at}};
}

std::optional<Moment> on_its_day(const Clock& clock, Moment now, Toward toward) {
  const auto seconds_now = static_cast<std::time_t>(floor<seconds>(now).time_since_epoch().count());
  std::tm today{};
  localtime_r(&seconds_now, &today);
  const auto at = local(today, clock);
  if (!at) return std::nullopt;
  if (toward == Toward::future && *at <= now) {
    ++today.tm_mday;
    return local(today, clock);
  }
  if (toward == Toward::past && *at > now) {
    --today.tm_mday;
    return local(today, clock);
  }
  return at;
}

std::optional<Moment> parse_clock(std::string_view text, Moment now, Toward toward) {
  Words words{text};
  const auto clock = take_clock(words);
  if (!clock || !words.over()) return std::nullopt;
  return on_its_day(*clock, now, toward);
}

std::optional<Moment> parse_date(std::string_view text) {
  Words words{text};
  const auto date = take_date(words);
  if (!date) return std::nullopt;
  Clock clock;
  std::optional<seconds> ahead;
  if (!words.over()) {
    if (!words.take('T') && !words.take(' ')) return std::nullopt;
    const auto taken = take_clock(words);
    const auto zone = taken ? take_zone(words) : std::nullopt;
    if (!zone || !words.over()) return std::nullopt;
    clock = *taken;
    ahead = *zone;
  }
  if (ahead) {
    return std::chrono::sys_days{*date} + std::chrono::hours{clock.hour} +
           std::chrono::minutes{clock.minute} + seconds{clock.second} - *ahead;
  }
  std::tm time{};
  time.tm_year = static_cast<int>(date->year()) - 1900;
  time.tm_mon = static_cast<int>(static_cast<unsigned>(date->month())) - 1;
  time.tm_mday = static_cast<int>(static_cast<unsigned>(date->day()));
  return local(time, clock);
}

std::optional<Moment> parse_unix(std::string_view text) {
  std::int64_t count = -1;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{} || rest != end) return std::nullopt;
  if (count < 0 || count > kLastSecond) return std::nullopt;
  return Moment{seconds{count}};
}

}  // namespace

std::optional<Moment> parse_moment(std::string_view text, Moment now, Toward toward) {
  std::optional<Moment> at;
  if (const auto duration = parse_duration(text)) {
    at = toward == Toward::future ? now + *duration : now - *duration;
  } else if (text.starts_with('@')) {
    at = parse_unix(text.substr(1));
  } else if (text.size() <= 8) {
    at = parse_clock(text, now, toward);
  } else {
    at = parse_date(text);
  }
  if (!at || at->time_since_epoch().count() < 0) return std::nullopt;
  return at;
}

}  // namespace bisik::client
