#include "tests/model/backup_script.hpp"

#include <cctype>

namespace bisik::model {
namespace {

constexpr std::size_t kSlips = 4, kDamages = 4;

// The words as a person may type them: another case, other blanks, or a slip.
std::string typed_by_somebody(std::string words, Source& source) {
  const auto at = below(source, words.size());
  switch (below(source, 6)) {
    case 0:
      words[at] = static_cast<char>('a' + below(source, 26));
      break;
    case 1:
      words.erase(at, 1);
      break;
    case 2:
      words.insert(at, 1, "-. x\n"[below(source, 5)]);
      break;
    case 3:
      words.resize(at);
      break;
    case 4:
      for (auto& c : words) c = c == '-' ? ' ' : c;
      break;
    default:
      for (auto& c : words) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return words;
}

void add_readings(Json& backup, Source& source) {
  const auto size = bytes_of(backup, "file").size();
  auto& readings = backup["readings"] = Json::array();
  readings.push_back(Json::object());  // as it is
  for (std::size_t i = 0; i < kDamages; ++i) {
    if (chance(source, 30)) {
      readings.push_back({{"edit", {{"keep", below(source, size)}}}});
    } else {
      readings.push_back(
          {{"edit", {{"at", below(source, size)}, {"xor", 1U << below(source, 8)}}}});
    }
  }
  Json another;
  NamedRandomness::complete(another, kCodeDraws, source);
  readings.push_back(another);
}

}  // namespace

Json random_backup(std::uint64_t seed) {
  Source source{seed};
  Json backup{{"seed", seed}};
  NamedRandomness::complete(backup, kCodeDraws, source);
  backup["passes"] = 1 + below(source, 3);
  backup["memory_kib"] = 8 + below(source, 57);
  NamedRandomness::complete(backup["draws"], kBackupDraws, source);
  backup["parts"] = Json::array();
  for (std::size_t parts = 1 + below(source, 3); parts > 0; --parts) {
    backup["parts"].push_back(to_json(random_bytes(source, below(source, 200))));
  }
  play_backup(backup);

  const auto words = backup.at("words").get<std::string>();
  for (std::size_t i = 0; i < kSlips; ++i) {
    const auto text = typed_by_somebody(words, source);
    backup["typed"].push_back({{"text", to_json(crypto::as_bytes(text))}});
  }
  add_readings(backup, source);
  play_backup(backup);
  return backup;
}

}  // namespace bisik::model
