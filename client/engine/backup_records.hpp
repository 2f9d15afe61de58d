// What a backup says (docs/protocol.md 9.4). Each of its parts holds whole records:
//
//     kind u8 | length u32 | as many bytes
//
// first the account, which has a fixed layout because it holds the account's key, then contacts and
// messages, then the end with the number of both. No key of a device, prekey or session is in it.
#pragma once

#include <variant>

#include "client/engine/identity.hpp"
#include "proto/backup.pb.h"

namespace bisik::client {

struct BackedUpAccount {
  crypto::AccountKey key;            // AK
  crypto::DeviceNumber device;       // the primary's
  crypto::DeviceNumber last_number;  // given to a device
  crypto::Capability write_secret;
  std::uint64_t write_secret_sequence;
  std::vector<crypto::Capability> old_write_secrets;
  proto::RelayAddress relay;
  std::string name;
  crypto::DeviceList list;
};

// The end: how many there were.
struct BackupCounts {
  std::uint64_t contacts = 0;
  std::uint64_t messages = 0;
  friend bool operator==(const BackupCounts&, const BackupCounts&) = default;
};

using BackupRecord = std::variant<BackedUpAccount, proto::pb::BackupContact,
                                  proto::pb::BackupMessage, proto::pb::BackupLink, BackupCounts>;

// Appended to a part. `identity` is a primary's.
void write_account(crypto::SecretBuffer& part, const Identity& identity);
void write_record(crypto::SecretBuffer& part, const proto::pb::BackupContact& contact);
void write_record(crypto::SecretBuffer& part, const proto::pb::BackupMessage& message);
void write_record(crypto::SecretBuffer& part, const proto::pb::BackupLink& link);
void write_record(crypto::SecretBuffer& part, const BackupCounts& counts);

// As many bytes as a record has around a message of that size.
inline constexpr std::size_t kBackupRecordHeadBytes = 1 + 4;

// newer_version: an account of a later version. malformed: anything else that is no record, up to
// signatures: what is returned may be relied on.
[[nodiscard]] crypto::Result<std::vector<BackupRecord>> read_records(
    const crypto::SecretBuffer& part);

}  // namespace bisik::client
