// When devices of one account have lost the sessions between them: what they say about it, and what
// is told again (docs/protocol.md 9.2). The other half is repairs.hpp.
#include "client/engine/copies.hpp"

namespace bisik::client {

void Copies::say(Step& step, crypto::DeviceNumber device, const proto::pb::Repair& repair) {
  if (!anybody()) return;
  wants_line_from_ = {};
  proto::pb::CopyRow row;
  row.set_device(device);
  *row.mutable_repair() = repair;
  if (repair.has_sessions_lost()) present(step, row);
  add(step, std::move(row), milliseconds{0});
}

void Copies::introduce_again(Step& step, crypto::DeviceNumber device) {
  proto::pb::CopyRow row;
  row.set_device(device);
  present(step, row);
  if (row.new_device()) add(step, std::move(row), milliseconds{0});
}

// What is asked for within a day is asked for as a whole.
void Copies::note_asked(Step& step, const proto::pb::CopyRow& row, crypto::DeviceNumber device,
                        const std::string& session) {
  auto& own = state_.contacts.all().at(state_.identity->id());
  auto& asked = own.own_device(device);
  const auto since = row.repair().sessions_lost().since_ms();
  const bool is_open = !step.has_passed(asked.asked_ms(), kSentLifetime);
  asked.set_asked_since_ms(is_open ? std::min(asked.asked_since_ms(), since) : since);
  asked.set_asked_ms(step.now_ms());
  asked.set_asked_in(session);
  own.save(step);
}

void Copies::ask_again(Step& step, crypto::DeviceNumber device, const crypto::Transcript& session) {
  auto& own = state_.contacts.all().at(state_.identity->id());
  auto& asked = own.own_device(device);
  if (asked.asked_in().empty() || transcript_in(asked.asked_in()) == session) return;
  if (step.has_passed(asked.asked_ms(), kSentLifetime)) return;
  asked.set_asked_in(to_string(session));  // once
  own.save(step);
  proto::pb::Repair repair;
  repair.mutable_sessions_lost()->set_since_ms(asked.asked_since_ms());
  say(step, device, repair);
}

// What a new device said of itself may be lost, and so may what it was told then, which is older
// than all that is told again otherwise.
void Copies::present(const Step& step, proto::pb::CopyRow& row) const {
  const auto& identity = *state_.identity;
  const auto* own = state_.contacts.find(identity.id());
  if (identity.primary || own == nullptr) return;
  if (step.now_seconds() - identity.device.record.created() >= kToldAgain) return;
  row.set_new_device(true);
  row.set_history(own->row.wants_history());
}

// What is sealed already it may not be able to open, whatever that says.
void Copies::again(Step& step, crypto::DeviceNumber device, std::uint64_t since_ms) {
  wants_line_from_ = {};
  forget_sealed(step, device);
  for (const auto& [account, contact] : state_.contacts.all()) {
    if (!contact.is_request()) tell(step, contact, device, since_ms);
  }
}

void Copies::forget_sealed(Step& step, crypto::DeviceNumber device) {
  std::erase_if(copies_, [&](const Copy& copy) {
    const bool lost = copy.row.device() == device && !copy.row.cell().empty() && !copy.on_the_way;
    if (lost) step.erase(RowKind::copy, {{}, copy.row.order()});
    return lost;
  });
}

// The messages are in the order in which they came here, which is not always that of their times.
void Copies::tell(Step& step, const Contact& contact, crypto::DeviceNumber device,
                  std::uint64_t since_ms) {
  proto::pb::CopyRow row;
  row.set_about(to_string(contact.id.bytes));
  row.set_device(device);
  if (!contact.is_own()) add(step, row, milliseconds{0});
  std::uint64_t first = 0;
  each_row(state_.rows, RowKind::message, contact.id.bytes, contact.row.removed_number() + 1,
           [&](const StoredRow& stored) {
             const auto message = parse_row<proto::pb::MessageRow>(stored.value);
             if (message.received_ms() >= since_ms) first = stored.order;
             return first == 0;
           });
  if (first == 0) return;
  row.set_number(first);
  row.set_last(contact.row.last_number());
  row.set_since_ms(since_ms);
  add(step, std::move(row), milliseconds{0});
}

}  // namespace bisik::client
