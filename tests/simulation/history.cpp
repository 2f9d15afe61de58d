#include "tests/simulation/history.hpp"

#include <algorithm>
#include <set>

namespace bisik::simulation {
namespace {

using Pair = std::pair<std::size_t, std::size_t>;

class Checker {
 public:
  explicit Checker(const History& history) : history_{history} {}

  std::vector<std::string> check() {
    for (const auto& sent : history_.sent) pairs_.insert({sent.from, sent.to});
    for (const auto& [pair, kept] : history_.kept) pairs_.insert({pair.second, pair.first});
    for (const auto& pair : pairs_) check(pair);
    return std::move(found_);
  }

 private:
  const Kept& kept(const Pair& pair) const {
    static const Kept nothing;
    const auto found = history_.kept.find(pair);
    return found == history_.kept.end() ? nothing : found->second;
  }

  void report(std::string_view what, const Pair& pair, const std::string& text) {
    found_.push_back(std::string{what} + ": " + std::to_string(pair.first) + " to " +
                     std::to_string(pair.second) + ": " + text.substr(0, 40));
  }

  void check(const Pair& pair) {
    const auto& arrived = kept({pair.second, pair.first}).theirs;
    check_told(pair, arrived);
    check_order(pair, arrived);
    const auto handed = history_.handed_out.find({pair.second, pair.first});
    for (const auto& text : arrived) {
      if (handed == history_.handed_out.end() ||
          std::ranges::find(handed->second, text) == handed->second.end()) {
        report("not handed out", pair, text);
      }
    }
  }

  void check_told(const Pair& pair, const std::vector<std::string>& arrived) {
    std::set<std::string> known;
    for (const auto& sent : history_.sent) {
      if (Pair{sent.from, sent.to} != pair) continue;
      known.insert(sent.text);
      const auto times = std::ranges::count(arrived, sent.text);
      if (times > 1) report("duplicated", pair, sent.text);
      if (times == 0 && sent.told == Sent::Told::stored) report("lost", pair, sent.text);
      if (times > 0 && sent.told == Sent::Told::not_sent) report("unsent", pair, sent.text);
    }
    for (const auto& text : arrived) {
      if (!known.contains(text)) report("phantom", pair, text);
    }
  }

  // What arrived is in the order of the sender's own history.
  void check_order(const Pair& pair, const std::vector<std::string>& arrived) {
    const auto& written = kept(pair).ours;
    auto place = written.begin();
    for (const auto& text : arrived) {
      place = std::find(place, written.end(), text);
      if (place == written.end()) return report("reordered", pair, text);
    }
  }

  const History& history_;
  std::set<Pair> pairs_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> violations(const History& history) { return Checker{history}.check(); }

}  // namespace bisik::simulation
