// Which accounts a conversation is about, and which of them a request means.
#include <algorithm>
#include <utility>

#include "client/rpc/conversation.hpp"
#include "client/rpc/handlers.hpp"

namespace bisik::client::rpc {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;

// What is answered without an account being named, also where there are several.
bool may_be_of_all(const Method& method) {
  switch (method.special) {
    case OfConversation::version:
    case OfConversation::list_accounts:
    case OfConversation::subscribe:
    case OfConversation::unsubscribe:
      return true;
    default:
      return false;
  }
}

Error no_account(const std::string& sentence) { return {Code::invalid_params, sentence, nullptr}; }

}  // namespace

void Conversation::ask_for_account(std::size_t party) {
  parties_[party].known = false;
  ApiRequest request;
  request.mutable_who_am_i();
  parties_[party].asking.ask(std::move(request),
                             [this, party](const ApiReply& reply) { know_account(party, reply); });
}

void Conversation::know_account(std::size_t number, const ApiReply& reply) {
  auto& party = parties_[number];
  if (reply.has_who_am_i()) party.account = to_account(reply.who_am_i(), party.given);
  if (!reply.last()) return;
  party.known = true;
  // Without an account that is a failure, which is told once, unless one is still to come. Of
  // several profiles one may well have none.
  const bool tells_failure =
      std::exchange(party.first_look, false) && options_.relay.empty() && parties_.size() == 1;
  const bool begins = options_.receives && (party.account.joined || tells_failure);
  if (begins && !party.delivery.active() && is_for(number)) {
    const auto& wish = options_.first;
    party.delivery.begin(wish, begin_behind(wish.since, wish.consumer));
  }
  begin_waiting();
}

// Whether its messages are wanted.
bool Conversation::is_for(std::size_t number) const {
  const auto& name = options_.only_for;
  if (name.empty() && options_.first.since != 0 && parties_.size() > 1) return false;
  const auto has_it = [&](const Party& party) { return party.given == name; };
  if (name.empty() || has_it(parties_[number])) return true;
  return std::ranges::none_of(parties_, has_it) && is_meant(parties_[number].account, name);
}

bool Conversation::knows_accounts() const {
  return std::ranges::all_of(parties_, [](const Party& party) { return party.known; });
}

Error Conversation::cursor_of_nobody() {
  return no_account("A cursor is of one account: name that too.");
}

bool Conversation::has_begun() const {
  return std::ranges::all_of(
      parties_, [](const Party& party) { return party.known && !party.delivery.prepares(); });
}

std::variant<std::size_t, Error> Conversation::party_named(const std::string& name) const {
  std::vector<std::size_t> found;
  for (std::size_t each = 0; each < parties_.size(); ++each) {
    const auto& party = parties_[each];
    if (name == party.given) return each;  // two profiles have never the same name
    if (is_meant(party.account, name)) found.push_back(each);
  }
  if (found.size() == 1) return found.front();
  if (parties_.size() == 1) return no_account("This is not the profile of that account.");
  if (found.empty()) {
    return no_account("No account of that name is served here: listAccounts says which are.");
  }
  return no_account("Several accounts have that name: say the UUID, or the name of the profile.");
}

std::optional<Error> Conversation::choose_party(Call& call, const Method& method,
                                                const std::string& name) const {
  const bool any = name.empty() && may_be_of_all(method);
  if (!name.empty()) {
    const auto found = party_named(name);
    if (const auto* error = std::get_if<Error>(&found)) return *error;
    call.party = std::get<std::size_t>(found);
  } else if (parties_.size() > 1 && !any) {
    return no_account("Several accounts are served here: name one of them as the param account.");
  }
  return any ? std::nullopt : parties_[call.party].ended;
}

std::optional<Error> Conversation::refusal() const {
  for (const auto& party : parties_) {
    if (party.delivery.refused()) return party.delivery.refused();
  }
  const bool is_open = parties_.size() == 1 && !parties_[0].account.joined;  // one may come yet
  if (is_open) return std::nullopt;
  if (options_.only_for.empty()) {
    if (options_.first.since == 0 || parties_.size() == 1) return std::nullopt;
    return cursor_of_nobody();
  }
  const auto found = party_named(options_.only_for);
  if (const auto* error = std::get_if<Error>(&found)) return *error;
  return parties_[std::get<std::size_t>(found)].ended;
}

// Of several, those that have an account; of one whatever it says.
std::vector<std::size_t> Conversation::parties_that_receive() const {
  if (parties_.size() == 1) return {0};
  std::vector<std::size_t> all;
  for (std::size_t each = 0; each < parties_.size(); ++each) {
    if (parties_[each].account.joined && !parties_[each].ended) all.push_back(each);
  }
  return all;
}

void Conversation::lost(std::size_t number, const std::string& why) {
  auto& party = parties_[number];
  party.ended = Error{Code::internal, why, nullptr};
  party.known = true;
  if (party.delivery.active()) party.delivery.fail(*party.ended);
  party.asking.forget();
  party.receiving_once = false;
  party.acknowledging = 0;
  for (auto each = running_.begin(); each != running_.end();) {
    const auto& asked = each->second.parties;
    if (std::ranges::find(asked, number) == asked.end()) {
      ++each;
      continue;
    }
    const auto call = each->second.call;
    each = running_.erase(each);
    replies_.settle(call, *party.ended);
  }
  begin_waiting();
}

// Nobody waits for what it says of itself.
void Conversation::found(std::size_t number) {
  ApiRequest request;
  request.mutable_who_am_i();
  parties_[number].asking.ask(std::move(request), [this, number](const ApiReply& reply) {
    if (reply.last()) parties_[number].ended.reset();
    know_account(number, reply);
  });
}

void Conversation::acknowledge(const std::vector<Shown>& all) {
  for (const auto& shown : all) {
    auto& party = parties_[shown.party];
    if (party.ended) continue;
    ApiRequest request;
    request.mutable_ack()->set_consumer(shown.consumer);
    for (const auto cursor : shown.cursors) request.mutable_ack()->add_cursors(cursor);
    ++party.acknowledging;
    party.asking.ask(std::move(request), [&party](const ApiReply& reply) {
      if (reply.last()) --party.acknowledging;
    });
  }
}

}  // namespace bisik::client::rpc
