#include "tests/model/history_script.hpp"

#include "crypto/limits.hpp"
#include "tests/model/forgery.hpp"

namespace bisik::model {
namespace {

constexpr std::int64_t kStart = 1'750'000'000;
constexpr std::int64_t kDay = 86'400;
constexpr std::size_t kFewestEvents = 6;
constexpr std::size_t kMostEvents = 50;
constexpr std::size_t kMostTurns = 24;  // of a history that is nothing but turns

// What is rare and has limits gets histories of its own.
enum class Kind { turns, gaps, clocks, mixed };

Kind random_kind(Source& source) {
  return static_cast<Kind>(std::min<std::size_t>(below(source, 100) / 4, 3));
}

Json new_history(std::uint64_t seed, Source& source) {
  constexpr std::array kFields{
      Draw{"root", 32},          Draw{"initiator_header", 32}, Draw{"responder_next_header", 32},
      Draw{"signed_prekey", 32}, Draw{"from_alice", 104},      Draw{"from_bob", 104}};
  Json history{{"seed", seed}};
  NamedRandomness::complete(history, kFields, source);
  history["draws"] = Json::object();
  NamedRandomness::complete(history["draws"], kFirstDraws, source);
  return history;
}

// One history as it is made: each step is chosen by what has happened so far.
class Script {
 public:
  Script(Json& history, Source& source)
      : source_{source}, history_{history}, play_{history}, kind_{random_kind(source)} {}

  void run() {
    auto& events = history_["events"] = Json::array();
    const auto count = kFewestEvents + below(source_, kMostEvents - kFewestEvents);
    add(events, send(0));
    if (kind_ == Kind::turns) take_turns(events);
    if (kind_ == Kind::gaps) leave_gaps(events);
    if (kind_ == Kind::clocks) set_clock_back(events);
    while (events.size() < count) add(events, next());
  }

 private:
  void add(Json& events, Json event) {
    if (event.is_null()) return;
    play_.play(event);
    events.push_back(std::move(event));
  }

  // Each answers the other, and at times a message stays behind: past chains come and go.
  void take_turns(Json& events) {
    for (auto left = below(source_, kMostTurns); left > 0; --left) {
      add(events, deliver());
      const auto who = left % 2;
      if (play_.state(who).empty()) continue;
      add(events, send(who));
      if (chance(source_, 60)) add(events, send(who));
      add(events, deliver());
    }
  }

  // More keys than a session keeps.
  void leave_gaps(Json& events) {
    for (auto left = 2 + below(source_, 3); left > 0; --left) {
      add(events, gap(0, crypto::kMaxSkip - 5 + below(source_, 7)));
      add(events, send(0));
      add(events, opening_of(play_.messages() - 1));
    }
  }

  // Keys of one chain that are older the later they stand in it, when the last of them expire.
  void set_clock_back(Json& events) {
    const auto lifetime = std::chrono::seconds{crypto::kSkippedKeyLifetime}.count();
    const auto back = 1 + static_cast<std::int64_t>(below(source_, 10));
    now_ += 20 * kDay;
    for (const auto passes : {-back * kDay, lifetime + 1, std::int64_t{0}}) {
      add(events, gap(0, 1 + below(source_, 3)));
      add(events, send(0));
      add(events, opening_of(play_.messages() - 1));
      now_ += passes;
    }
  }

  // Null where what chance chose cannot happen now.
  Json next() {
    if (kind_ == Kind::clocks && chance(source_, 20)) return pass_time();
    const auto roll = below(source_, 1000);
    if (roll < 380) return send(speaker());
    if (roll < 720) return deliver();
    if (roll < 770) return drop();
    if (roll < 840) return repeat();
    if (roll < 900) return tamper();
    if (roll < 950) return forge();
    if (roll < 965) return pass_time();
    if (roll < 990) return skip();
    return roll < 994 ? restore() : Json{};
  }

  // Who wrote last goes on more often than not.
  std::size_t speaker() {
    if (chance(source_, 45)) speaker_ = 1 - speaker_;
    if (play_.state(speaker_).empty()) speaker_ = 0;
    return speaker_;
  }

