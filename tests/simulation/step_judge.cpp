#include "tests/simulation/step_judge.hpp"

#include <algorithm>

#include "client/engine/identity.hpp"
#include "client/engine/session_book.hpp"
#include "crypto/session.hpp"
#include "proto/frame.hpp"
#include "proto/rows.pb.h"

namespace bisik::simulation {
namespace {

using client::RowKind;
using client::RowWrite;
using proto::pb::ContactRow;
using proto::pb::TRUST_CHANGED;

constexpr auto kFirstKind = static_cast<std::uint8_t>(RowKind::profile);
constexpr auto kLastKind = static_cast<std::uint8_t>(RowKind::state_epoch);
// Of the refusals: the whole profile is read each time, and then loaded again.
constexpr double kCompared = 0.1;

// What an answer that is not believed may still change. Nothing of it comes from the relay: a text
// that waited for these keys is told to have failed, with what belongs to it.
constexpr std::array kOfFailedTexts{RowKind::message, RowKind::outbox, RowKind::uncertain,
                                    RowKind::idempotency};

// What a cell that is not opened may still change (docs/protocol.md, 7.3 and 7.4): its place in the
// queue, the cell itself where it is set aside, and what asks for it again, a contact or the own
// devices, which are told again too. That archives sessions, begins new ones, and after a gap in
// the sequences replaces our own keys.
constexpr std::array kOfRepairs{RowKind::state_epoch,  RowKind::set_aside, RowKind::contact,
                                RowKind::session,      RowKind::outbox,    RowKind::counters,
                                RowKind::one_time_key, RowKind::key_ring,  RowKind::copy};

// A cell's place and the cell set aside: with every cell that is not opened.
bool is_bookkeeping(RowKind kind) {
  return kind == RowKind::state_epoch || kind == RowKind::set_aside;
}

bool is_of_repairs(const RowWrite& row) {
  return std::ranges::find(kOfRepairs, row.kind) != kOfRepairs.end();
}

// Whoever finds out that he is a copy draws another write secret (docs/protocol.md, 9.5), and
// changes nothing else of his profile.
bool draws_write_secret(const ClientParty& client, const RowWrite& row) {
  const auto known = client.rows().get(RowKind::profile, row.id);
  if (row.kind != RowKind::profile || !row.value || !known) return false;
  auto expected = client::Identity::read(*known);
  const auto after = client::Identity::read(*row.value);
  if (!after.next_write_secret || !after.next_secret_from_clock) return false;
  if (!expected.next_write_secret) expected.next_write_secret = after.next_write_secret;
  expected.next_secret_from_clock = true;
  // Of a list that was learned before and changed nothing else, so that it is on no disk yet; an
  // older one, from a relay that shows such.
  const auto highest = expected.list().records().back().number();
  const bool is_learned = after.last_number <= highest;
  if (is_learned) expected.last_number = std::max(expected.last_number, after.last_number);
  client::Step step{{{}, {}}};
  expected.save(step);
  const auto rows = std::move(step).take().rows;
  const auto bytes = [](const crypto::SecretBuffer& value) {
    return crypto::SecretReader{value}.take(value.size());
  };
  return std::ranges::equal(bytes(*rows.front().value), bytes(*row.value));
}

bool has_opened(const std::vector<RowWrite>& rows) {
  return std::ranges::any_of(
      rows, [](const RowWrite& row) { return row.kind == RowKind::opened && row.value; });
}

// But for the numbers that the person's own texts have taken and that are not on disk yet: whatever
// writes the row next says so.
bool is_same(const ClientParty& client, ContactRow before, const ContactRow& after) {
  const auto number = after.last_number();
  const auto known = before.last_number();
  if (number < known || number - known > client.texts_given()) return false;
  before.set_last_number(number);
  return before.SerializeAsString() == after.SerializeAsString();
}

// Of a contact, what we have to ask for and to send again is all that a cell which is not opened
// changes; a copy that is found out by it has not been asked for anything yet, and knocks anew.
bool differs_by_more_than_repairs(const ClientParty& client, bool found_out, ContactRow before,
                                  ContactRow after) {
  if (found_out && after.repairs() == 0) before.clear_repairs();
  if (found_out && after.knocked_ms() == 0) before.clear_knocked_ms();
  for (auto* row : {&before, &after}) {
    row->clear_repair();
    row->clear_retry_asked_ms();
    row->clear_anew_asked_ms();
    row->clear_own_devices();
    row->clear_owes_again();
  }
  return !is_same(client, std::move(before), after);
}

std::string kind_name(RowKind kind) {
  return "a row of kind " + std::to_string(static_cast<int>(kind));
}

// As it is committed; nothing before the first.
std::optional<ContactRow> contact_row(const ClientParty& client, const client::RowId& id) {
  const auto row = client.rows().get(RowKind::contact, id);
  return row ? std::optional{client::parse_row<ContactRow>(*row)} : std::nullopt;
}

std::string account_in(const ContactRow& row) {
  crypto::VerifyKey key{};
  std::ranges::copy(crypto::as_bytes(row.account_key()), key.bytes.begin());
  return client::to_string(crypto::AccountId::of(key).bytes);
}

// Whether this session is one with the device whose keys were forged.
bool leads_to(const RowWrite& row, const Forgery& forgery) {
  crypto::SecretReader in{*row.value};
  static_cast<void>(in.take(client::SessionBook::kBytesBeforeSession));
  const auto peer = crypto::Session::read(in).value().theirs();
  return client::to_string(peer.account.bytes) == forgery.account && peer.device == forgery.device;
}

bool takes_back_a_bundle(const ContactRow& before, const ContactRow& after) {
  return std::ranges::any_of(after.devices(), [&](const ContactRow::Device& device) {
    return std::ranges::any_of(before.devices(), [&](const ContactRow::Device& known) {
      return known.number() == device.number() &&
             known.bundle_sequence() > device.bundle_sequence();
    });
  });
}

}  // namespace

bool is_new_session(const ClientParty& client, const RowWrite& row) {
  return row.kind == RowKind::session && row.value &&
         !client.rows().get(RowKind::session, row.id).has_value();
}

void StepJudge::report(const ClientParty& client, const std::string& what) {
  violations_.push_back("P" + std::to_string(client.number()) + ": " + what);
}

void StepJudge::took(const ClientParty& client, client::LineId line, crypto::ByteView frame,
                     const Rows& rows) {
  before_.reset();
  static_cast<void>(account_of(client));
  if (!judges_) return;
  const auto message = proto::decode_from_relay(frame);
  const auto* forgery = relay_.forgery({&client, line}, frame);
  if (forgery != nullptr) judge_forgery(client, *forgery, rows);
  if (message && message->has_push()) judge_push(client, message->push(), rows);
  if (!message && !rows.empty()) report(client, "keeps something of what is no frame");
}

void StepJudge::judge_push(const ClientParty& client, const proto::pb::Cell& cell,
                           const Rows& rows) {
  if (has_opened(rows)) {
    if (!is_written_for(client, cell.cell())) report(client, "opened a cell that is not for it");
    if (!opened_.emplace(&client, cell.cell()).second) report(client, "opened a cell twice");
    return expect_alarm(client, cell.cell(), rows);
  }
  ++refused_;
  const bool found_out = std::ranges::any_of(
      rows, [&](const RowWrite& row) { return draws_write_secret(client, row); });
  for (const auto& row : rows) {
    if (!is_of_repairs(row) && !draws_write_secret(client, row)) {
      report(client, "refused a cell and kept " + kind_name(row.kind));
    }
    if (row.kind != RowKind::contact) continue;
    const auto before = contact_row(client, row.id);
    const auto after = row.value ? client::parse_row<ContactRow>(*row.value) : ContactRow{};
    if (!before || differs_by_more_than_repairs(client, found_out, *before, after)) {
      report(client, "refused a cell and changed a contact");
    }
  }
  const bool repairs = found_out || std::ranges::any_of(rows, [](const RowWrite& row) {
                         return is_of_repairs(row) && !is_bookkeeping(row.kind);
                       });
  if (!repairs && world_.chance(kCompared)) before_ = dump(client);
}

bool StepJudge::is_written_for(const ClientParty& client, const std::string& cell) const {
  const auto& loot = relay_.loot();
  return std::ranges::any_of(loot.readers, [&](const auto& entry) {
    const auto& [queue, reader] = entry;
    return reader == &client && loot.genuine.contains({queue, cell});
  });
}

void StepJudge::judge_forgery(const ClientParty& client, const Forgery& forgery, const Rows& rows) {
  if (!forgery.list_hash.empty()) {
    forged_lists_.insert(forgery.list_hash);
    shown_.insert({&client, forgery.account});
  }
  if (forgery.wrong == Forgery::Wrong::nothing) return;
  // Who asks for the own account wants its lists, and passes over what is said to be its own keys.
  const auto own = accounts_.find(&client);
  const bool of_its_own = own != accounts_.end() && own->second == forgery.account;
  if (of_its_own && forgery.wrong != Forgery::Wrong::all) return;
  ++refused_;
  for (const auto& row : rows) {
    const bool only_one_key = forgery.wrong == Forgery::Wrong::one_time_key;
    if (is_new_session(client, row) && (!only_one_key || leads_to(row, forgery))) {
      report(client, "started a session with forged keys");
    }
    if (only_one_key) continue;
    if (std::ranges::find(kOfFailedTexts, row.kind) != kOfFailedTexts.end()) continue;
    const bool lists_are_genuine = forgery.wrong == Forgery::Wrong::keys;
    if (lists_are_genuine && wakes_believer(client, forgery.account, row)) continue;
    if (of_its_own && ends_doubt_in_alarm(client, row)) continue;
    report(client, "refused an answer and kept " + kind_name(row.kind));
  }
  if (rows.empty() && world_.chance(kCompared)) before_ = dump(client);
}

// Genuine lists contradict a forged one that was believed before, and that is an alarm, whatever
// the keys beside them are.
bool StepJudge::wakes_believer(const ClientParty& client, const Account& account,
                               const RowWrite& row) const {
  if (row.kind != RowKind::contact || !row.value) return false;
  if (!believers_.contains({&client, account})) return false;
  auto before = contact_row(client, row.id);
  const auto after = client::parse_row<ContactRow>(*row.value);
  if (!before || account_in(after) != account || after.trust() != TRUST_CHANGED) return false;
  before->set_trust(TRUST_CHANGED);
  return is_same(client, std::move(*before), after);
}

// A contact has named a list of ours that we have not made. A relay that answers, and not with it,
// is asked a few times; then it is an alarm, and the contact stays "changed".
bool StepJudge::ends_doubt_in_alarm(const ClientParty& client, const RowWrite& row) {
  if (row.kind != RowKind::contact || !row.value) return false;
  auto before = contact_row(client, row.id);
  const auto after = client::parse_row<ContactRow>(*row.value);
  if (!before || !before->has_suspected() || after.has_suspected()) return false;
  before->clear_suspected();
  return after.trust() == TRUST_CHANGED && is_same(client, std::move(*before), after);
}

void StepJudge::wrote(const ClientParty& client, const Rows& rows) {
  for (const auto& row : rows) {
    if (row.kind == RowKind::contact && row.value) judge_contact(client, row);
  }
  for (const auto& row : rows) {
    if (row.kind != RowKind::outbox || !row.value) continue;
    const auto sent = client::parse_row<proto::pb::OutboxRow>(*row.value);
    const auto believes = believers_.find({&client, sent.account()});
    if (sent.cell().empty() || believes == believers_.end()) continue;
    tainted_[sent.cell()] = {account_of(client), believes->second};
  }
}

void StepJudge::judge_contact(const ClientParty& client, const RowWrite& row) {
  const auto after = client::parse_row<ContactRow>(*row.value);
  const auto account = account_in(after);
  if (forged_lists_.contains(after.list_hash())) {
    believers_[{&client, account}] = {after.list_sequence(), after.list_hash()};
  } else {
    believers_.erase({&client, account});
  }
  const auto before = contact_row(client, row.id);
  if (after.trust() == TRUST_CHANGED && (!before || before->trust() != TRUST_CHANGED)) {
    ++alarms_;
    if (!may_be_alarmed(client, account)) report(client, "raised an alarm without a reason");
  }
  if (!before) return;
  const bool forgotten = after.list_sequence() == 0;  // by the person, who trusts anew
  if (!forgotten && after.list_sequence() < before->list_sequence()) {
    report(client, "took an older list");
  }
  if (takes_back_a_bundle(*before, after)) report(client, "took an older bundle");
  if (before->refresh_sequence() > after.list_sequence() &&
      after.refresh_sequence() < before->refresh_sequence() && !forgotten) {
    report(client, "was content with an older list than it was told of");
  }
}

bool StepJudge::may_be_alarmed(const ClientParty& client, const Account& about) const {
  if (shown_.contains({&client, about})) return true;
  const auto own = accounts_.find(&client);
  return std::ranges::any_of(shown_, [&](const Believer& believer) {
    const auto writer = accounts_.find(believer.who);
    return writer != accounts_.end() && writer->second == about && own != accounts_.end() &&
           believer.about == own->second;
  });
}

// A list older than its reader's newest is a message from before, as far as anybody can tell; and
// one that is newer the primary alone knows not to be there. What a device has written that its
// reader knows in no list says nothing yet: it waits for a list that has it.
void StepJudge::expect_alarm(const ClientParty& client, const std::string& cell, const Rows& rows) {
  const auto tainted = tainted_.find(cell);
  if (tainted == tainted_.end()) return;
  const auto waits = [](const RowWrite& row) { return row.kind == RowKind::unlisted && row.value; };
  if (std::ranges::any_of(rows, waits)) return;
  const auto identity = client::Identity::read(*client.rows().get(RowKind::profile, {}));
  const auto& named = tainted->second.list;
  if (named.sequence < identity.list_sequence) return;
  if (named.sequence > identity.list_sequence && !identity.primary) return;
  std::optional<ContactRow> contact;
  for (const auto& value : client.rows().all(RowKind::contact)) {
    auto row = client::parse_row<ContactRow>(value);
    if (account_in(row) == tainted->second.writer) contact = std::move(row);
  }
  for (const auto& row : rows) {
    if (row.kind != RowKind::contact || !row.value) continue;
    auto after = client::parse_row<ContactRow>(*row.value);
    if (account_in(after) == tainted->second.writer) contact = std::move(after);
  }
  if (!contact || contact->trust() != TRUST_CHANGED)
    report(client, "saw two lists and said nothing");
}

const StepJudge::Account& StepJudge::account_of(const ClientParty& client) {
  static const Account none;
  const auto known = accounts_.find(&client);
  if (known != accounts_.end()) return known->second;
  const auto profile = client.rows().get(RowKind::profile, {});
  if (!profile) return none;
  const auto account = client::to_string(client::Identity::read(*profile).id().bytes);
  return accounts_.emplace(&client, account).first->second;
}

StepJudge::Dump StepJudge::dump(const ClientParty& client) {
  Dump all;
  for (auto kind = kFirstKind; kind <= kLastKind; ++kind) {
    if (is_bookkeeping(RowKind{kind})) continue;
    for (const auto& value : client.rows().all(RowKind{kind})) {
      const auto bytes = crypto::SecretReader{value}.take(value.size());
      all.emplace_back(RowKind{kind}, crypto::Bytes{bytes.begin(), bytes.end()});
    }
  }
  std::ranges::sort(all);
  return all;
}

// What is in memory is seen by what the client does after it has loaded its rows again: it differs
// from what it would have done only if memory and rows did.
void StepJudge::committed(ClientParty& client) {
  if (!before_) return;
  if (dump(client) != *before_) report(client, "changed its rows with what it refused");
  before_.reset();
  world_.after(Duration{1}, [&client] {
    if (client.is_running()) client.die(false);
  });
}

}  // namespace bisik::simulation
