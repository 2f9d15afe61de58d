#include "tests/model/backup.hpp"

#include "crypto/backup.hpp"
#include "crypto/hex.hpp"

namespace bisik::model {
namespace {

crypto::RecoveryCode code_of(const Json& object) {
  const NamedRandomness drawing{object, kCodeDraws};
  return crypto::RecoveryCode::random();
}

crypto::SecretBuffer buffer_of(ByteView bytes) {
  crypto::SecretBuffer buffer;
  buffer.append(bytes);
  return buffer;
}

Bytes copied(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

// The bits of a code as somebody typed it.
crypto::Result<Bytes> typed_bits(ByteView text) {
  const auto code = crypto::RecoveryCode::parse(buffer_of(text));
  if (!code) return code.error();
  return copied(code->password().expose());
}

crypto::BackupWriter writer_of(const Json& backup, const crypto::RecoveryCode& code) {
  const crypto::PasswordCost cost{backup.at("passes").get<std::uint32_t>(),
                                  backup.at("memory_kib").get<std::uint32_t>()};
  const NamedRandomness drawing{backup.at("draws"), kBackupDraws};
  return crypto::BackupWriter::create(code, cost).value();
}

// The whole file.
Bytes written(const Json& backup, const crypto::RecoveryCode& code) {
  auto writer = writer_of(backup, code);
  auto file = copied(writer.header());
  const auto& parts = backup.at("parts");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto part = buffer_of(*crypto::from_hex(parts[i].get_ref<const std::string&>()));
    const auto sealed = i + 1 < parts.size() ? writer.seal(part) : std::move(writer).finish(part);
    file.insert(file.end(), sealed.begin(), sealed.end());
  }
  return file;
}

// All parts, one after the other.
crypto::Result<Bytes> restored(ByteView file, const crypto::RecoveryCode& code) {
  constexpr auto kHeader = crypto::BackupHeader::kSize;
  auto reader = crypto::BackupReader::open(file.first(std::min(file.size(), kHeader)), code);
  if (!reader) return reader.error();
  reader->append(file.subspan(kHeader));
  Bytes content;
  for (;;) {
    const auto part = reader->next();
    if (!part) return part.error();
    if (!*part) break;
    const auto bytes = (*part)->expose();
    content.insert(content.end(), bytes.begin(), bytes.end());
  }
  if (const auto finished = reader->finish(); !finished) return finished.error();
  return content;
}

}  // namespace

void play_backup(Json& backup) {
  const auto code = code_of(backup);
  backup["words"] = std::string{code.words().text()};
  for (auto& typed : backup["typed"]) put_outcome(typed, typed_bits(bytes_of(typed, "text")));

  const auto file = written(backup, code);
  backup["file"] = to_json(file);
  for (auto& reading : backup["readings"]) {
    const auto other = reading.contains("recovery_code") ? code_of(reading) : code.duplicate();
    const auto read = reading.contains("edit") ? edited(file, reading.at("edit")) : file;
    put_outcome(reading, restored(read, other));
  }
}

}  // namespace bisik::model
