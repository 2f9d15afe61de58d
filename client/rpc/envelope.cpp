#include "client/rpc/envelope.hpp"

namespace bisik::client::rpc {
namespace {

using proto::pb::Reference;

Json envelope_from(const Json& uuid, const std::string& name, std::uint64_t timestamp_ms,
                   std::uint64_t received_ms) {
  return {{"source", uuid},
          {"sourceNumber", nullptr},
          {"sourceUuid", uuid},
          {"sourceName", name},
          {"sourceDevice", nullptr},
          {"timestamp", timestamp_ms},
          {"serverReceivedTimestamp", nullptr},  // no relay tells when
          {"serverDeliveredTimestamp", received_ms}};
}

// What it says of an earlier message, of which `author` is who wrote that.
void add_about(Json& data, const Reference& about, const Json& author) {
  switch (about.kind()) {
    case Reference::KIND_REPLY:
      data["quote"] = {{"id", about.timestamp_ms()}, {"author", author},
                       {"authorNumber", nullptr},    {"authorUuid", author},
                       {"text", about.text()},       {"attachments", Json::array()}};
      return;
    case Reference::KIND_REACTION:
      data["reaction"] = {{"emoji", about.text()},
                          {"targetAuthor", author},
                          {"targetAuthorNumber", nullptr},
                          {"targetAuthorUuid", author},
                          {"targetSentTimestamp", about.timestamp_ms()},
                          {"isRemove", about.withdrawn()}};
      return;
    case Reference::KIND_DELETION:
      data["remoteDelete"] = {{"timestamp", about.timestamp_ms()}};
      return;
    default:
      return;
  }
}

// What it says, by its kind: `dataMessage` or `editMessage`. `author` is who wrote it, `other` the
// other side of the chat.
Json body_of(const proto::pb::Message& message, const Json& author, const Json& other) {
  Json data{{"timestamp", message.timestamp_ms()},
            {"message", message.text().empty() ? Json(nullptr) : Json(message.text())},
            {"expiresInSeconds", 0},
            {"viewOnce", false}};
  const auto& about = message.about();
  add_about(data, about, about.of_other() ? other : author);
  if (about.kind() != Reference::KIND_EDIT) return {{"dataMessage", data}};
  const Json edit{{"targetSentTimestamp", about.timestamp_ms()}, {"dataMessage", data}};
  return {{"editMessage", edit}};
}

Json envelope_of(const proto::pb::Message& message) {
  return envelope_from(uuid_json(message.from_account()), message.from(), message.timestamp_ms(),
                       message.received_timestamp_ms());
}

Json envelope_of_nobody() {
  return {{"source", nullptr},
          {"sourceNumber", nullptr},
          {"sourceUuid", nullptr},
          {"sourceName", nullptr},
          {"sourceDevice", nullptr},
          {"timestamp", 0},
          {"serverReceivedTimestamp", nullptr},
          {"serverDeliveredTimestamp", nullptr}};
}

Json account_json(const Account& account) {
  return account.joined ? Json(account.uuid) : Json(nullptr);
}

}  // namespace

Json to_received(const proto::pb::Message& message, const Account& account) {
  auto envelope = envelope_of(message);
  envelope.update(body_of(message, uuid_json(message.from_account()), account.uuid));
  return {{"account", account_json(account)},
          {"envelope", envelope},
          {"id", message.id()},
          {"cursor", message.cursor()}};
}

Json to_synced(const proto::pb::Message& message, const Account& account) {
  const auto to = uuid_json(message.chat_account());
  Json sent{{"destination", to}, {"destinationNumber", nullptr}, {"destinationUuid", to}};
  auto body = body_of(message, account.uuid, to);
  // What an edit carries stands below it; all else of a message stands beside where it went.
  sent.update(body.contains("dataMessage") ? body["dataMessage"] : body);
  auto envelope = envelope_of(message);
  envelope["syncMessage"] = {{"sentMessage", sent}};
  return {{"account", account_json(account)}, {"envelope", envelope}, {"id", message.id()}};
}

Json to_synced(const proto::pb::MessageStateChanged& read, const Account& account) {
  const auto sender = uuid_json(read.account());
  const Json message{{"sender", sender},
                     {"senderNumber", nullptr},
                     {"senderUuid", sender},
                     {"timestamp", read.timestamp_ms()}};
  auto envelope = envelope_from(account.uuid, account.name, read.at_ms(), read.at_ms());
  envelope["syncMessage"] = {{"readMessages", Json::array({message})}};
  return {{"account", account_json(account)}, {"envelope", envelope}};
}

Json to_received(const proto::pb::MessageStateChanged& changed, const Account& account) {
  const bool read = changed.state() == proto::pb::MESSAGE_STATE_READ;
  auto envelope =
      envelope_from(uuid_json(changed.account()), changed.chat(), changed.at_ms(), changed.at_ms());
  envelope["receiptMessage"] = {{"when", changed.at_ms()},
                                {"isDelivery", !read},
                                {"isRead", read},
                                {"isViewed", false},
                                {"timestamps", Json::array({changed.timestamp_ms()})}};
  return {{"account", account_json(account)}, {"envelope", envelope}};
}

Json to_received(const proto::pb::TypingNotice& typing, const Account& account) {
  auto envelope = envelope_from(uuid_json(typing.account()), typing.chat(), typing.timestamp_ms(),
                                typing.timestamp_ms());
  envelope["typingMessage"] = {{"action", typing.stopped() ? "STOPPED" : "STARTED"},
                               {"timestamp", typing.timestamp_ms()}};
  return {{"account", account_json(account)}, {"envelope", envelope}};
}

Json to_received(const Error& error, const Account& account) {
  const Json exception{{"message", error.message}, {"type", "ReceiveFailed"}};
  return {{"account", account_json(account)},
          {"envelope", envelope_of_nobody()},
          {"exception", exception}};
}

}  // namespace bisik::client::rpc
