// Writes the first inputs for the fuzz targets of linking, recovery codes and backups:
//
//     bisik_linking_corpus tests/fuzz/corpus
//
// Run it when an encoding changes, and commit what it writes. Two runs write the same files.

#include <filesystem>
#include <fstream>
#include <iostream>

#include "crypto/backup.hpp"
#include "tests/fuzz/linking_stage.hpp"

namespace bisik::crypto::fuzz {
namespace {

class Corpus {
 public:
  explicit Corpus(std::filesystem::path root) : root_{std::move(root)} {}

  void add(const char* target, const char* name, Bytes choice, ByteView bytes) const {
    std::filesystem::create_directories(root_ / target);
    std::ofstream file{root_ / target / name, std::ios::binary};
    file.exceptions(std::ios::failbit | std::ios::badbit);
    choice.insert(choice.end(), bytes.begin(), bytes.end());
    file.write(reinterpret_cast<const char*>(choice.data()),
               static_cast<std::streamsize>(choice.size()));
  }

 private:
  std::filesystem::path root_;
};

void add_linking(const Corpus& corpus) {
  const auto& stage = LinkingStage::fixed();
  Encoder fields{96};
  fields.append(DhPublicKey{{9}}.bytes)
      .append(stage.code.commitment)
      .append(stage.code.secret.bytes());
  corpus.add("linking", "offer", {0}, stage.offer.encode());
  corpus.add("linking", "reveal", {1}, stage.reveal.encode());
  corpus.add("linking", "digits", {2}, as_bytes("482 913"));
  corpus.add("linking", "code", {3}, fields.bytes());
  corpus.add("linking", "cell", {4}, Bytes(kLinkingCell));
}

void add_backups(const Corpus& corpus) {
  const SeededRandom seeded{2};
  const auto code = RecoveryCode::random();
  const auto writer = BackupWriter::create(code, {1, 8}).value();
  constexpr std::size_t kFieldsAt = 9, kFieldsEnd = BackupHeader::kSize - 32;
  corpus.add("recovery_code", "words", {}, as_bytes(code.words().text()));
  corpus.add("backup", "header", {0}, writer.header());
  corpus.add("backup", "fields", {1}, writer.header().subspan(kFieldsAt, kFieldsEnd - kFieldsAt));
  // Three parts of 40, 0 and 7 bytes, each with a length and the stream's 17.
  constexpr std::size_t kWhole = BackupHeader::kSize + 3 * (4 + kStreamOverhead) + 40 + 7;
  corpus.add("backup", "unaltered", {2, 30}, Bytes(kWhole));
  corpus.add("backup", "with_more", {2, 0}, Bytes(kWhole + 1));
}

}  // namespace
}  // namespace bisik::crypto::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: " << argv[0] << " CORPUS_FOLDER\n";
    return 2;
  }
  bisik::crypto::initialise();
  const bisik::crypto::fuzz::Corpus corpus{argv[1]};
  bisik::crypto::fuzz::add_linking(corpus);
  bisik::crypto::fuzz::add_backups(corpus);
}
