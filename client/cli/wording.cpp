#include "client/cli/wording.hpp"

#include <array>
#include <ctime>
#include <nlohmann/json.hpp>

#include "crypto/hex.hpp"

namespace bisik::client {
namespace {

using proto::pb::MessageState;
using proto::pb::Reference;
using proto::pb::Trust;

std::string hex(const std::string& bytes) { return crypto::to_hex(crypto::as_bytes(bytes)); }

std::string text_of(Literal literal) { return std::string{literal.text()}; }

std::tm local(std::time_t time) {
  std::tm parts{};
  localtime_r(&time, &parts);
  return parts;
}

}  // namespace

Literal word(Trust trust) {
  switch (trust) {
    case proto::pb::TRUST_VERIFIED:
      return "verified";
    case proto::pb::TRUST_CHANGED:
      return "changed";
    default:
      return "unverified";
  }
}

Literal word(MessageState state) {
  switch (state) {
    case proto::pb::MESSAGE_STATE_RECEIVED:
      return "received";
    case proto::pb::MESSAGE_STATE_WAITING:
      return "waiting";
    case proto::pb::MESSAGE_STATE_UNCONFIRMED:
      return "unconfirmed";
    case proto::pb::MESSAGE_STATE_RELAY:
      return "relay";
    case proto::pb::MESSAGE_STATE_FAILED:
      return "failed";
    case proto::pb::MESSAGE_STATE_DELIVERED:
      return "delivered";
    case proto::pb::MESSAGE_STATE_READ:
      return "read";
    default:
      return "unknown";
  }
}

Literal word(proto::pb::ContactState state) {
  switch (state) {
    case proto::pb::CONTACT_STATE_INVITED:
      return "invited";
    case proto::pb::CONTACT_STATE_ACCEPTED:
      return "accepted";
    case proto::pb::CONTACT_STATE_REQUEST:
      return "request";
    default:
      return "unknown";
  }
}

Literal state_word(const proto::pb::ContactEntry& contact) {
  if (contact.move() == proto::pb::MOVE_OFFERED) return "moved";
  if (contact.move() == proto::pb::MOVE_FOLLOWED) return "old-key";
  return word(contact.state());
}

namespace {

// What it says of another one, whose author is this side or the other.
Json about_json(const proto::pb::Message& message, const Reference& about) {
  Json json{{"id", message.about_id()},
            {"timestamp", about.timestamp_ms()},
            {"ours", message.ours() != about.of_other()}};
  if (about.kind() == Reference::KIND_REPLY) json["text"] = about.text();
  if (about.kind() == Reference::KIND_REACTION) {
    json["emoji"] = about.text();
    json["removed"] = about.withdrawn();
  }
  return json;
}

const char* name_of(Reference::Kind kind) {
  switch (kind) {
    case Reference::KIND_REPLY:
      return "reply_to";
    case Reference::KIND_REACTION:
      return "reaction";
    case Reference::KIND_EDIT:
      return "edit_of";
    default:
      return "deletion_of";
  }
}

// What it says of another one, and what was said of it.
void add_amendments(Json& json, const proto::pb::Message& message) {
  if (message.has_about()) {
    json[name_of(message.about().kind())] = about_json(message, message.about());
  }
  if (message.edited_timestamp_ms() != 0) json["edited_timestamp"] = message.edited_timestamp_ms();
  if (message.deleted()) json["deleted"] = true;
  for (const auto& each : message.reactions()) {
    json["reactions"].push_back({{"emoji", each.emoji()}, {"ours", each.ours()}});
  }
}

}  // namespace

Json to_json(const proto::pb::Message& message) {
  Json json{{"id", message.id()},
            {"from", message.from()},
            {"chat", message.chat()},
            {"timestamp", message.timestamp_ms()},
            {"text", message.text()},
            {"ours", message.ours()},
            {"state", text_of(word(message.state()))},
            {"trust", text_of(word(message.trust()))},
            {"received_timestamp", message.received_timestamp_ms()},
            {"account", hex(message.from_account())}};
  if (message.move() == proto::pb::MOVE_OFFERED) json["contact"] = "moved";
  if (message.move() == proto::pb::MOVE_FOLLOWED) json["contact"] = "old-key";
  if (message.cursor() != 0) json["cursor"] = message.cursor();
  if (message.at_ms() != 0) json["at"] = message.at_ms();
  if (message.relay_timestamp_ms() != 0) json["relay_timestamp"] = message.relay_timestamp_ms();
  if (message.delivered_timestamp_ms() != 0) {
    json["delivered_timestamp"] = message.delivered_timestamp_ms();
  }
  if (message.read_timestamp_ms() != 0) json["read_timestamp"] = message.read_timestamp_ms();
  add_amendments(json, message);
  return json;
}

Json to_json(const proto::pb::ContactEntry& contact) {
  Json json{{"name", contact.name()},
            {"account", hex(contact.account())},
            {"trust", text_of(word(contact.trust()))},
            {"state", text_of(state_word(contact))},
            {"relay", contact.relay()},
            {"devices", contact.devices()},
            {"unread", contact.unread()},
            {"blocked", contact.blocked()},
            {"delivery_receipts", contact.delivery_receipts()},
            {"read_receipts", contact.read_receipts()},
            {"typing_notices", contact.typing_notices()}};
  if (!contact.profile_name().empty()) json["profile_name"] = contact.profile_name();
  if (!contact.successor().empty()) json["successor"] = hex(contact.successor());
  if (!contact.successor_name().empty()) json["successor_name"] = contact.successor_name();
  if (!contact.predecessor_name().empty()) json["predecessor_name"] = contact.predecessor_name();
  return json;
}

Json to_json(const proto::pb::WhoAmI& who) {
  Json json{{"name", who.name()},
            {"account", hex(who.account())},
            {"relay", who.relay()},
            {"device", who.device()}};
  if (!who.successor().empty()) {
    json["successor"] = {{"name", who.successor_name()},
                         {"account", hex(who.successor())},
                         {"relay", who.successor_relay()}};
  }
  return json;
}

Json to_json(const proto::pb::Failure& failure) {
  Json json{{"code", failure.exit_code()}, {"message", failure.sentence()}};
  if (failure.retry_after_seconds() != 0) json["retry_after"] = failure.retry_after_seconds();
  return json;
}

Json to_json(const proto::pb::Succession& succession) {
  return {{"old_account", hex(succession.old_account())},
          {"new_account", hex(succession.new_account())},
          {"name", succession.name()},
          {"relay", succession.relay()},
          {"digits", succession.digits()},
          {"contacts", succession.contacts()},
          {"moved", succession.done()}};
}

Badge badge(proto::pb::Move move) {
  switch (move) {
    case proto::pb::MOVE_OFFERED:
      return {SafeText{" \u00b7 says to have a new key, not accepted yet"}, Style::warning};
    case proto::pb::MOVE_FOLLOWED:
      return {SafeText{" \u00b7 an old key"}, Style::warning};
    default:
      return {SafeText{}, Style::plain};
  }
}

Badge badge(Trust trust) {
  switch (trust) {
    case proto::pb::TRUST_VERIFIED:
      return {SafeText{"e2e \u2713 verified \u00b7 post-quantum"}, Style::good};
    case proto::pb::TRUST_CHANGED:
      return {SafeText{"key changed \u00b7 post-quantum"}, Style::bad};
    default:
      return {SafeText{"e2e unverified \u00b7 post-quantum"}, Style::warning};
  }
}

SafeText clock_time(std::uint64_t unix_milliseconds) {
  const auto time = local(static_cast<std::time_t>(unix_milliseconds / 1000));
  const auto now = local(std::time(nullptr));
  const bool this_year = time.tm_year == now.tm_year;
  const bool today = this_year && time.tm_yday == now.tm_yday;
  const char* form = today ? "%H:%M" : this_year ? "%d %b %H:%M" : "%d %b %Y %H:%M";
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), form, &time);
  return SafeText::line(text.data());
}

