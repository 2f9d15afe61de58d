#include "client/rpc/linking.hpp"

#include <utility>

#include "crypto/hex.hpp"

namespace bisik::client::rpc {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;

Error mistake(const char* sentence) { return {Code::user, sentence, nullptr}; }

Error no_such_link() {
  return mistake("This is no link that was started here, or it has ended: startLink makes one.");
}

ApiRequest to_accept() {
  ApiRequest request;
  request.mutable_accept_link();
  return request;
}

}  // namespace

bool Linking::is_of(const Params& params) const {
  return attempt_ && !attempt_->uri.empty() && attempt_->uri == params.text("deviceLinkUri");
}

std::optional<Step> Linking::start(const Call& call, const Params& params,
                                   const std::string& relay) {
  if (account_.joined) {
    return mistake(
        "This profile has an account: begin with a new one. To link another device to this "
        "account: addDevice.");
  }
  const auto named = params.text("relay");
  if (named.empty() && relay.empty()) {
    return Error{Code::invalid_params,
                 "Name the account's relay, as bisik whoami shows it on the first device.",
                 nullptr};
  }
  if (attempt_) {
    end(mistake("Another link was started in place of this one."));
    asking_.cancel(attempt_->asked);
  }
  ApiRequest request;
  request.mutable_link()->set_relay(named.empty() ? relay : named);
  request.mutable_link()->set_history(params.flag("history"));
  starting_ = call;
  attempt_.emplace(
      Attempt{asking_.ask(std::move(request), [this](const ApiReply& reply) { take(reply); })});
  return std::nullopt;
}

void Linking::take(const ApiReply& reply) {
  if (reply.has_made_link()) show_code(reply.made_link().link());
  if (reply.has_link_digits() && !attempt_->end) show_digits(reply.link_digits());
  if (reply.has_who_am_i()) {
    ways_.linked();
    const auto account = to_account(reply.who_am_i(), {});
    end(Answer{{{"number", nullptr},
                {"uuid", account.uuid},
                {"name", account.name},
                {"deviceId", account.device}}});
  }
  if (reply.has_failure()) end(to_error(reply.failure()));
  if (reply.last()) end(Error{Code::internal, "The link has ended, and nobody said how.", nullptr});
}

// Another owner of the profile has begun anew: nobody would approve the code that was shown.
void Linking::show_code(const std::string& code) {
  if (!attempt_->uri.empty()) {
    return end(mistake("What kept the profile open has ended meanwhile: start another link."));
  }
  attempt_->uri = code;
  ways_.settle(*std::exchange(starting_, {}), Answer{{{"deviceLinkUri", code}}});
}

// The account is said beside them: whoever knows it sees at once that somebody else has answered.
void Linking::show_digits(const proto::pb::LinkDigits& digits) {
  const auto uuid = uuid_json(digits.account());
  auto& claimed = attempt_->claimed;
  claimed.joined = true;
  claimed.uuid = uuid.is_null() ? std::string{} : uuid.get<std::string>();
  claimed.id = crypto::to_hex(crypto::as_bytes(digits.account()));
  const Json params{
      {"deviceLinkUri", attempt_->uri}, {"digits", digits.digits()}, {"account", uuid}};
  output_.say({{"jsonrpc", "2.0"}, {"method", "linkDigits"}, {"params", params}}, {});
  accept_expected();
}

void Linking::accept_expected() {
  const auto& claimed = attempt_->claimed;
  if (!claimed.joined || attempt_->expected.empty() || attempt_->end) return;
  if (!is_meant(claimed, attempt_->expected)) {
    return end(Error{Code::untrusted,
                     "Somebody of another account has answered the code: nothing was linked. Start "
                     "another link, and show its code to nobody else.",
                     nullptr});
  }
  asking_.ask(to_accept(), [this](const ApiReply& reply) {
    if (reply.has_failure() && attempt_) end(to_error(reply.failure()));
  });
}

Step Linking::accept(const Params& params) {
  if (!is_of(params) || attempt_->end) return no_such_link();
  if (!attempt_->claimed.joined) {
    return mistake("The first device has not answered: first comes linkDigits.");
  }
  return Ask{{to_accept()}, all_done};
}

std::optional<Step> Linking::finish(const Call& call, const Params& params) {
  if (!is_of(params)) return no_such_link();
  if (finishing_) return mistake("It is being waited for already.");
  if (attempt_->end) return attempt_->end;
  finishing_ = call;
  attempt_->expected = params.text("expectedAccount");
  accept_expected();
  return std::nullopt;
}

// Whoever asks later hears it, too.
void Linking::end(Step step) {
  if (attempt_->end) return;
  attempt_->end = step;
  if (starting_) ways_.settle(*std::exchange(starting_, {}), step);
  if (finishing_) ways_.settle(*std::exchange(finishing_, {}), std::move(step));
}

}  // namespace bisik::client::rpc
