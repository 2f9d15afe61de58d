// Writes transcripts of the C++ implementation, one JSON object a line, for the Python model to
// compute again:
//
//     bisik_model_transcripts handshakes|histories FIRST_SEED COUNT
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>

#include "tests/model/history_script.hpp"
#include "tests/model/meeting_script.hpp"

namespace {

using bisik::model::Json;

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
    if (what == "handshakes") {
      return write(bisik::model::random_meeting, std::stoull(argv[2]), std::stoull(argv[3]));
    }
    if (what == "histories") {
      return write(bisik::model::random_history, std::stoull(argv[2]), std::stoull(argv[3]));
    }
    std::cerr << "usage: bisik_model_transcripts handshakes|histories FIRST_SEED COUNT\n";
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "bisik_model_transcripts: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
