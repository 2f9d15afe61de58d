// What is inside a backup, once it is opened: one part.

#include "client/engine/backup_records.hpp"

#include <cassert>

#include "crypto/sodium.hpp"
#include "proto/frame.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace bisik;
  crypto::initialise();
  crypto::SecretBuffer part;
  part.append(crypto::ByteView{bytes, size});
  const auto records = client::read_records(part);
  if (!records) return 0;
  for (const auto& record : *records) {
    if (const auto* contact = std::get_if<proto::pb::BackupContact>(&record)) {
      assert(proto::decode_backup_contact(proto::encode(*contact)));
    }
    if (const auto* message = std::get_if<proto::pb::BackupMessage>(&record)) {
      assert(proto::decode_backup_message(proto::encode(*message)));
    }
    if (const auto* link = std::get_if<proto::pb::BackupLink>(&record)) {
      assert(proto::decode_backup_link(proto::encode(*link)));
    }
  }
  return 0;
}
