#include "client/engine/restoring.hpp"

#include "client/engine/seen.hpp"
#include "client/engine/sentences.hpp"

namespace bisik::client {
namespace {

using proto::pb::BackupContact;
using proto::pb::BackupMessage;

crypto::AccountId account_of(const BackupContact& backup) {
  crypto::VerifyKey key{};
  std::ranges::copy(crypto::as_bytes(backup.contact().account_key()), key.bytes.begin());
  return crypto::AccountId::of(key);
}

proto::pb::ContactState state_of(const proto::pb::SharedContact& shared) {
  if (shared.removed()) return proto::pb::CONTACT_STATE_REMOVED;
  return shared.accepted() ? proto::pb::CONTACT_STATE_ACCEPTED : proto::pb::CONTACT_STATE_INVITED;
}

proto::pb::Trust trust_of(const BackupContact& backup) {
  if (backup.changed()) return proto::pb::TRUST_CHANGED;
  return backup.contact().verified() ? proto::pb::TRUST_VERIFIED : proto::pb::TRUST_UNVERIFIED;
}

proto::pb::Move move_of(const proto::pb::SharedContact& shared) {
  if (shared.followed()) return proto::pb::MOVE_FOLLOWED;
  return shared.refused() ? proto::pb::MOVE_REFUSED : proto::pb::MOVE_OFFERED;
}

void fill(proto::pb::ContactRow& row, const BackupContact& backup) {
  const auto& shared = backup.contact();
  row.set_state(state_of(shared));
  row.set_trust(trust_of(backup));
  *row.mutable_relay() = shared.relay();
  row.set_relay_is_said(shared.relay_is_said());
  row.set_write_secret(shared.write_secret());
  row.set_write_secret_sequence(shared.write_secret_sequence());
  row.set_link_secret(backup.link_secret());
  row.set_link_token(backup.link_token());
  row.set_greeted(true);  // until the account has this device
  row.set_blocked(shared.blocked());
  row.set_added_ms(shared.added_ms());
  row.set_last_number(backup.last_number());
  row.set_removed_number(backup.removed_number());
  if (shared.has_successor()) {
    *row.mutable_successor() = shared.successor();
    row.set_move(move_of(shared));
  }
  if (backup.device_list().empty()) return;
  const auto list = crypto::DeviceList::parse(crypto::as_bytes(backup.device_list())).value();
  row.set_device_list(backup.device_list());
  row.set_list_sequence(list.sequence());
  row.set_list_hash(to_string(list.hash()));
}

// What had not left then will not: who wrote it may write it again.
proto::pb::MessageState state_of(const BackupMessage& backup) {
  if (!backup.ours()) return proto::pb::MESSAGE_STATE_RECEIVED;
  return backup.sent() ? proto::pb::MESSAGE_STATE_RELAY : proto::pb::MESSAGE_STATE_FAILED;
}

// A copy of it may still wait somewhere.
bool may_come_again(const Step& step, const BackupMessage& backup) {
  constexpr auto kLifetime = static_cast<std::uint64_t>(milliseconds{kSeenLifetime}.count());
  const auto when = std::max(backup.timestamp_ms(), backup.received_ms());
  return !backup.content_id().empty() && when + kLifetime > step.now_ms();
}

}  // namespace

void Restoring::load(Step& step) {
  if (!state_.identity && !state_.contacts.all().empty()) state_.clear(step);
}

void Restoring::begin(Step& step, CommandId command, const proto::pb::RestoreCommand& request) {
  const auto& identity = state_.identity;
  if (identity && identity->setup != Setup::restoring) {
    return step.fail(command, has_an_account());
  }
  crypto::SecretBuffer typed;
  typed.append(crypto::as_bytes(request.words()));
  const auto code = crypto::RecoveryCode::parse(typed);
  if (!code) return step.fail(command, mistyped_code());
  auto reader = crypto::BackupReader::open(crypto::as_bytes(request.header()), *code);
  if (!reader) return step.fail(command, bad_backup_header(reader.error()));
  takeover_.give_up();
  state_.clear(step);
  reading_.emplace(Reading{command, std::move(*reader)});
  answer(step, command);
}

void Restoring::answer(Step& step, CommandId command) const {
  proto::pb::ApiReply reply;
  auto& progress = *reply.mutable_restore_progress();
  progress.set_restore(reading_->number);
  progress.set_contacts(reading_->counts.contacts);
  progress.set_messages(reading_->counts.messages);
  step.finish(command, std::move(reply));
}

void Restoring::fail(Step& step, CommandId command, proto::pb::Failure why) {
  reading_.reset();
  step.drop_rows();  // clear() erases what earlier steps have kept
  state_.clear(step);
  step.fail(command, std::move(why));
}

void Restoring::part(Step& step, CommandId command, const proto::pb::RestorePartCommand& request) {
  if (!reading_ || reading_->number != request.restore()) {
    return step.fail(command, restore_interrupted());
  }
  auto records = read(request.bytes());
  if (!records) return fail(step, command, bad_backup(records.error()));
  for (auto& record : *records) {
    if (!take(step, std::move(record))) {
      return fail(step, command, bad_backup(crypto::Errc::malformed));
    }
  }
  answer(step, command);
}

crypto::Result<std::vector<BackupRecord>> Restoring::read(const std::string& bytes) {
  reading_->reader.append(crypto::as_bytes(bytes));
  std::vector<BackupRecord> all;
  for (;;) {
    const auto part = reading_->reader.next();
    if (!part) return part.error();
    if (!*part) return all;
    auto records = read_records(**part);
    if (!records) return records.error();
    std::ranges::move(*records, std::back_inserter(all));
  }
}

// False: not in its place.
bool Restoring::take(Step& step, BackupRecord record) {
  if (reading_->ended) return false;
  if (auto* account = std::get_if<BackedUpAccount>(&record)) {
    if (reading_->account) return false;
    reading_->account.emplace(std::move(*account));
    return true;
  }
  if (!reading_->account) return false;
  if (const auto* counts = std::get_if<BackupCounts>(&record)) {
    reading_->ended = true;
    return *counts == reading_->counts;
  }
  if (const auto* link = std::get_if<proto::pb::BackupLink>(&record)) {
    take(step, *link);
    return true;
  }
  const auto* contact = std::get_if<BackupContact>(&record);
  return contact != nullptr ? take(step, *contact) : take(step, std::get<BackupMessage>(record));
}

// Who comes with it is a contact, as if nothing had happened.
void Restoring::take(Step& step, const proto::pb::BackupLink& backup) {
  if (backup.expires_ms() <= step.now_ms()) return;
  proto::pb::LinkRow row;
  row.set_token(backup.token());
  row.set_expires_ms(backup.expires_ms());
  row.set_write_secret(backup.write_secret());
  step.put(RowKind::link, link_id(row.token()), row);
}

bool Restoring::take(Step& step, const BackupContact& backup) {
  const auto id = account_of(backup);
  const auto& known = state_.contacts.all();
  if (known.contains(id) || known.size() >= kMaxContacts || id == reading_->account->key.id()) {
    return false;
  }
  const crypto::VerifyKey key{
      crypto::Decoder{crypto::as_bytes(backup.contact().account_key())}.take_array<32>()};
  auto& contact = state_.contacts.add(key, backup.contact().name(), step);
  fill(contact.row, backup);
  contact.save(step);
  ++reading_->counts.contacts;
  return true;
}

bool Restoring::take(Step& step, const BackupMessage& backup) {
  const auto id = crypto::AccountId::parse(crypto::as_bytes(backup.account())).value();
  const auto* contact = state_.contacts.find(id);
  if (contact == nullptr || backup.number() > contact->row.last_number()) return false;
  proto::pb::MessageRow row;
  row.set_account(backup.account());
  row.set_number(backup.number());
  row.set_content_id(backup.content_id());
  row.set_ours(backup.ours());
  row.set_timestamp_ms(backup.timestamp_ms());
  row.set_received_ms(backup.received_ms());
  row.set_text(backup.text());
  if (backup.has_about()) *row.mutable_about() = backup.about();
  *row.mutable_amendments() = backup.amendments();
  row.set_deleted(backup.deleted());
  row.set_deleted_here(backup.deleted_here());
  row.set_previous_edit(backup.previous_edit());
  row.set_state(state_of(backup));
  state_.save(step, row);
  if (may_come_again(step, backup))
    static_cast<void>(see(step, state_, id, backup.content_id(), backup.number()));
  ++reading_->counts.messages;
  return true;
}

void Restoring::end(Step& step, CommandId command, const proto::pb::RestoreEndCommand& request) {
  if (!reading_ || reading_->number != request.restore()) {
    return step.fail(command, restore_interrupted());
  }
  if (!reading_->reader.finish() || !reading_->ended) return fail(step, command, cut_backup());
  auto account = std::move(*reading_->account);
  reading_.reset();
  takeover_.begin(step, command, std::move(account));
}

}  // namespace bisik::client