void print_digits(Output& out, const std::string& digits) {
  constexpr std::size_t kLine = 4 * 6;
  for (std::size_t at = 0; at < digits.size(); at += kLine) {
    out << "  " << SafeText::line(digits.substr(at, kLine - 1)) << "\n";
  }
}

namespace {

constexpr std::size_t kQuoteColumns = 40;

// The message that another one is about: by its id, or by how it begins.
SafeText target_of(const proto::pb::Message& message) {
  if (message.about().kind() == Reference::KIND_REPLY) {
    return SafeText{"\u201c"} + SafeText::line(message.about().text()).cut(kQuoteColumns) +
           "\u201d";
  }
  return message.about_id().empty() ? SafeText{"an earlier message"}
                                    : SafeText::line(message.about_id());
}

void print_words(Output& out, const proto::pb::Message& message, std::size_t indent) {
  const auto& about = message.about();
  const auto text = SafeText::text(message.text(), indent);
  switch (about.kind()) {
    case Reference::KIND_REACTION:
      if (about.withdrawn()) out << "takes back ";
      out << SafeText::line(about.text());
      out.styled(Style::dim, SafeText{" to "} + target_of(message));
      return;
    case Reference::KIND_DELETION:
      out.styled(Style::dim, SafeText{"has deleted "} + target_of(message));
      return;
    case Reference::KIND_REPLY:
      out.styled(Style::dim, SafeText{"to "} + target_of(message) + ": ") << text;
      break;
    case Reference::KIND_EDIT:
      if (!text.empty()) out << text << " ";
      out.styled(Style::dim, SafeText{"(instead of "} + target_of(message) + ")");
      if (message.deleted()) out << " ";
      break;
    default:
      out << text;
  }
  if (message.deleted()) out.styled(Style::dim, "(deleted)");
  if (message.edited_timestamp_ms() != 0) out.styled(Style::dim, " (edited)");
  for (const auto& each : message.reactions()) out << " " << SafeText::line(each.emoji());
}

}  // namespace

void print(Output& out, const proto::pb::Message& message) {
  const auto time = clock_time(message.timestamp_ms());
  const auto name = SafeText::line(message.from());
  const auto indent = time.columns() + 2;
  out.hang(indent);
  out.styled(Style::dim, time);
  if (!message.id().empty()) out.styled(Style::dim, SafeText{" "} + SafeText::line(message.id()));
  out << "  ";
  out.styled(Style::bold, name) << ": ";
  print_words(out, message, indent);
  if (message.ours() && message.state() == proto::pb::MESSAGE_STATE_RELAY) {
    out.styled(Style::dim, " \u2713");
  } else if (message.ours() && (message.state() == proto::pb::MESSAGE_STATE_DELIVERED ||
                                message.state() == proto::pb::MESSAGE_STATE_READ)) {
    out.styled(Style::dim, SafeText{" \u2713\u2713 "} + word(message.state()));
  } else if (message.ours()) {
    out.styled(Style::warning, SafeText{" ("} + word(message.state()) + ")");
  }
  out << "\n";
}

}  // namespace bisik::client
