#include "client/engine/backup_records.hpp"

#include "proto/fields.hpp"
#include "proto/frame.hpp"
#include "proto/host.hpp"

namespace bisik::client {
namespace {

using crypto::Errc;
using crypto::Result;
using crypto::SecretBuffer;
using crypto::SecretReader;

constexpr std::uint8_t kBackupAccountVersion = 1;

// Numbers are in files: never reuse one.
enum class Kind : std::uint8_t { account = 1, contact = 2, message = 3, end = 4, link = 5 };

void write_head(SecretBuffer& part, Kind kind, std::size_t size) {
  part.append_int(static_cast<std::uint8_t>(kind)).append_int(static_cast<std::uint32_t>(size));
}

void write_message(SecretBuffer& part, Kind kind, const google::protobuf::MessageLite& message) {
  auto encoded = proto::encode(message);
  write_head(part, kind, encoded.size());
  part.append(encoded);
  sodium_memzero(encoded.data(), encoded.size());
}

Result<crypto::Capability> read_secret(SecretReader& in) {
  return crypto::Capability::parse(in.take(crypto::Capability::kSize));
}

Result<std::vector<crypto::Capability>> read_secrets(SecretReader& in) {
  std::vector<crypto::Capability> secrets;
  for (auto left = in.take_int<std::uint8_t>(); left > 0; --left) {
    const auto secret = read_secret(in);
    if (!secret) return secret.error();
    secrets.push_back(*secret);
  }
  return secrets;
}

Result<proto::RelayAddress> read_relay(SecretReader& in) {
  const auto host = proto::normal_host(crypto::as_text(in.take_sized()));
  const auto port = in.take_int<std::uint16_t>();
  const auto key = crypto::DhPublicKey::parse(in.take(crypto::DhPublicKey::kSize));
  if (!host || port == 0 || !key) return Errc::malformed;
  return proto::RelayAddress{*host, port, *key};
}

bool fits_together(const BackedUpAccount& account) {
  return account.list.account_key() == account.key.verify_key() &&
         account.list.find(account.device) != nullptr &&
         account.list.records().back().number() <= account.last_number &&
         proto::is_text(account.name, proto::kMaxNameBytes);
}

Result<BackupRecord> read_account(SecretReader& in) {
  if (const auto version = in.take_int<std::uint8_t>(); version != kBackupAccountVersion) {
    return version > kBackupAccountVersion ? Errc::newer_version : Errc::malformed;
  }
  auto key = crypto::AccountKey::read(in);
  const auto device = in.take_int<crypto::DeviceNumber>();
  const auto last = in.take_int_between<crypto::DeviceNumber>(1, crypto::kMaxDeviceNumber);
  const auto secret = read_secret(in);
  const auto sequence = in.take_int_between<std::uint64_t>(1, crypto::kMaxSequence);
  const auto old = read_secrets(in);
  const auto relay = read_relay(in);
  std::string name{crypto::as_text(in.take_sized())};
  const auto list = crypto::DeviceList::parse(in.take_sized());
  if (in.failed() || !key || !secret || !old || !relay || !list) return Errc::malformed;
  BackedUpAccount account{std::move(*key), device,          last, *secret, sequence, *old,
                          *relay,          std::move(name), *list};
  if (!fits_together(account)) return Errc::malformed;
  return BackupRecord{std::move(account)};
}

Result<BackupRecord> read_contact(crypto::ByteView bytes) {
  auto contact = proto::decode_backup_contact(bytes);
  if (!contact) return Errc::malformed;
  if (!contact->device_list().empty()) {
    const auto list = crypto::DeviceList::parse(crypto::as_bytes(contact->device_list()));
    const auto key = crypto::as_bytes(contact->contact().account_key());
    if (!list || !std::ranges::equal(list->account_key().bytes, key)) return Errc::malformed;
  }
  return BackupRecord{std::move(*contact)};
}

Result<BackupRecord> read_message(crypto::ByteView bytes) {
  auto message = proto::decode_backup_message(bytes);
  if (!message) return Errc::malformed;
  return BackupRecord{std::move(*message)};
}

Result<BackupRecord> read_link(crypto::ByteView bytes) {
  auto link = proto::decode_backup_link(bytes);
  if (!link) return Errc::malformed;
  return BackupRecord{std::move(*link)};
}

Result<BackupRecord> read_record(SecretReader& in) {
  const Kind kind{in.take_int<std::uint8_t>()};
  const auto size = in.take_int<std::uint32_t>();
  if (in.failed() || size > in.left()) return Errc::malformed;
  const auto left_behind = in.left() - size;
  switch (kind) {
    case Kind::account: {
      auto account = read_account(in);
      if (account && in.left() != left_behind) return Errc::malformed;
      return account;
    }
    case Kind::contact:
      return read_contact(in.take(size));
    case Kind::message:
      return read_message(in.take(size));
    case Kind::link:
      return read_link(in.take(size));
    case Kind::end: {
      const BackupCounts counts{in.take_int<std::uint64_t>(), in.take_int<std::uint64_t>()};
      if (in.failed() || in.left() != left_behind) return Errc::malformed;
      return BackupRecord{counts};
    }
  }
  return Errc::malformed;
}

}  // namespace

void write_account(SecretBuffer& part, const Identity& identity) {
  SecretBuffer record;
  record.append_int(kBackupAccountVersion);
  identity.primary->write(record);
  record.append_int(identity.device.number()).append_int(identity.last_number);
  record.append(identity.write_secret.bytes()).append_int(identity.write_secret_sequence);
  record.append_int(static_cast<std::uint8_t>(identity.old_write_secrets.size()));
  for (const auto& old : identity.old_write_secrets) record.append(old.secret.bytes());
  const auto& relay = identity.relay;
  record.append_sized(crypto::as_bytes(relay.host)).append_int(relay.port);
  record.append(relay.key.bytes).append_sized(crypto::as_bytes(identity.name));
  record.append_sized(identity.device_list);
  write_head(part, Kind::account, record.size());
  part.append(SecretReader{record}.take(record.size()));
}

void write_record(SecretBuffer& part, const proto::pb::BackupContact& contact) {
  write_message(part, Kind::contact, contact);
}

void write_record(SecretBuffer& part, const proto::pb::BackupMessage& message) {
  write_message(part, Kind::message, message);
}

void write_record(SecretBuffer& part, const proto::pb::BackupLink& link) {
  write_message(part, Kind::link, link);
}

void write_record(SecretBuffer& part, const BackupCounts& counts) {
  write_head(part, Kind::end, 16);
  part.append_int(counts.contacts).append_int(counts.messages);
}

Result<std::vector<BackupRecord>> read_records(const SecretBuffer& part) {
  std::vector<BackupRecord> records;
  SecretReader in{part};
  while (in.left() > 0) {
    auto record = read_record(in);
    if (!record) return record.error();
    records.push_back(std::move(*record));
  }
  return records;
}

}  // namespace bisik::client
