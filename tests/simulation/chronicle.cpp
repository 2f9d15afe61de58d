#include "tests/simulation/chronicle.hpp"

#include <algorithm>
#include <iterator>

namespace bisik::simulation {
namespace {

// A send log keeps a day (docs/protocol.md, 7.4). What was written and lost within one waking time
// was lost within minutes; whoever slept between the two slept for days.
constexpr std::chrono::minutes kHealingTakes{30};
constexpr std::chrono::hours kSendLogSure{24};

class DeviceJudge {
 public:
  explicit DeviceJudge(const Chronicle& chronicle) : chronicle_{chronicle} {}

  std::vector<std::string> check() {
    for (const auto& said : chronicle_.said) known_.emplace(said.text, &said);
    for (std::size_t i = 0; i < chronicle_.devices.size(); ++i) {
      if (!device(i).joined || device(i).removed) continue;
      for (const auto& said : chronicle_.said) check(i, said);
      check_phantoms(i);
      check_told(i);
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] const DeviceLife& device(std::size_t i) const { return chronicle_.devices[i]; }

  void report(std::string_view what, std::size_t device, std::string_view text) {
    found_.push_back(std::string{what} + " at device " + std::to_string(device) + ": " +
                     std::string{text.substr(0, 40)});
  }

  [[nodiscard]] std::ptrdiff_t times(std::size_t i, const Said& said) const {
    const bool ours = device(i).person == said.from;
    const auto& chats = ours ? device(i).ours : device(i).theirs;
    const auto chat = chats.find(ours ? said.to : said.from);
    return chat == chats.end() ? 0 : std::ranges::count(chat->second, said.text);
  }

  void check(std::size_t i, const Said& said) {
    if (device(i).person != said.from && device(i).person != said.to) return;
    const auto count = times(i, said);
    if (count > 1) report("duplicated", i, said.text);
    if (count > 0 && said.told == Told::not_sent) report("unsent", i, said.text);
    if (count == 0 && must_have(i, said) && !is_shown_failed(i, said)) {
      report("lost", i, said.text);
    }
  }

  // It was to go by itself, and a relay refused it in the end.
  [[nodiscard]] bool is_shown_failed(std::size_t i, const Said& said) const {
    return said.told == Told::kept && device(i).failed.contains(said.text);
  }

  // The device was put back to a copy that does not hold what it held, or could have by then. The
  // last time: what it had got again before was lost once more.
  [[nodiscard]] const Restored* forgotten(std::size_t i, const Said& said) const {
    const Restored* last = nullptr;
    for (const auto& restored : device(i).restored) {
      if (said.begun <= restored.at && !restored.held.contains(said.text)) last = &restored;
    }
    return last;
  }

  [[nodiscard]] bool sure(const Said& said) const {
    return said.told == Told::stored || said.told == Told::kept;
  }

  // Held at some time, and never forgotten since.
  [[nodiscard]] bool holds_steadily(std::size_t i, const Said& said) const {
    return device(i).held.contains(said.text) && forgotten(i, said) == nullptr;
  }

  [[nodiscard]] bool must_have(std::size_t i, const Said& said) const {
    if (holds_steadily(i, said)) return true;
    if (!sure(said) || is_excused(i, said)) return false;
    const bool sender_forgot = forgotten(said.device, said) != nullptr;
    const auto* copy = forgotten(i, said);
    if (copy == nullptr) {
      const bool reached_the_relay = said.told == Told::stored;
      const bool own = device(i).person == said.from;
      if (!sender_forgot) return true;
      const bool gone = is_of_a_lost_copy(said) || is_unreadable(said);
      return reached_the_relay && !own && !heals_at(i, said) && !gone;
    }
    if (another_holds(i, said)) return true;
    if (said.device == i || sender_forgot) return false;
    if (device(i).person == said.from) return true;
    return within_a_waking_time(said.begun, copy->at) && !is_found_out_late(i, said, *copy);
  }

  // A copy wrote it that did not know that it is one, and was put back once more before it did.
  [[nodiscard]] bool is_unreadable(const Said& said) const {
    const auto& life = device(said.device);
    std::optional<Time> as_copy;
    for (const auto& restored : life.restored) {
      if (restored.at <= said.begun) {
        const bool differs = !restored.missed.read.empty() || !restored.missed.sent.empty();
        as_copy = differs ? std::optional{restored.at} : std::nullopt;
      } else if (!restored.held.contains(said.text)) {
        return as_copy && !life.told_between(*as_copy, restored.at);
      }
    }
    return false;
  }

  // Neither its relay nor anybody's words could tell it while whoever wrote it had it in his log.
  [[nodiscard]] bool is_found_out_late(std::size_t i, const Said& said,
                                       const Restored& copy) const {
    const auto until = said.begun + kSendLogSure;
    if (copy.missed.start || device(i).told_between(copy.at, until)) return false;
    const auto person = device(i).person;
    return std::ranges::none_of(chronicle_.said, [&](const Said& other) {
      const bool comes_here = other.device != i && (other.from == person || other.to == person);
      return comes_here && sure(other) && other.begun >= copy.at && other.begun < until;
    });
  }

  // It was put back shortly before, or one had blocked the other, so that nobody heard the
  // questions.
  [[nodiscard]] bool heals_at(std::size_t i, const Said& said) const {
    const bool put_back = std::ranges::any_of(device(i).restored, [&](const Restored& restored) {
      return restored.at <= said.begun && said.begun < restored.at + kHealingTakes;
    });
    return put_back || chronicle_.blocked.contains({said.from, said.to});
  }

  // A copy wrote it, where a place was used before perhaps, and was put back to another one while
  // that healed: whoever could not read it has nobody to ask.
  [[nodiscard]] bool is_of_a_lost_copy(const Said& said) const {
    const auto& restored = device(said.device).restored;
    const auto lost = std::ranges::find_if(restored, [&](const Restored& copy) {
      return said.begun <= copy.at && !copy.held.contains(said.text);
    });
    return std::any_of(restored.begin(), lost, [&](const Restored& copy) {
      return copy.at <= said.begun && lost->at < copy.at + kHealingTakes;
    });
  }

  [[nodiscard]] bool is_excused(std::size_t i, const Said& said) const {
    if (said.is_probe) return false;
    if (device(said.device).removed) return true;
    if (chronicle_.blocked.contains({said.to, said.from})) return true;
    return *device(i).joined >= said.begun && !device(i).inherited.contains(said.text);
  }

  [[nodiscard]] bool another_holds(std::size_t i, const Said& said) const {
    for (std::size_t other = 0; other < chronicle_.devices.size(); ++other) {
      const auto& life = device(other);
      if (other == i || life.removed || life.person != device(i).person) continue;
      if (holds_steadily(other, said)) return true;
    }
    return false;
  }

  [[nodiscard]] bool within_a_waking_time(Time from, Time until) const {
    return std::ranges::none_of(chronicle_.rests, [&](const Rest& rest) {
      return rest.until > from && rest.from < until + kHealingTakes;
    });
  }

  void check_phantoms(std::size_t i) {
    const auto look = [&](const auto& chats, bool ours) {
      for (const auto& [person, texts] : chats) {
        for (const auto& text : texts) {
          const auto said = known_.find(text);
          const auto from = ours ? device(i).person : person;
          const auto to = ours ? person : device(i).person;
          if (said == known_.end() || said->second->from != from || said->second->to != to) {
            report("phantom", i, text);
          }
        }
      }
    };
    look(device(i).ours, true);
    look(device(i).theirs, false);
  }

  void check_told(std::size_t i) {
    if (device(i).restored.empty()) return;
    const auto& last = device(i).restored.back();
    const bool known =
        !last.missed.read.empty() || std::ranges::any_of(last.missed.sent, [&](const auto& text) {
          return another_has(i, text) && !is_begun_anew(*known_.at(text), last.at);
        });
    if (known && !device(i).told_since(last.at)) report("not told of a copy", i, "");
  }

  [[nodiscard]] bool is_begun_anew(const Said& said, Time since) const {
    return std::ranges::any_of(chronicle_.anew, [&](const Anew& anew) {
      const bool is_theirs = std::set{anew.one, anew.another} == std::set{said.from, said.to};
      return is_theirs && anew.at >= since;
    });
  }

  [[nodiscard]] bool another_has(std::size_t i, const std::string& text) const {
    for (std::size_t other = 0; other < chronicle_.devices.size(); ++other) {
      if (other == i || device(other).removed) continue;
      if (device(other).held.contains(text)) return true;
    }
    return false;
  }

  const Chronicle& chronicle_;
  std::map<std::string, const Said*> known_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> violations(const Chronicle& chronicle) {
  return DeviceJudge{chronicle}.check();
}

void DeviceLife::put_back(Time now, Held copy, Missed missed) {
  // Nor has it been told yet of what an earlier copy missed.
  if (!restored.empty() && !told_since(restored.back().at)) {
    const auto add = [&](Texts& to, const Texts& before) {
      std::ranges::copy_if(before, std::inserter(to, to.end()),
                           [&](const auto& text) { return !copy.contains(text); });
    };
    add(missed.read, restored.back().missed.read);
    add(missed.sent, restored.back().missed.sent);
  }
  held = copy;
  restored.push_back({now, std::move(copy), std::move(missed)});
}

bool DeviceLife::told_between(Time from, Time until) const {
  return std::ranges::any_of(told_of_copy, [=](Time told) { return told >= from && told < until; });
}

bool DeviceLife::told_since(Time when) const {
  return std::ranges::any_of(told_of_copy, [&](Time told) { return told >= when; });
}

}  // namespace bisik::simulation
