// The profiles that this process serves together, each with the way to its owner, which is this
// process or, as long as another command owns the profile, that one.
//
// One that cannot be served any more ends alone: whoever has set the table says so, and the others
// go on. Where there is but one, what ends it is thrown.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/gate.hpp"
#include "client/signals.hpp"

namespace bisik::client {

class Tenants {
 public:
  // Called while the exception is handled that ended one: says so to the person, and answers what
  // programs are told.
  using OnEnd = std::function<std::string(const std::string& name)>;

  // One alone. `name`: what the command line calls it; empty: nothing.
  Tenants(Gate& gate, std::string name) : alone_{true} { add(std::move(name), gate); }
  // Several.
  explicit Tenants(OnEnd on_end) : on_end_{std::move(on_end)} {}

  void add(std::string name, Gate& gate) { all_.push_back({std::move(name), &gate, {}}); }

  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
  [[nodiscard]] bool alone() const noexcept { return alone_; }
  [[nodiscard]] Gate& gate(std::size_t tenant) const { return *all_[tenant].gate; }
  [[nodiscard]] const std::string& name(std::size_t tenant) const { return all_[tenant].name; }
  [[nodiscard]] std::vector<std::string> names() const;
  // Why it is not served any more.
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
      all_[tenant].ended = on_end_(all_[tenant].name);
    }
  }

 private:
  struct Tenant {
    std::string name;
    Gate* gate;
    std::optional<std::string> ended;
  };

  bool alone_ = false;
  OnEnd on_end_;
  std::vector<Tenant> all_;
};

}  // namespace bisik::client
