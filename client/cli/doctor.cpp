// doctor: what could be wrong around a profile, each with what to do about it. Changes nothing.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "client/cli/commands.hpp"
#include "client/cli/ending.hpp"
#include "client/cli/wording.hpp"

namespace bisik::client {
namespace {

// A clock that is off by more makes messages stand in the wrong order and links expire early.
constexpr std::int64_t kClockTolerance = 60;

enum class Verdict { ok, warn, fail };

std::string messages(std::uint32_t count, const char* one_does, const char* several_do) {
  return std::to_string(count) + (count == 1 ? std::string{" message "} + one_does
                                             : std::string{" messages "} + several_do);
}

struct Finding {
  Literal what;
  Verdict verdict;
  std::string words;
  ExitCode code = ExitCode::user;  // if it is a failure
};

class Examination {
 public:
  explicit Examination(Context& context) : context_{context}, profile_{context.profile()} {}

  ExitCode run() {
    terminal();
    if (!folder()) return worst_;
    key();
    if (database()) owner();
    context_.out().flush();
    return worst_;
  }

 private:
  void report(const Finding& finding) {
    if (finding.verdict == Verdict::fail) worst_ = std::max(worst_, finding.code);
    const Literal verdict = finding.verdict == Verdict::ok     ? Literal{"ok"}
                            : finding.verdict == Verdict::warn ? Literal{"warn"}
                                                               : Literal{"fail"};
    auto& out = context_.out();
    if (context_.json()) {
      out.json({{"check", std::string{finding.what.text()}},
                {"verdict", std::string{verdict.text()}},
                {"words", finding.words}});
      return;
    }
    const auto style = finding.verdict == Verdict::ok     ? Style::good
                       : finding.verdict == Verdict::warn ? Style::warning
                                                          : Style::bad;
    out.styled(style, SafeText{verdict}.padded(4)) << "  " << SafeText{finding.what}.padded(9)
                                                   << "  " << SafeText::line(finding.words) << "\n";
  }

  void terminal() {
    const auto set = [](const char* name) {
      const char* value = std::getenv(name);
      return std::string{value == nullptr ? "" : value};
    };
    auto locale = set("LC_ALL");
    if (locale.empty()) locale = set("LC_CTYPE");
    if (locale.empty()) locale = set("LANG");
    auto upper = locale;
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
    const bool utf8 =
        upper.find("UTF-8") != std::string::npos || upper.find("UTF8") != std::string::npos;
    report({"terminal", utf8 ? Verdict::ok : Verdict::warn,
            utf8 ? "UTF-8, " + std::to_string(context_.out().columns()) + " columns"
                 : "the locale is \"" + locale + "\", not UTF-8: export LANG=C.UTF-8"});
  }

  // Without which nothing else can be looked at.
  bool folder() {
    struct stat status {};
    const auto path = profile_.folder().string();
    const bool is_there = stat(path.c_str(), &status) == 0;
    if (is_there && status.st_uid != geteuid())
      return no_profile(path + " belongs to another user");
    if (const auto why = profile_.why_not_writable()) return no_profile(*why);
    if (!is_there || !profile_.exists()) {
      return no_profile("there is none in " + path + " yet: bisik join LINK");
    }
    const bool open = (status.st_mode & 077U) != 0;
    report({"profile", open ? Verdict::warn : Verdict::ok,
            open ? "others may look into " + path + ": chmod 700 '" + path + "'" : path});
    return true;
  }

  bool no_profile(const std::string& why) {
    report({"profile", Verdict::fail, why});
    context_.out().flush();
    return false;
  }

  void key() {
    struct stat status {};
    const auto path = profile_.key_file().string();
    if (stat(path.c_str(), &status) != 0) {
      report({"key", Verdict::ok, "no key file: the profile opens with a passphrase"});
      return;
    }
    const bool open = (status.st_mode & 077U) != 0;
    report({"key", open ? Verdict::warn : Verdict::ok,
            open ? "others may read it: chmod 600 '" + path + "', then move to a new profile"
                 : "a key file that only you may read"});
  }

  // Reads the whole database, unless somebody works with it right now.
  bool database() {
    const auto lock = ProfileLock::try_take(profile_);
    if (!lock) {
      report({"database", Verdict::ok, "in use by another bisik of yours"});
      return true;
    }
    std::optional<Ending> fault;
    try {
      if (const auto found = ClosedVault{profile_}.integrity_check()) {
        fault =
            Ending{ExitCode::unexpected, "damaged: " + *found + " Put a copy of the folder back."};
      }
    } catch (...) {
      fault = ending();  // only what is damaged is said to be
    }
    report({"database", fault ? Verdict::fail : Verdict::ok, fault ? fault->sentence : "whole",
            fault ? fault->code : ExitCode::done});
    return !fault;
  }

  void owner() {
    proto::pb::ApiRequest request;
    request.mutable_status()->set_own_list(true);
    try {
      const auto reply = context_.session().only(std::move(request));
      status(reply.status());
    } catch (const Problem& problem) {
      report({"vault", Verdict::fail, problem.what(), problem.code()});
    }
  }

  void status(const proto::pb::ProfileStatus& status) {
    report({"memory", status.keys_locked_in_memory() ? Verdict::ok : Verdict::warn,
            status.keys_locked_in_memory() ? "keys are never swapped out"
                                           : "keys could be swapped out: raise ulimit -l"});
    if (!status.joined()) {
      return report({"account", Verdict::fail, "none yet: bisik join LINK --name NAME"});
    }
    report({"relay", status.reachable() ? Verdict::ok : Verdict::fail,
            status.reachable() ? status.relay() : status.relay_sentence(), ExitCode::relay});
    device(status);
    if (status.reachable()) clock(status.clock_offset_seconds());
    if (status.waiting() != 0) {
      report({"outbox", Verdict::warn,
              messages(status.waiting(), "waits", "wait") + " to be sent: bisik outbox"});
    }
    if (status.expired() != 0) {
      report({"away", Verdict::warn,
              "the relay no longer had " + std::to_string(status.expired()) +
                  " of the pieces sent to this device when it came for them"});
    }
    if (status.restored_ms() != 0) {
      report({"copy", Verdict::warn,
              "this profile was once restored from an older copy of its folder, and began anew"
              " with everybody: two copies must never run"});
    }
    if (status.set_aside() != 0) {
      report({"sessions", Verdict::warn,
              messages(status.set_aside(), "could", "could") +
                  " not be opened: bisik repair NAME, if one of somebody is missing"});
    }
  }

  // A removed one hears nothing, and nobody reads what it sends.
  void device(const proto::pb::ProfileStatus& status) {
    if (!status.has_own_list()) {
      if (status.reachable()) report({"device", Verdict::ok, "one of its account's"});
      return;
    }
    const auto& why = status.own_list();
    const auto code = static_cast<ExitCode>(why.exit_code());
    const bool is_known = code == ExitCode::untrusted || code == ExitCode::refused;
    report({"device", is_known ? Verdict::fail : Verdict::warn, why.sentence(), code});
  }

  void clock(std::int64_t ahead) {
    const auto off = std::abs(ahead);
    report({"clock", off > kClockTolerance ? Verdict::warn : Verdict::ok,
            off > kClockTolerance
                ? "this clock is " + std::to_string(off) + " s " +
                      (ahead > 0 ? "ahead of" : "behind") + " the relay's: set it by the network"
                : "agrees with the relay's"});
  }

  Context& context_;
  Profile profile_;
  ExitCode worst_ = ExitCode::done;
};

}  // namespace

ExitCode doctor(Context& context) { return Examination{context}.run(); }

}  // namespace bisik::client