  Json send(std::size_t who) {
    const auto draws = draws_of(play_.state(who));
    Json event{{"do", "send"}, {"who", kWho[who]}};
    const auto content = random_bytes(source_, below(source_, 48));
    event["content"] = to_json(content);
    const auto least = content.size() + overhead(who);
    event["size"] =
        chance(source_, 5) ? std::max<std::size_t>(least, 4096) : least + below(source_, 24);
    NamedRandomness::complete(event["draws"], draws, source_);
    in_flight_.push_back(play_.messages());
    return event;
  }

  // The smallest message is as long as its place says (6): what begins a chain has most draws.
  std::size_t overhead(std::size_t who) const {
    crypto::SecretBuffer buffer;
    buffer.append(play_.state(who));
    crypto::SecretReader in{buffer};
    return crypto::Ratchet::read(in).value().next_overhead();
  }

  std::size_t take_in_flight() {
    const auto at = chance(source_, 70) ? 0 : below(source_, in_flight_.size());
    const auto message = in_flight_[at];
    in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(at));
    return message;
  }

  Json opening(std::size_t who) const {
    return {{"do", "open"}, {"who", kWho[who]}, {"now", now_}};
  }

  Json opening_of(std::size_t message) const {
    auto event = opening(play_.receiver_of(message));
    event["message"] = message;
    return event;
  }

  Json deliver() { return in_flight_.empty() ? Json{} : opening_of(take_in_flight()); }

  Json drop() {
    if (!in_flight_.empty()) static_cast<void>(take_in_flight());
    return {};
  }

  Json repeat() { return opening_of(below(source_, play_.messages())); }

  Json tamper() {
    auto event = repeat();
    const auto size = play_.wire(event["message"].get<std::size_t>()).size();
    if (chance(source_, 25)) {
      event["edit"] = {{"keep", below(source_, size)}};
    } else {
      event["edit"] = {{"at", below(source_, size)}, {"xor", 1U << below(source_, 8)}};
    }
    return event;
  }

  Json forge() {
    const auto who = below(source_, 2);
    if (!in_sending_chain(who)) return {};
    const auto wire = forged_message(play_.state(who), play_.associated(who), source_);
    if (!wire) return {};
    auto event = opening(1 - who);
    event["wire"] = to_json(*wire);
    return event;
  }

  // Forward by days, often by just those that a skipped key lives; at times a clock is set back.
  Json pass_time() {
    const auto lifetime = std::chrono::seconds{crypto::kSkippedKeyLifetime}.count();
    const auto days = static_cast<std::int64_t>(below(source_, 45));
    if (chance(source_, 40)) {
      now_ += lifetime + static_cast<std::int64_t>(below(source_, 2));
    } else {
      now_ += chance(source_, 25) ? -days * kDay : days * kDay;
    }
    now_ = std::max(now_, kStart);
    return {};
  }

  // Mostly small, sometimes around the limit.
  Json skip() {
    const auto who = speaker();
    if (!in_sending_chain(who)) return {};
    return gap(who, chance(source_, 3) ? crypto::kMaxSkip - 20 + below(source_, 30)
                                       : 1 + below(source_, 12));
  }

  static Json gap(std::size_t who, std::size_t count) {
    return {{"do", "skip"}, {"who", kWho[who]}, {"count", count}};
  }

  // An old copy comes back.
  Json restore() {
    const auto& events = history_["events"];
    const auto to = below(source_, events.size());
    return {{"do", "restore"}, {"who", events[to]["who"]}, {"to", to}};
  }

  bool in_sending_chain(std::size_t who) const {
    const auto& state = play_.state(who);
    return !state.empty() && draws_of(state).size() == 3;
  }

  Source& source_;
  Json& history_;
  HistoryPlay play_;
  Kind kind_;
  std::vector<std::size_t> in_flight_;
  std::size_t speaker_ = 0;
  std::int64_t now_ = kStart;
};

}  // namespace

Json random_history(std::uint64_t seed) {
  Source source{seed};
  auto history = new_history(seed, source);
  Script{history, source}.run();
  return history;
}

}  // namespace bisik::model
