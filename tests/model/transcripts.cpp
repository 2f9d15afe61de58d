// Writes transcripts of the C++ implementation, one JSON object a line, for the Python model to
// compute again:
//
//     bisik_model_transcripts handshakes|histories|linkings|backups|successions FIRST_SEED COUNT
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>

#include "tests/model/backup_script.hpp"
#include "tests/model/history_script.hpp"
#include "tests/model/linking_script.hpp"
#include "tests/model/meeting_script.hpp"
#include "tests/model/succession_script.hpp"

namespace {

using bisik::model::Json;

struct TranscriptKind {
  std::string_view name;
  Json (*make)(std::uint64_t seed);
};
constexpr std::array kTranscriptKinds{
    TranscriptKind{"handshakes", bisik::model::random_meeting},
    TranscriptKind{"histories", bisik::model::random_history},
    TranscriptKind{"linkings", bisik::model::random_linking},
    TranscriptKind{"backups", bisik::model::random_backup},
    TranscriptKind{"successions", bisik::model::random_succession},
};

const TranscriptKind* find(std::string_view name) {
  const auto found = std::ranges::find(kTranscriptKinds, name, &TranscriptKind::name);
  return found == kTranscriptKinds.end() ? nullptr : &*found;
}

int write(Json (*make)(std::uint64_t), std::uint64_t first, std::uint64_t count) {
  for (auto seed = first; seed < first + count; ++seed) std::cout << make(seed).dump() << '\n';
  return std::cout.flush() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::string_view what = argc == 4 ? argv[1] : "";
    bisik::model::NamedRandomness::install();
    std::ios::sync_with_stdio(false);
    if (const auto* const kind = find(what)) {
      return write(kind->make, std::stoull(argv[2]), std::stoull(argv[3]));
    }
    std::cerr << "usage: bisik_model_transcripts handshakes|histories|linkings|backups|"
                 "successions FIRST_SEED COUNT\n";
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "bisik_model_transcripts: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
