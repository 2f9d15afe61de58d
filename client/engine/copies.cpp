#include "client/engine/copies.hpp"

#include <algorithm>
#include <set>

#include "client/engine/compose.hpp"
#include "client/engine/outbox_row.hpp"
#include "client/engine/shared_contact.hpp"
#include "crypto/random.hpp"
#include "proto/frame.hpp"

namespace bisik::client {
namespace {

constexpr auto kOnTheRelay = proto::pb::MESSAGE_STATE_RELAY;

RowId copy_id(std::uint64_t order) { return {{}, order}; }

// There are keys of it.
bool is_known(const Contact& own, crypto::DeviceNumber number) {
  return std::ranges::any_of(own.row.devices(),
                             [=](const auto& device) { return device.number() == number; });
}

crypto::AccountId contact_in(const proto::pb::CopyRow& row) {
  return crypto::AccountId::parse(crypto::as_bytes(row.about())).value();
}

}  // namespace

milliseconds Copies::some_delay() {
  const auto spread = milliseconds{kMostCopyDelay - kLeastCopyDelay}.count();
  return kLeastCopyDelay + milliseconds{crypto::random_below(static_cast<std::uint32_t>(spread))};
}

void Copies::load(Step& step) {
  wants_line_from_ = step.now() + some_delay();
  std::map<std::uint64_t, proto::pb::CopyRow> rows;
  for (const auto& value : state_.rows.all(RowKind::copy)) {
    auto row = parse_row<proto::pb::CopyRow>(value);
    const auto order = row.order();
    rows.emplace(order, std::move(row));
  }
  for (auto& [order, row] : rows) {
    const milliseconds left{row.due_ms() - std::min(row.due_ms(), step.now_ms())};
    const auto when = step.now() + std::min(left, milliseconds{kMostCopyDelay});
    copies_.push_back({std::move(row), not_before(when)});
  }
}

bool Copies::anybody() const {
  return state_.joined() && (state_.identity->device_count > 1 || state_.identity->list_grows());
}

// No sooner than what was before it: a contact is known before its messages come. What is sealed
// already waits for its own device alone.
Time Copies::not_before(Time wanted) const {
  for (const auto& copy : copies_) {
    if (copy.row.cell().empty() && !copy.waits_for_keys) wanted = std::max(wanted, copy.not_before);
  }
  return wanted;
}

void Copies::add(Step& step, proto::pb::CopyRow row, milliseconds delay) {
  row.set_order(state_.next_outbox(step));
  row.set_due_ms(step.now_ms() + static_cast<std::uint64_t>(delay.count()));
  step.put(RowKind::copy, copy_id(row.order()), row);
  copies_.push_back({std::move(row), not_before(step.now() + delay)});
}

void Copies::message(Step& step, const crypto::AccountId& chat, std::uint64_t number) {
  if (!anybody()) return;
  proto::pb::CopyRow row;
  row.set_about(to_string(chat.bytes));
  row.set_number(number);
  row.set_last(number);
  const auto delay = some_delay();
  const bool many = copies_.size() >= kMaxCopiesApart;
  if (!many || !join_waiting(step, row, step.now() + delay)) add(step, std::move(row), delay);
}

void Copies::contact(Step& step, const crypto::AccountId& contact) {
  auto* known = state_.contacts.find(contact);
  if (!anybody() || known == nullptr || known->is_request()) return;
  known->row.set_changed_ms(step.now_ms());
  known->save(step);
  proto::pb::CopyRow row;
  row.set_about(to_string(contact.bytes));
  const bool waits = std::ranges::any_of(copies_, [&](const Copy& copy) {
    return copy.row.cell().empty() && copy.row.device() == 0 && copy.row.number() == 0 &&
           copy.row.about() == row.about();
  });
  if (!waits) add(step, std::move(row), some_delay());
}

void Copies::follow(Step& step, const crypto::AccountId& from, const crypto::AccountId& to,
                    std::uint64_t shift) {
  std::vector<proto::pb::CopyRow> moved;
  std::erase_if(copies_, [&](const Copy& copy) {
    const auto& row = copy.row;
    const bool sealed = !row.cell().empty();
    if (sealed || row.number() == 0 || row.about() != crypto::as_text(from.bytes)) return false;
    step.erase(RowKind::copy, copy_id(row.order()));
    moved.push_back(row);
    return true;
  });
  for (auto& row : moved) {
    row.set_about(to_string(to.bytes));
    row.set_number(row.number() + shift);
    row.set_last(row.last() + shift);
    add(step, std::move(row), some_delay());
  }
}

void Copies::introduce(Step& step, bool history) {
  if (auto* own = state_.contacts.find(state_.identity->id())) {
    own->row.set_wants_history(history);
    own->save(step);
  }
  proto::pb::CopyRow row;
  row.set_new_device(true);
  row.set_history(history);
  wants_line_from_ = {};
  add(step, std::move(row), milliseconds{0});
}

void Copies::news(Step& step) {
  if (anybody()) add(step, {}, milliseconds{0});
}

void Copies::everything(Step& step, crypto::DeviceNumber device, bool history) {
  wants_line_from_ = {};
  std::erase_if(copies_, [&](const Copy& copy) {  // all this is in what it is told now
    const auto& row = copy.row;
    const bool about_chat = row.device() == device && row.cell().empty() && !row.about().empty();
    const bool covered = about_chat && (history || row.number() == 0);
    if (covered) step.erase(RowKind::copy, copy_id(row.order()));
    return covered;
  });
  if (state_.successor) {
    proto::pb::CopyRow row;
    row.set_device(device);
    add(step, std::move(row), milliseconds{0});
  }
  for (const auto& [account, contact] : state_.contacts.all()) {
    if (contact.is_request()) continue;
    proto::pb::CopyRow row;
    row.set_about(to_string(account.bytes));
    row.set_device(device);
    if (!contact.is_own()) add(step, row, milliseconds{0});
    if (!history || contact.row.last_number() == contact.row.removed_number()) continue;
    row.set_number(contact.row.removed_number() + 1);
    row.set_last(contact.row.last_number());
    add(step, std::move(row), milliseconds{0});
  }
}

void Copies::devices_learned(Step& step) {
  const auto list = state_.identity->list();
  std::erase_if(copies_, [&](Copy& copy) {
    const bool gone = copy.row.device() != 0 && list.find(copy.row.device()) == nullptr;
    if (gone || !anybody()) step.erase(RowKind::copy, copy_id(copy.row.order()));
    const auto* own = state_.contacts.find(state_.identity->id());
    if (copy.waits_for_keys && own != nullptr &&
        (can_seal(*own, copy) || state_.lacks_session(*own))) {
      copy.waits_for_keys = false;
      copy.not_before = step.now();
    }
    return gone || !anybody();
  });
}

bool Copies::is_due(const Copy& copy, Time now) const { return copy.not_before <= now; }

void Copies::pump(Step& step) {
  if (copies_.empty() || !anybody()) return;
  auto* own = state_.contacts.find(state_.identity->id());
  auto& line = state_.lines.at({LinePurpose::own, state_.identity->relay});
  if (own == nullptr || !line.is_up() || own->row.trust() == proto::pb::TRUST_CHANGED) return;
  // A list of ours that the relay has taken may leave fewer devices than there were.
  if (std::exchange(list_sequence_, state_.identity->list_sequence) !=
      state_.identity->list_sequence) {
    devices_learned(step);
  }
  for (const auto& device : own->row.devices()) {
    const crypto::DeviceAddress peer{own->id, device.number()};
    if (state_.sessions.is_overdue(step, peer, kUnansweredLifetime)) {
      state_.sessions.abandon(step, peer);
    }
  }
  unseal_old(step);
  // By index: sealing adds rows behind.
  for (std::size_t i = 0; i < copies_.size() && line.unanswered() < kCellsInFlight; ++i) {
    auto& copy = copies_[i];
    if (copy.on_the_way || !is_due(copy, step.now())) continue;
    if (line.id() == copy.refused_on) return line.hang_up(step);
    if (!copy.row.cell().empty()) {
      transmit(step, copy, line);
    } else if (waits_for_room(copy)) {
      continue;
    } else if (can_seal(*own, copy)) {
      const auto first = copies_.begin() + static_cast<std::ptrdiff_t>(i);
      const auto waiting = std::move(*first);
      copies_.erase(first);
      seal(step, *own, waiting);
      --i;
    } else {
      copy.waits_for_keys = true;
      copy.not_before = step.now() + kAskForOwnKeysAgain;
      // Whose bundle we have not seen has no keys to take; those of all others would be taken.
      fetches_.want(own->id, state_.lacks_session(*own));
    }
  }
}

bool Copies::can_seal(const Contact& own, const Copy& copy) const {
  return state_.is_ready(own) && (copy.row.device() == 0 || is_known(own, copy.row.device()));
}

// What is for all is for a new device too, which was told everything up to here, and whose keys may
// never come.
void Copies::postpone_for_unknown(Step& step, const Contact& own, const proto::pb::CopyRow& told) {
  std::set<crypto::DeviceNumber> unknown;
  for (const auto& copy : copies_) {
    const auto device = copy.row.device();
    if (device != 0 && copy.row.cell().empty() && !is_known(own, device)) unknown.insert(device);
  }
  for (const auto device : unknown) postpone(step, told, device);
}

// What does not fit into one cell goes on in another row of its own.
void Copies::seal(Step& step, const Contact& own, const Copy& copy) {
  auto row = copy.row;
  const auto content = compose(step, own, row);
  auto told = copy.row;
  if (row.number() != 0) told.set_last(row.number() - 1);
  const bool says_something = content.body_case() != proto::pb::Content::BODY_NOT_SET;
  for (const auto& device : own.row.devices()) {
    if (!says_something || (row.device() != 0 && row.device() != device.number())) continue;
    if (is_full(device.number())) {
      postpone(step, told, device.number());
      continue;
    }
    const auto sealed = new_outbox_row(step, state_, own, device.number(), proto::encode(content));
    if (row.repair().has_sessions_lost()) {
      note_asked(step, row, device.number(), sealed.session());
    }
    auto cell = told;
    cell.set_order(sealed.order());
    cell.set_due_ms(step.now_ms());
    cell.set_device(device.number());
    cell.set_queue(device.mailbox());
    cell.set_envelope_id(sealed.envelope_id());
    cell.set_cell(sealed.cell());
    step.put(RowKind::copy, copy_id(cell.order()), cell);
    copies_.push_back({std::move(cell), step.now()});
  }
  if (says_something && row.device() == 0) postpone_for_unknown(step, own, told);
  const bool more = row.number() != 0 && row.number() <= row.last();
  if (!more) return step.erase(RowKind::copy, copy_id(row.order()));
  step.put(RowKind::copy, copy_id(row.order()), row);
  copies_.push_back({std::move(row), step.now()});
}

// Of messages as many as fit; `row` then begins behind them.
proto::pb::Content Copies::compose(Step& step, const Contact& own, proto::pb::CopyRow& row) const {
  auto content = begin_content(step, state_, own);
  if (row.about().empty()) {
    content.mutable_hello()->set_new_device(row.new_device());
    content.mutable_hello()->set_history(row.history());
    if (row.has_repair()) *content.mutable_repair() = row.repair();
    if (state_.successor) *content.mutable_successor() = state_.successor->told;
    return content;
  }
  const auto account = contact_in(row);
  if (row.number() == 0) {
    const auto* contact = state_.contacts.find(account);
    const bool is_known = contact != nullptr && !contact->is_request();
    if (is_known) *content.mutable_contact() = to_shared(*contact);
    return content;
  }
  if (row.reads()) {
    auto reads = what_was_read(row);
    if (!reads.reads().empty()) *content.mutable_reads() = std::move(reads);
    return content;
  }
  std::size_t bytes = proto::kMaxContentFieldsBytes;
  for (; row.number() <= row.last(); row.set_number(row.number() + 1)) {
    const auto message = state_.message(account, row.number());
    // What has not arrived yet is told when it has.
    const bool unsent = message && message->ours() && message->state() != kOnTheRelay;
    const bool gone = !message || message->deleted_here();
    if (gone || unsent || message->received_ms() < row.since_ms()) continue;
    const auto needed =
        message->text().size() + message->about().ByteSizeLong() + proto::kMaxCopyFieldsBytes;
    if (bytes + needed > proto::kMaxContentBytes) break;
    bytes += needed;
    *content.mutable_copies()->add_copies() = to_shared(*message);
  }
  return content;
}

void Copies::transmit(Step& step, Copy& copy, Line& line) {
  const auto queue = crypto::QueueId::parse(crypto::as_bytes(copy.row.queue())).value();
  const auto key = crypto::write_key(state_.identity->write_secret, queue);
  proto::pb::Request request;
  auto& operation = *request.mutable_send_cell();
  operation.set_queue(copy.row.queue());
  operation.set_write_key(to_string(key.bytes()));
  operation.set_envelope_id(copy.row.envelope_id());
  operation.set_cell(copy.row.cell());
  copy.on_the_way = true;
  line.request(step, std::move(request),
               [this, order = copy.row.order()](Step& later, const proto::pb::Response* response) {
                 responded(later, order, response);
               });
}

// A device that refuses has gone, or has not made its mailbox yet: the list says which.
void Copies::responded(Step& step, std::uint64_t order, const proto::pb::Response* response) {
  const auto copy =
      std::ranges::find_if(copies_, [&](const Copy& each) { return each.row.order() == order; });
  if (copy == copies_.end()) return;
  copy->on_the_way = false;
  if (response == nullptr) return;
  if (response->status() == proto::pb::STATUS_OK) {
    step.erase(RowKind::copy, copy_id(order));
    copies_.erase(copy);
    return;
  }
  const seconds wait{response->retry_after_seconds()};
  const auto again = step.now() + (wait.count() != 0 ? wait : seconds{kUpkeepEvery});
  const auto line = state_.lines.at({LinePurpose::own, state_.identity->relay}).id();
  for (auto& each : copies_) {  // of the same mailbox: its order stays
    if (each.row.queue() != copy->row.queue()) continue;
    each.not_before = std::max(each.not_before, again);
    each.refused_on = line;
  }
  if (response->status() == proto::pb::STATUS_REFUSED) {
    fetches_.want(state_.identity->id(), false);
  }
}

bool Copies::wants_line(Time now) const {
  return anybody() && now >= wants_line_from_ &&
         std::ranges::any_of(
             copies_, [&](const Copy& copy) { return is_due(copy, now) && !waits_for_room(copy); });
}

void Copies::add_wanted(Lines::Wanted& wanted, Time now) const {
  if (wants_line(now)) wanted.insert({LinePurpose::own, state_.identity->relay});
}

std::optional<Time> Copies::wake_at(Time now) const {
  std::optional<Time> earliest;
  for (const auto& copy : copies_) {
    if (copy.on_the_way || is_due(copy, now)) continue;  // due: the line wakes us
    if (!earliest || copy.not_before < *earliest) earliest = copy.not_before;
  }
  if (!copies_.empty() && now < wants_line_from_ && (!earliest || wants_line_from_ < *earliest)) {
    earliest = wants_line_from_;
  }
  return earliest;
}

bool Copies::settled(Time now) const {
  if (!anybody()) return true;
  const auto own = state_.identity->id();
  const bool asks = std::ranges::any_of(copies_, &Copy::waits_for_keys);
  if (asks && fetches_.is_under_way(own, now)) return false;
  return !wants_line(now) ||
         state_.lines.at({LinePurpose::own, state_.identity->relay}).backing_off(now);
}

}  // namespace bisik::client
