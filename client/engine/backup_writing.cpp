#include "client/engine/backup_writing.hpp"

#include "client/engine/sentences.hpp"
#include "client/engine/shared_contact.hpp"

namespace bisik::client {
namespace {

proto::pb::BackupContact to_backup(const Contact& contact) {
  const auto& row = contact.row;
  proto::pb::BackupContact backup;
  *backup.mutable_contact() = to_shared(contact);
  backup.set_link_secret(row.link_secret());
  backup.set_link_token(row.link_token());
  backup.set_device_list(row.device_list());
  backup.set_changed(row.trust() == proto::pb::TRUST_CHANGED);
  backup.set_last_number(row.last_number());
  backup.set_removed_number(row.removed_number());
  return backup;
}

proto::pb::BackupMessage to_backup(const proto::pb::MessageRow& row) {
  proto::pb::BackupMessage backup;
  backup.set_account(row.account());
  backup.set_number(row.number());
  backup.set_content_id(row.content_id());
  backup.set_ours(row.ours());
  backup.set_timestamp_ms(row.timestamp_ms());
  backup.set_received_ms(row.received_ms());
  backup.set_text(row.text());
  if (row.has_about()) *backup.mutable_about() = row.about();
  *backup.mutable_amendments() = row.amendments();
  backup.set_deleted(row.deleted());
  backup.set_deleted_here(row.deleted_here());
  backup.set_previous_edit(row.previous_edit());
  backup.set_sent(row.state() == proto::pb::MESSAGE_STATE_RELAY);
  return backup;
}

// False: it goes into the next part.
template <class Record>
bool add_record(crypto::SecretBuffer& part, const Record& record) {
  const auto size = part.size() + kBackupRecordHeadBytes + record.ByteSizeLong();
  if (size > crypto::kMaxBackupPart) return false;
  write_record(part, record);
  return true;
}

}  // namespace

// Whoever is in no book when this begins is not in the backup.
void BackupWriting::begin(Step& step, CommandId command) {
  if (!state_.joined()) return step.fail(command, not_joined());
  if (!state_.identity->primary) return step.fail(command, not_the_primary());
  auto code = crypto::RecoveryCode::random();
  auto writer = crypto::BackupWriter::create(code).value();
  attempt_.emplace(Attempt{command, std::move(code), std::move(writer), {}});
  for (const auto& [account, contact] : state_.contacts.all()) {
    if (contact.is_own() || contact.is_request()) continue;
    const auto first = contact.row.removed_number() + 1;
    attempt_->chats.push_back({account, first, contact.row.last_number()});
    attempt_->of += contact.row.last_number() + 1 - first;
  }
  for (const auto& value : state_.rows.all(RowKind::link)) {
    const auto row = parse_row<proto::pb::LinkRow>(value);
    if (row.expires_ms() <= step.now_ms() || row.write_secret().empty()) continue;
    auto& link = attempt_->links.emplace_back();
    link.set_token(row.token());
    link.set_expires_ms(row.expires_ms());
    link.set_write_secret(row.write_secret());
  }
  const auto header = attempt_->writer.header();
  crypto::Bytes bytes{header.begin(), header.end()};
  crypto::SecretBuffer part;
  write_account(part, *state_.identity);
  const auto sealed = attempt_->writer.seal(part);
  bytes.insert(bytes.end(), sealed.begin(), sealed.end());
  answer_part(step, command, bytes);
}

void BackupWriting::next(Step& step, CommandId command, std::uint64_t backup) {
  if (!attempt_ || attempt_->number != backup) return step.fail(command, backup_interrupted());
  crypto::SecretBuffer part;
  if (!add_links(part) || !add_contacts(part) || !add_messages(part)) {
    return answer_part(step, command, attempt_->writer.seal(part));
  }
  if (part.size() > 0) return answer_part(step, command, attempt_->writer.seal(part));
  write_record(part, attempt_->counts);
  proto::pb::ApiReply reply;
  auto& made = *reply.mutable_backup_made();
  made.set_bytes(to_string(std::move(attempt_->writer).finish(part)));
  made.set_words(std::string{attempt_->code.words().text()});
  made.set_contacts(attempt_->counts.contacts);
  made.set_messages(attempt_->counts.messages);
  attempt_.reset();
  step.finish(command, std::move(reply));
}

void BackupWriting::answer_part(Step& step, CommandId command, crypto::ByteView bytes) const {
  proto::pb::ApiReply reply;
  auto& part = *reply.mutable_backup_part();
  part.set_backup(attempt_->number);
  part.set_bytes(to_string(bytes));
  part.set_done(attempt_->counts.messages);
  part.set_of(attempt_->of);
  step.finish(command, std::move(reply));
}

// False: the part is full.
bool BackupWriting::add_links(crypto::SecretBuffer& part) {
  for (auto& links = attempt_->links; !links.empty(); links.pop_back()) {
    if (!add_record(part, links.back())) return false;
  }
  return true;
}

// All of them before any message. False: the part is full.
bool BackupWriting::add_contacts(crypto::SecretBuffer& part) {
  auto& written = attempt_->contacts_written;
  for (; written < attempt_->chats.size(); ++written) {
    const auto found = state_.contacts.all().find(attempt_->chats[written].account);
    if (!add_record(part, to_backup(found->second))) return false;
    ++attempt_->counts.contacts;
  }
  return true;
}

bool BackupWriting::add_messages(crypto::SecretBuffer& part) {
  auto& written = attempt_->chats_written;
  for (; written < attempt_->chats.size(); ++written) {
    if (!add_chat(part, attempt_->chats[written])) return false;
  }
  return true;
}

bool BackupWriting::add_chat(crypto::SecretBuffer& part, Chat& chat) {
  bool fits = true;
  if (chat.next > chat.last) return fits;
  each_row(state_.rows, RowKind::message, chat.account.bytes, chat.next,
           [&](const StoredRow& stored) {
             if (stored.order > chat.last) return false;
             const auto row = parse_row<proto::pb::MessageRow>(stored.value);
             fits = add_record(part, to_backup(row));
             if (!fits) return false;
             chat.next = stored.order + 1;
             ++attempt_->counts.messages;
             return true;
           });
  return fits;
}

}  // namespace bisik::client
