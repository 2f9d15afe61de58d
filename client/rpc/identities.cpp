#include <algorithm>

#include "client/rpc/handlers.hpp"
#include "crypto/base64url.hpp"
#include "crypto/hex.hpp"

namespace bisik::client::rpc {
namespace {

using proto::pb::ApiRequest;
using proto::pb::SafetyNumber;
using Verify = proto::pb::VerifyCommand;

ApiRequest verify(const std::string& name, Verify::Action action) {
  ApiRequest request;
  request.mutable_verify()->set_name(name);
  request.mutable_verify()->set_action(action);
  return request;
}

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

// As RFC 4648 has it in section 4.
std::string base64(crypto::ByteView bytes) {
  auto text = crypto::to_base64url(bytes);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::string_view trust_level(proto::pb::Trust trust) {
  switch (trust) {
    case proto::pb::TRUST_VERIFIED:
      return "TRUSTED_VERIFIED";
    case proto::pb::TRUST_CHANGED:
      return "UNTRUSTED";
    default:
      return "TRUSTED_UNVERIFIED";
  }
}

Json to_json(const SafetyNumber& number) {
  return {{"number", nullptr},
          {"uuid", uuid_json(number.account())},
          {"fingerprint", crypto::to_hex(crypto::as_bytes(number.account()))},
          {"safetyNumber", without_spaces(number.digits())},
          {"scannableSafetyNumber", base64(crypto::as_bytes(number.scannable()))},
          {"trustLevel", trust_level(number.trust())},
          {"addedTimestamp", 0}};
}

Step show_all(const Replies& replies) {
  Json all = Json::array();
  for (const auto& of_one : replies) {
    // Somebody who was removed meanwhile is none.
    if (of_one.back().has_safety_number()) all.push_back(to_json(of_one.back().safety_number()));
  }
  return Answer{all};
}

Step show_contacts(const Replies& replies) {
  if (const auto* failure = failure_in(replies)) return to_error(*failure);
  std::map<std::string, std::string> names;  // by account: two owners may have answered
  for (const auto& reply : replies.front()) {
    if (reply.has_contact()) names[reply.contact().account()] = reply.contact().name();
  }
  Ask ask{{}, show_all};
  for (const auto& [account, name] : names) {
    ask.requests.push_back(verify(crypto::to_hex(crypto::as_bytes(account)), Verify::ACTION_SHOW));
  }
  return ask;
}

bool is_same(const std::string& given, const SafetyNumber& number) {
  return without_spaces(given) == without_spaces(number.digits()) ||
         given == base64(crypto::as_bytes(number.scannable()));
}

// The number is that of both accounts' keys, which never change, so nothing can come in between.
Step confirm_if_same(const Replies& replies, const std::string& name, const std::string& given) {
  if (const auto* failure = failure_in(replies)) return to_error(*failure);
  if (!is_same(given, replies.front().back().safety_number())) {
    return Error{Code::user, "That is not the safety number of you two: nothing was changed.",
                 nullptr};
  }
  return Ask{{verify(name, Verify::ACTION_CONFIRM)}, all_done};
}

Step trust_if_changed(const Replies& replies, const std::string& name) {
  if (const auto* failure = failure_in(replies)) return to_error(*failure);
  const auto& number = replies.front().back().safety_number();
  if (number.trust() != proto::pb::TRUST_CHANGED) return Answer{};
  return Ask{{verify(name, Verify::ACTION_TRUST)}, all_done};
}

}  // namespace

Step list_identities(const Params& params, const Account&) {
  const auto name = params.text("number");
  if (name.empty()) {
    ApiRequest request;
    request.mutable_contacts();
    return Ask{{request}, show_contacts};
  }
  return Ask{{verify(name, Verify::ACTION_SHOW)}, [](const Replies& replies) -> Step {
               if (const auto* failure = failure_in(replies)) return to_error(*failure);
               return show_all(replies);
             }};
}

Step trust(const Params& params, const Account&) {
  const auto name = params.text("recipient");
  const auto given = params.text("verifiedSafetyNumber");
  if (given.empty() == !params.flag("trustAllKnownKeys")) {
    return Error{Code::invalid_params,
                 "Either trustAllKnownKeys is true or there is a verifiedSafetyNumber.", nullptr};
  }
  return Ask{{verify(name, Verify::ACTION_SHOW)}, [name, given](const Replies& replies) -> Step {
               return given.empty() ? trust_if_changed(replies, name)
                                    : confirm_if_same(replies, name, given);
             }};
}

}  // namespace bisik::client::rpc
