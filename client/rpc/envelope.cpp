#include "client/rpc/envelope.hpp"

namespace bisik::client::rpc {
namespace {

Json envelope_of(const proto::pb::Message& message) {
  const auto uuid = uuid_json(message.from_account());
  const Json data{{"timestamp", message.timestamp_ms()},
                  {"message", message.text()},
                  {"expiresInSeconds", 0},
                  {"viewOnce", false}};
  return {{"source", uuid},
          {"sourceNumber", nullptr},
          {"sourceUuid", uuid},
          {"sourceName", message.from()},
          {"sourceDevice", nullptr},
          {"timestamp", message.timestamp_ms()},
          {"serverReceivedTimestamp", nullptr},  // no relay tells when
          {"serverDeliveredTimestamp", message.received_timestamp_ms()},
          {"dataMessage", data}};
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
  return {{"account", account_json(account)},
          {"envelope", envelope_of(message)},
          {"id", message.id()},
          {"cursor", message.cursor()}};
}

Json to_received(const Error& error, const Account& account) {
  const Json exception{{"message", error.message}, {"type", "ReceiveFailed"}};
  return {{"account", account_json(account)},
          {"envelope", envelope_of_nobody()},
          {"exception", exception}};
}

}  // namespace bisik::client::rpc
