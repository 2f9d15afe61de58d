// Writes the first inputs for the fuzz targets of sessions:
//
//     bisik_session_corpus tests/fuzz/corpus
//
// Run it when an encoding changes, and commit what it writes. The sessions are those of
// sessions.hpp, so two runs write the same files.

#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/fuzz/sessions.hpp"

namespace bisik::crypto::fuzz {
namespace {

class Corpus {
 public:
  explicit Corpus(std::filesystem::path root) : root_{std::move(root)} {}

  void add(const char* target, const std::string& name, std::initializer_list<std::uint8_t> choice,
           ByteView bytes) const {
    std::filesystem::create_directories(root_ / target);
    std::ofstream file{root_ / target / name, std::ios::binary};
    file.exceptions(std::ios::failbit | std::ios::badbit);
    Bytes all{choice};
    all.insert(all.end(), bytes.begin(), bytes.end());
    file.write(reinterpret_cast<const char*>(all.data()), static_cast<std::streamsize>(all.size()));
  }

 private:
  std::filesystem::path root_;
};

void add_sessions(const Corpus& corpus) {
  std::uint8_t number = 0;
  for (const auto& shape : Sessions::fixed().shapes) {
    require(restore(shape.state).value().open(shape.next_cell, kNow).has_value());
    const auto name = std::to_string(number);
    corpus.add("session_read", name, {}, shape.state);
    corpus.add("session_open", "genuine_" + name, {number, 0}, shape.next_cell);
    for (const auto carries :
         {KemContents::nothing, KemContents::key, KemContents::key_and_ciphertext}) {
      const Header header{carries, DhPublicKey{{9}}, 1, 0};
      corpus.add("session_open",
                 "insider_" + name + "_" + std::to_string(static_cast<int>(carries)), {number, 1},
                 header.encode());
    }
    ++number;
  }
}

void add_first_messages(const Corpus& corpus) {
  const auto& sessions = Sessions::fixed();
  corpus.add("first_message", "cell", {0}, sessions.first_cell);
  const auto opened = open_first_message(sessions.bob.seal, sessions.first_cell).value();
  Encoder inside{HandshakeFields::kSize + opened.ratchet_message.size()};
  opened.handshake.encode(inside);
  inside.append(opened.ratchet_message);
  corpus.add("first_message", "inside", {1}, inside.bytes());
  corpus.add("first_message", "inside_with_record", {2}, inside.bytes());
}

}  // namespace
}  // namespace bisik::crypto::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: " << argv[0] << " CORPUS_FOLDER\n";
    return 2;
  }
  const bisik::crypto::fuzz::Corpus corpus{argv[1]};
  bisik::crypto::fuzz::add_sessions(corpus);
  bisik::crypto::fuzz::add_first_messages(corpus);
}
