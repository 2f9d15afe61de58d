#include <algorithm>

#include "client/rpc/handlers.hpp"

namespace bisik::client::rpc {
namespace {

using proto::pb::ApiRequest;
using proto::pb::ContactEntry;

Json to_json(const ContactEntry& contact) {
  const auto& called = contact.profile_name().empty() ? contact.name() : contact.profile_name();
  const Json profile{{"lastUpdateTimestamp", contact.profile_changed_ms()},
                     {"givenName", called},
                     {"familyName", nullptr},
                     {"about", nullptr},
                     {"aboutEmoji", nullptr},
                     {"hasAvatar", false}};
  return {{"number", nullptr},
          {"uuid", uuid_json(contact.account())},
          {"username", nullptr},
          {"name", contact.name()},
          {"givenName", contact.name()},
          {"familyName", nullptr},
          {"nickName", nullptr},
          {"note", nullptr},
          {"color", nullptr},
          {"isArchived", false},
          {"isBlocked", contact.blocked()},
          {"isHidden", false},
          {"messageExpirationTime", 0},
          {"profileSharing", contact.state() != proto::pb::CONTACT_STATE_REQUEST},
          {"unregistered", false},
          {"profile", profile}};
}

// By account, since the next owner of the profile repeats what the last one said.
std::map<std::string, ContactEntry> contacts_in(const Replies& replies) {
  std::map<std::string, ContactEntry> all;
  for (const auto& reply : replies.front()) {
    if (reply.has_contact()) all[reply.contact().account()] = reply.contact();
  }
  return all;
}

// One request for each recipient, all at once.
template <class Fill>
Step for_each_recipient(const Params& params, Fill fill) {
  Ask ask{{}, all_done};
  for (const auto& name : params.texts("recipient")) {
    ApiRequest request;
    fill(request, name);
    ask.requests.push_back(std::move(request));
  }
  if (ask.requests.empty()) {
    return Error{Code::invalid_params, "Name at least one recipient.", nullptr};
  }
  return ask;
}

Step set_blocked(const Params& params, bool blocked) {
  return for_each_recipient(params, [blocked](ApiRequest& request, const std::string& name) {
    request.mutable_block()->set_name(name);
    request.mutable_block()->set_unblock(!blocked);
  });
}

ApiRequest safety_number_of(const std::string& name) {
  ApiRequest request;
  request.mutable_verify()->set_name(name);
  request.mutable_verify()->set_action(proto::pb::VerifyCommand::ACTION_SHOW);
  return request;
}

Json status_of(const std::string& recipient, const std::vector<proto::pb::ApiReply>& replies) {
  const auto& last = replies.back();
  const bool known = last.has_safety_number();
  return {{"recipient", recipient},
          {"number", nullptr},
          {"username", nullptr},
          {"uuid", known ? uuid_json(last.safety_number().account()) : nullptr},
          {"isRegistered", known}};
}

}  // namespace

Step list_contacts(const Params& params, const Account&) {
  ApiRequest request;
  request.mutable_contacts();
  const auto wanted = params.texts("recipient");
  const bool by_blocked = params.has("blocked");
  const bool blocked = params.flag("blocked");
  const auto is_wanted = [=](const ContactEntry& contact) {
    if (by_blocked && contact.blocked() != blocked) return false;
    const auto uuid = uuid_json(contact.account());
    return wanted.empty() || std::ranges::any_of(wanted, [&](const std::string& name) {
             return name == contact.name() || uuid == name;
           });
  };
  return Ask{{request}, [is_wanted](const Replies& replies) -> Step {
               if (const auto* failure = failure_in(replies)) return to_error(*failure);
               Json all = Json::array();
               for (const auto& [account, contact] : contacts_in(replies)) {
                 if (is_wanted(contact)) all.push_back(to_json(contact));
               }
               return Answer{all};
             }};
}

Step update_contact(const Params& params, const Account&) {
  ApiRequest request;
  request.mutable_rename()->set_name(params.text("recipient"));
  request.mutable_rename()->set_new_name(params.text("name"));
  return Ask{{request}, all_done};
}

Step remove_contact(const Params& params, const Account&) {
  ApiRequest request;
  request.mutable_remove()->set_name(params.text("recipient"));
  request.mutable_remove()->set_contact(true);
  return Ask{{request}, all_done};
}

Step block(const Params& params, const Account&) { return set_blocked(params, true); }
Step unblock(const Params& params, const Account&) { return set_blocked(params, false); }

Step answer_request(const Params& params, const Account&) {
  const auto type = params.text("type");
  if (type != "accept" && type != "delete") {
    return Error{Code::invalid_params, "The type is accept or delete.", nullptr};
  }
  return for_each_recipient(params, [&type](ApiRequest& request, const std::string& name) {
    if (type == "accept") {
      request.mutable_accept()->set_name(name);
    } else {
      request.mutable_remove()->set_name(name);
    }
  });
}

// Whoever is a contact is registered; of others nobody can know.
Step get_user_status(const Params& params, const Account&) {
  const auto recipients = params.texts("recipient");
  Ask ask;
  for (const auto& recipient : recipients) ask.requests.push_back(safety_number_of(recipient));
  ask.then = [recipients](const Replies& replies) -> Step {
    Json all = Json::array();
    for (std::size_t i = 0; i < recipients.size(); ++i) {
      all.push_back(status_of(recipients[i], replies[i]));
    }
    return Answer{all};
  };
  return ask;
}

}  // namespace bisik::client::rpc
