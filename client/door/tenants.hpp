// The profiles that this process serves together, each with the way to its owner, which is this
// process or, as long as another command owns the profile, that one.
//
// One that cannot be served ends alone: whoever has set the table says so, and the others go on. It
// is tried again, later and later. Where there is but one, what ends it is thrown.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/gate.hpp"
#include "client/signals.hpp"

namespace bisik::client {

class Tenants {
 public:
  using Clock = std::chrono::steady_clock;
  // Called while the exception is handled that ended one: says so to the person, unless that is
  // what was said `before`, and answers what programs are told.
  using OnEnd = std::function<std::string(const std::string& name, const std::string& before)>;
  // One is served again.
  using OnBack = std::function<void(const std::string& name)>;

  // One alone. `name`: what the command line calls it; empty: nothing.
  Tenants(Gate& gate, std::string name) : alone_{true} { add(std::move(name), gate); }
  // Several.
  Tenants(OnEnd on_end, OnBack on_back)
      : on_end_{std::move(on_end)}, on_back_{std::move(on_back)} {}

  void add(std::string name, Gate& gate) { all_.push_back({std::move(name), &gate}); }

  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
  [[nodiscard]] bool alone() const noexcept { return alone_; }
  [[nodiscard]] Gate& gate(std::size_t tenant) const { return *all_[tenant].gate; }
  [[nodiscard]] const std::string& name(std::size_t tenant) const { return all_[tenant].name; }
  [[nodiscard]] std::vector<std::string> names() const;
  // Why it is not served now.
  [[nodiscard]] const std::optional<std::string>& ended(std::size_t tenant) const {
    return all_[tenant].ended;
  }
  [[nodiscard]] bool all_ended() const;

  // Does for this tenant what may end it.
  template <class F>
  void attempt(std::size_t tenant, F&& what) {
    if (all_[tenant].ended) return;
    if (alone_) return what();
    try {
      what();
    } catch (const Interrupted&) {
      throw;
    } catch (...) {
      all_[tenant].ended = on_end_(all_[tenant].name, {});
    }
  }

  // To its owner, who is asked whether he is there: a Problem if not.
  static void enter(Gate& gate);

  // What has to be done besides, before one is served: now, and when it is tried again. Throws if
  // it cannot be. Outlives this, or is never tried again.
  using Requirement = std::function<void(std::size_t tenant)>;
  void require(Requirement requirement);

  // Tries those whose time has come, with a pause after each try that is twice the last one, from
  // kFirstTenantPause up to kLastTenantPause. Those that are served now; what was begun with their
  // gates has to begin anew.
  [[nodiscard]] std::vector<std::size_t> try_again(Clock::time_point now);
  // When to call that. What has ended and was not tried since is due now.
  [[nodiscard]] std::optional<Clock::time_point> wakes_at(Clock::time_point now) const;

 private:
  struct Tenant {
    std::string name;
    Gate* gate;
    std::optional<std::string> ended = {};
    std::optional<Clock::time_point> again_at = {};      // of what has ended, once that was seen
    std::optional<Clock::time_point> served_since = {};  // after an end
    Clock::duration pause = {};                          // the last one
  };
  static void postpone(Tenant& tenant, Clock::time_point now);
  [[nodiscard]] bool open_again(std::size_t which, Clock::time_point now);

  bool alone_ = false;
  OnEnd on_end_;
  OnBack on_back_;
  Requirement requirement_;
  std::vector<Tenant> all_;
};

}  // namespace bisik::client
