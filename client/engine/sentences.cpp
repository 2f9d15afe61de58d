#include "client/engine/sentences.hpp"

#include "proto/error.hpp"

namespace bisik::client {

using proto::pb::Failure;

Failure failure(Exit code, std::string sentence) {
  Failure made;
  made.set_exit_code(static_cast<std::uint32_t>(code));
  made.set_sentence(std::move(sentence));
  return made;
}

Failure failure(LineEnd why, const proto::RelayAddress& relay) {
  const auto where = relay.host + ":" + std::to_string(relay.port);
  switch (why) {
    case LineEnd::unreachable:
      return failure(Exit::relay, "The relay at " + where +
                                      " does not answer. Check the network, then try again.");
    case LineEnd::not_a_relay:
      return failure(Exit::relay, "What answers at " + where +
                                      " is not the relay of this link. Check the link, or ask for"
                                      " a new one.");
    case LineEnd::version:
      return failure(Exit::relay, "The relay at " + where +
                                      " speaks another version. Update bisik, or ask its operator"
                                      " to update.");
    case LineEnd::closed:
      break;
  }
  return failure(Exit::relay,
                 "The relay at " + where + " closed the connection. Try again in a moment.");
}

Failure again_later(seconds wait) {
  auto made = failure(Exit::rate, "The relay takes no more of this now. Try again in " +
                                      std::to_string(wait.count()) + " s.");
  made.set_retry_after_seconds(static_cast<std::uint32_t>(wait.count()));
  return made;
}

Failure failure(const proto::pb::Response& response) {
  switch (response.status()) {
    case proto::pb::STATUS_QUOTA:
    case proto::pb::STATUS_BUSY:
      return again_later(seconds{std::max(1U, response.retry_after_seconds())});
    case proto::pb::STATUS_INVITE:
      return failure(Exit::refused,
                     "This invite is used up, expired or not of this relay. Ask for a new one.");
    case proto::pb::STATUS_NOT_REGISTERED:
      return failure(Exit::refused,
                     "The relay does not know this device: it was removed from its account, or the"
                     " relay has lost what it had.");
    default:
      return failure(Exit::refused, "The relay refused. 'bisik doctor' may tell why.");
  }
}

Failure has_an_account() {
  return failure(Exit::user,
                 "This profile has an account already. Use 'bisik add LINK', or another"
                 " --profile.");
}

Failure not_joined() {
  return failure(Exit::user,
                 "This profile has no account yet. Get an invite and run"
                 " 'bisik join LINK --name NAME'.");
}

Failure unknown_contact(std::string_view name, std::string_view nearest) {
  std::string sentence = "You have no contact named " + std::string{name} + ".";
  if (!nearest.empty()) sentence += " Did you mean " + std::string{nearest} + "?";
  return failure(Exit::user, sentence + " 'bisik contacts' lists them.");
}

Failure bad_link(const boost::system::error_code& why) {
  const auto sentence = [&]() -> std::string {
    if (why == proto::Errc::not_a_link) return "This is not a link: one begins with bisik://.";
    if (why == proto::Errc::host_too_long) return "The host in this link is too long.";
    if (why == proto::Errc::bad_host) return "The host in this link is not a name or address.";
    if (why == proto::Errc::bad_port) return "The port in this link is not a number up to 65535.";
    if (why == proto::Errc::bad_relay_key) return "The relay's key in this link is damaged.";
    return "This link was cut short or altered.";
  };
  return failure(Exit::user, sentence() + " Copy it again, whole, between quotes.");
}

std::string calls_himself(const std::string& name, const std::string& now) {
  return name + " uses the name " + now + " now. Here it stays " + name + ".";
}

}  // namespace bisik::client
