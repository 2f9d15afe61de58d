// What is said about messages: reactions and deletions, that they were read; and that somebody is
// typing, and what the account calls itself. Messages are named by who wrote them and their
// timestamp.
#include "client/rpc/handlers.hpp"
#include "client/rpc/sent.hpp"
#include "crypto/hex.hpp"
#include "crypto/random.hpp"

namespace bisik::client::rpc {
namespace {

using proto::pb::ApiRequest;
using proto::pb::Reference;

Error no_recipient() { return {Code::invalid_params, "Name at least one recipient.", nullptr}; }

// About a message: sent once, however often it is asked for under this request.
ApiRequest about(const Params& params, Reference::Kind kind, bool ours) {
  ApiRequest request;
  auto& command = *request.mutable_send();
  for (auto& name : params.texts("recipient")) command.add_recipients(std::move(name));
  command.set_generated_key(true);
  command.set_idempotency_key(crypto::to_hex(crypto::random_array<16>()));
  command.mutable_about()->set_kind(kind);
  command.mutable_about()->set_ours(ours);
  command.mutable_about()->set_timestamp_ms(params.integer("targetTimestamp").value_or(0));
  return request;
}

}  // namespace

Step send_reaction(const Params& params, const Account& account) {
  const bool ours = is_meant(account, params.text("targetAuthor"));
  auto request = about(params, Reference::KIND_REACTION, ours);
  if (request.send().recipients().empty()) return no_recipient();
  request.mutable_send()->mutable_about()->set_emoji(params.text("emoji"));
  request.mutable_send()->mutable_about()->set_withdrawn(params.flag("remove"));
  return Ask{{request}, show_sent};
}

Step remote_delete(const Params& params, const Account&) {
  const auto request = about(params, Reference::KIND_DELETION, true);
  if (request.send().recipients().empty()) return no_recipient();
  return Ask{{request}, show_sent};
}

Step send_receipt(const Params& params, const Account&) {
  const auto type = params.text("type");
  if (!type.empty() && type != "read" && type != "viewed") {
    return Error{Code::invalid_params, "The param type is read or viewed.", nullptr};
  }
  ApiRequest request;
  request.mutable_send_receipt()->set_name(params.text("recipient"));
  for (const auto timestamp : params.integers("targetTimestamp")) {
    request.mutable_send_receipt()->add_timestamps(timestamp);
  }
  return Ask{{request}, show_sent};
}

Step send_typing(const Params& params, const Account&) {
  ApiRequest request;
  auto& command = *request.mutable_typing();
  for (auto& name : params.texts("recipient")) command.add_recipients(std::move(name));
  if (command.recipients().empty()) return no_recipient();
  command.set_stopped(params.flag("stop"));
  return Ask{{request}, show_sent};
}

Step update_profile(const Params& params, const Account&) {
  auto name = params.text("givenName");
  const auto family = params.text("familyName");
  if (!name.empty() && !family.empty()) name += ' ';
  name += family;
  if (name.empty()) return Answer{};
  ApiRequest request;
  request.mutable_profile()->set_name(name);
  return Ask{{request}, all_done};
}

}  // namespace bisik::client::rpc
