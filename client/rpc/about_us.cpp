#include "client/rpc/handlers.hpp"

namespace bisik::client::rpc {
namespace {

using proto::pb::ApiRequest;

Json to_json(const proto::pb::DeviceEntry& device) {
  return {{"id", device.number()},
          {"name", nullptr},
          {"createdTimestamp", device.created_unix_seconds() * 1000},
          {"lastSeenTimestamp", nullptr}};
}

Json to_json(const proto::pb::LimitEntry& limit) {
  return {{"name", limit.name()},
          {"value", limit.value()},
          {"unit", limit.unit()},
          {"reason", limit.reason()}};
}

Json to_json(const proto::pb::ProfileStatus& status) {
  return {{"joined", status.joined()},
          {"relay", status.relay()},
          {"reachable", status.reachable()},
          {"clockOffset", status.clock_offset_seconds()},
          {"waiting", status.waiting()}};
}

}  // namespace

Step version() { return Answer{{{"version", BISIK_VERSION}}}; }

Step list_devices(const Params&, const Account&) {
  ApiRequest request;
  request.mutable_devices();
  return Ask{{request}, [](const Replies& replies) -> Step {
               if (const auto* failure = failure_in(replies)) return to_error(*failure);
               std::map<std::uint32_t, Json> by_number;  // also where two owners have answered
               for (const auto& reply : replies.front()) {
                 if (!reply.has_device()) continue;
                 by_number[reply.device().number()] = to_json(reply.device());
               }
               Json all = Json::array();
               for (auto& [number, device] : by_number) all.push_back(std::move(device));
               return Answer{all};
             }};
}

// Without digits as far as the new device shows them; the linking goes on behind the answer.
Step add_device(const Params& params, const Account&) {
  ApiRequest request;
  const auto digits = params.text("digits");
  if (!digits.empty()) {
    request.mutable_confirm_digits()->set_digits(digits);
    return Ask{{request}, all_done};
  }
  request.mutable_approve()->set_code(params.text("uri"));
  return Ask{{request},
             [](const Replies& replies) -> Step {
               if (const auto* failure = failure_in(replies)) return to_error(*failure);
               return Answer{{{"digitsWanted", true}}};
             },
             [](const proto::pb::ApiReply& reply) { return reply.has_digits_wanted(); }};
}

Step remove_device(const Params& params, const Account&) {
  const auto number = params.integer("deviceId").value_or(0);
  ApiRequest request;
  if (number == 0 || number > UINT32_MAX) {
    return Error{Code::invalid_params, "There is no such device.", nullptr};
  }
  request.mutable_remove_device()->set_number(static_cast<std::uint32_t>(number));
  return Ask{{request}, all_done};
}

Step get_limits(const Params&, const Account&) {
  ApiRequest request;
  request.mutable_limits();
  return Ask{{request}, [](const Replies& replies) -> Step {
               if (const auto* failure = failure_in(replies)) return to_error(*failure);
               std::map<std::string, Json> by_name;
               for (const auto& reply : replies.front()) {
                 if (reply.has_limit()) by_name[reply.limit().name()] = to_json(reply.limit());
               }
               Json all = Json::array();
               for (auto& [name, limit] : by_name) all.push_back(std::move(limit));
               return Answer{{{"limits", all}}};
             }};
}

Step get_state(const Params&, const Account&) {
  ApiRequest request;
  request.mutable_status();
  return Ask{{request}, [](const Replies& replies) -> Step {
               if (const auto* failure = failure_in(replies)) return to_error(*failure);
               return Answer{to_json(replies.front().back().status())};
             }};
}

Step list_groups(const Params&, const Account&) { return Answer{Json::array()}; }

}  // namespace bisik::client::rpc
