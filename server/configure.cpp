#include "server/configure.hpp"

#include <unistd.h>

#include <algorithm>

#include "server/data_directory.hpp"
#include "server/problem.hpp"

namespace bisik::server {
namespace {

class Assembly {
 public:
  explicit Assembly(const Wishes& wishes) : wishes_{wishes} {}

  Configured finish() && {
    take_file();
    take_environment();
    take_flags();
    if (out_.config.data.empty()) out_.config.data = default_data_directory().string();
    check_relations();
    return std::move(out_);
  }

 private:
  void fault(const std::string& source, std::size_t line, const std::string& sentence) {
    out_.faults.push_back({source, line, sentence});
  }

  void take(const Setting& setting, const Given& value, const std::string& source,
            std::size_t line) {
    if (const auto wrong = assign(setting, value, out_.config)) {
      fault(source, line, *wrong);
    } else {
      out_.sources[setting.name] = source;
    }
  }

  // Where a file is looked for that nobody has named: the data directory by everything but a file.
  [[nodiscard]] std::filesystem::path data_directory() const {
    if (const auto flag = wishes_.flags.find("data"); flag != wishes_.flags.end()) {
      if (const auto* text = std::get_if<std::string>(&flag->second)) return *text;
    }
    const auto variable = wishes_.environment.find("BISIK_RELAY_DATA");
    if (variable != wishes_.environment.end()) return variable->second;
    return default_data_directory();
  }

  // The named file, which must be there, or that in the data directory, if there is one.
  [[nodiscard]] bool find_file() {
    const auto variable = wishes_.environment.find(std::string{kConfigVariable});
    if (wishes_.file) {
      out_.file = *wishes_.file;
    } else if (variable != wishes_.environment.end()) {
      out_.file = variable->second;
    } else {
      const auto path = data_directory() / kConfigName;
      if (::access(path.c_str(), F_OK) == 0) out_.file = path;
      return false;
    }
    return true;
  }

  void take_file() {
    const bool named = find_file();
    if (!out_.file) return;
    const auto file = read_config_file(*out_.file);
    out_.faults = file.faults;
    const auto source = out_.file->string();
    for (const auto& entry : file.entries) {
      const auto* setting = find_setting(entry.name);
      if (setting == nullptr) {
        fault(source, entry.line, unknown_setting(entry.name));
      } else if (!named && entry.name == "data") {
        fault(source, entry.line,
              "data cannot be set in the file that lies in the data directory: remove it.");
      } else {
        take(*setting, entry.value, source, entry.line);
      }
    }
    std::ranges::stable_sort(out_.faults, {}, &Fault::line);
  }

  // A variable that is none of ours may be somebody else's (a cluster makes BISIK_RELAY_PORT of a
  // service's name), unless it looks like one of ours.
  void take_environment() {
    std::vector<std::string> known;
    for (const auto& setting : setting_table()) known.push_back(setting.variable());
    for (const auto& [name, value] : wishes_.environment) {
      const auto found = std::ranges::find(known, name);
      if (found != known.end()) {
        const auto& setting = setting_table()[static_cast<std::size_t>(found - known.begin())];
        take(setting, from_text(setting, value), name, 0);
      } else if (const auto meant = nearest(name, known); meant && name != kConfigVariable) {
        fault(name, 0, "there is no such setting: did you mean " + *meant + "?");
      }
    }
  }

  void take_flags() {
    for (const auto& [name, value] : wishes_.flags) {
      const auto& setting = *find_setting(name);
      take(setting, value, *setting.flag(), 0);
    }
  }

  void check_relations() {
    const auto& limits = out_.config.limits;
    if (limits.unsent_bytes >= 2 * limits.push_window_bytes) return;
    const auto chosen = out_.sources.find("limits.unsent_bytes");
    const auto other = out_.sources.find("limits.push_window_bytes");
    fault(chosen != out_.sources.end() ? chosen->second : other->second, 0,
          "limits.unsent_bytes must be at least twice limits.push_window_bytes: what a reader has "
          "asked for must fit.");
  }

  const Wishes& wishes_;
  Configured out_;
};

}  // namespace

std::map<std::string, std::string> relay_variables() {
  std::map<std::string, std::string> found;
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const auto equals = text.find('=');
    if (!text.starts_with(kVariablePrefix) || equals == std::string_view::npos) continue;
    found.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

Configured configure(const Wishes& wishes) { return Assembly{wishes}.finish(); }

void require_no_faults(const Configured& configured) {
  if (configured.faults.empty()) return;
  auto sentence = configured.faults.front().text();
  if (const auto more = configured.faults.size() - 1; more > 0) {
    sentence += " (And " + std::to_string(more) + " more: `bisik-relay check` lists them.)";
  }
  throw Problem{Exit::user, sentence};
}

}  // namespace bisik::server
