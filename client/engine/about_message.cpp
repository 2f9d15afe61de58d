#include "client/engine/about_message.hpp"

#include <algorithm>

#include "client/engine/amendments.hpp"
#include "client/engine/seen.hpp"
#include "client/engine/sentences.hpp"
#include "proto/limits.hpp"

namespace bisik::client {
namespace {

using proto::pb::AboutMessage;
using proto::pb::MessageRow;
using proto::pb::Reference;

// Whole characters of it.
std::string beginning_of(const std::string& text) {
  auto end = std::min(text.size(), proto::kMaxQuoteBytes);
  const auto is_inside = [&](std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U;
  };
  while (end > 0 && is_inside(end)) --end;
  return text.substr(0, end);
}

std::optional<MessageRow> find(State& state, const Contact& contact, const AboutMessage& wanted) {
  auto row = wanted.id().empty()
                 ? find_by_timestamp(state, contact.id, wanted.ours(), wanted.timestamp_ms())
                 : find_message(state, wanted.id());
  if (row && row->account() != crypto::as_text(contact.id.bytes)) row.reset();
  if (row && row->deleted_here()) row.reset();
  return row;
}

std::string name_of(const Contact& contact, const AboutMessage& wanted) {
  if (!wanted.id().empty()) return "message " + wanted.id();
  return "message with the timestamp " + std::to_string(wanted.timestamp_ms()) +
         " between you and " + contact.row.name();
}

std::optional<proto::pb::Failure> hindrance(const MessageRow& row, const std::string& name,
                                            Reference::Kind kind) {
  if (!is_of_its_own(row)) {
    return failure(Exit::user, "The " + name + " is only something said about another one.");
  }
  if (row.deleted() && kind != Reference::KIND_DELETION) {
    return failure(Exit::user, "The " + name + " was deleted.");
  }
  const bool changes = kind == Reference::KIND_EDIT || kind == Reference::KIND_DELETION;
  if (changes && !row.ours()) {
    return failure(Exit::user,
                   "Only who wrote a message can change it: the " + name + " is not yours.");
  }
  return std::nullopt;
}

std::uint64_t said_before(const MessageRow& row) {
  for (const auto& each : row.amendments()) {
    if (each.ours()) return std::max(each.reaction_ms(), each.edit_ms());
  }
  return 0;
}

// Placed here, or on another device of the account that has told of it.
std::optional<proto::pb::Failure> nothing_to_withdraw(const MessageRow& row,
                                                      const std::string& name,
                                                      const AboutMessage& wanted) {
  if (!wanted.withdrawn()) return std::nullopt;
  for (const auto& each : row.amendments()) {
    if (!each.ours() || each.emoji().empty()) continue;
    if (each.emoji() == wanted.emoji()) return std::nullopt;
    return failure(Exit::user, "Your reaction to the " + name + " is " + each.emoji() + ", not " +
                                   wanted.emoji() + ": nothing was taken back.");
  }
  return failure(Exit::user, "You have put no reaction to the " + name + ".");
}

}  // namespace

std::variant<AboutFound, proto::pb::Failure> find_about(State& state, const Contact& contact,
                                                        const AboutMessage& wanted) {
  if (wanted.kind() == Reference::KIND_NONE) return AboutFound{};
  auto row = find(state, contact, wanted);
  const auto name = name_of(contact, wanted);
  const bool is_reply = wanted.kind() == Reference::KIND_REPLY;
  if (!row && is_reply && wanted.id().empty()) return AboutFound{};
  // Of an edit the message is meant that it has changed.
  if (row && row->about().kind() == Reference::KIND_EDIT) {
    if (const auto number = number_seen(state, contact.id, row->about().id()); number != 0) {
      row = state.message(contact.id, number);
    }
  }
  if (!row) return failure(Exit::user, "There is no " + name + ".");
  if (auto why = hindrance(*row, name, wanted.kind())) return std::move(*why);
  AboutFound found{.reference = {}, .number = row->number(), .later_than_ms = said_before(*row)};
  found.reference.set_kind(wanted.kind());
  found.reference.set_id(row->content_id());
  found.reference.set_timestamp_ms(row->timestamp_ms());
  found.reference.set_of_other(!row->ours());
  if (is_reply) found.reference.set_text(beginning_of(row->text()));
  if (wanted.kind() == Reference::KIND_REACTION) {
    found.reference.set_text(wanted.emoji());
    found.reference.set_withdrawn(wanted.withdrawn());
    found.nothing_to_withdraw = nothing_to_withdraw(*row, name, wanted);
  }
  return found;
}

}  // namespace bisik::client
