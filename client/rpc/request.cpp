#include "client/rpc/request.hpp"

#include "client/rpc/limits.hpp"

namespace bisik::client::rpc {
namespace {

Rejected invalid(Json id, const std::string& why) {
  return {std::move(id), {Code::invalid_request, why, nullptr}};
}

Message alone(Item item) {
  Message message;
  message.items.push_back(std::move(item));
  return message;
}

bool is_id(const Input& id) {
  return id.is_number() ||
         (id.is_string() && id.get_ref<const std::string&>().size() <= kMaxIdBytes);
}

Item read(Input& object) {
  if (!object.is_object()) return invalid(nullptr, "A request is an object.");
  const auto id = object.find("id");
  if (id != object.end() && !is_id(*id)) {
    return invalid(nullptr, "An id is a number, or a string of at most " +
                                std::to_string(kMaxIdBytes) + " bytes.");
  }
  Request request;
  if (id != object.end()) request.id = Json(*id);
  const auto given = request.id.value_or(nullptr);
  const auto version = object.find("jsonrpc");
  if (version == object.end() || *version != "2.0") {
    return invalid(given, "A request says \"jsonrpc\":\"2.0\".");
  }
  const auto method = object.find("method");
  if (method == object.end() || !method->is_string()) {
    return invalid(given, "A request names its method.");
  }
  request.method = std::move(method->get_ref<std::string&>());
  request.params = Input::object();
  const auto params = object.find("params");
  if (params == object.end() || params->is_null()) return request;
  if (!params->is_object()) {
    return Rejected{given, {Code::invalid_params, "The params are an object.", nullptr}};
  }
  request.params = std::move(*params);
  return request;
}

}  // namespace

Message decode(std::string_view text) {
  auto json = parse(text);
  if (!json) {
    return alone(Rejected{nullptr, {Code::parse, "That is not JSON in UTF-8.", nullptr}});
  }
  if (!json->is_array()) return alone(read(*json));
  if (json->empty()) return alone(invalid(nullptr, "The batch is empty."));
  if (json->size() > kMaxBatch) {
    return alone(
        invalid(nullptr, "A batch has at most " + std::to_string(kMaxBatch) + " requests."));
  }
  Message message{.batch = true, .items = {}};
  for (auto& object : *json) message.items.push_back(read(object));
  return message;
}

}  // namespace bisik::client::rpc
