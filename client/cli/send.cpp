#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "client/cli/awaiting.hpp"
#include "client/cli/commands.hpp"
#include "client/cli/moment.hpp"
#include "client/cli/recipients.hpp"
#include "client/cli/wording.hpp"
#include "client/signals.hpp"
#include "crypto/hex.hpp"
#include "crypto/random.hpp"
#include "proto/limits.hpp"

namespace bisik::client {
namespace {

using proto::pb::ApiRequest;
using proto::pb::Reference;
using proto::pb::Sent;

// Everything there is, without the end of the last line. Stops soon after it is too long.
std::string read_standard_input() {
  std::string text;
  std::array<char, 16 * 1024> part{};
  while (text.size() <= proto::kMaxTextBytes + 2) {
    pollfd waited[] = {{STDIN_FILENO, POLLIN, 0}, {Signals::fd(), POLLIN, 0}};
    poll(waited, 2, -1);
    Signals::throw_if_interrupted();
    const auto got = read(STDIN_FILENO, part.data(), part.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) {
      throw Problem{ExitCode::user,
                    std::string{"The message cannot be read: "} + std::strerror(errno) + "."};
    }
    if (got == 0) break;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

// In milliseconds since 1970; 0: at once.
std::uint64_t planned_ms(const std::string& at) {
  if (at.empty()) return 0;
  const auto moment = parse_moment(at, moment_now(), Toward::future);
  if (!moment) {
    throw Problem{
        ExitCode::user,
        "--at takes a time like 30m, 18:30, 2026-12-01T09:00 or @1764445861, not " + at + "."};
  }
  if (*moment <= moment_now()) throw Problem{ExitCode::user, "That time is over: " + at + "."};
  return static_cast<std::uint64_t>(moment->time_since_epoch().count());
}

void generate_key(proto::pb::SendCommand& send) {
  send.set_generated_key(true);
  send.set_idempotency_key(crypto::to_hex(crypto::random_array<16>()));
}

ApiRequest to_request(const SendOptions& options) {
  auto recipients = options.words;
  const auto at_ms = planned_ms(options.at);
  const bool has_text = recipients.size() > 1;
  std::string text = has_text ? recipients.back() : "-";
  if (has_text) recipients.pop_back();
  if (!has_text && isatty(STDIN_FILENO) != 0) {
    throw Problem{ExitCode::user, "There is no text: bisik send " + recipients.front() +
                                      " 'hello', or '-' to read it from standard input."};
  }
  if (text == "-") text = read_standard_input();

  ApiRequest request;
  auto& send = *request.mutable_send();
  for (auto& recipient : recipients) send.add_recipients(std::move(recipient));
  send.set_text(std::move(text));
  if (!options.reply.empty()) {
    send.mutable_about()->set_kind(Reference::KIND_REPLY);
    send.mutable_about()->set_id(options.reply);
  }
  send.set_queue(options.queue);
  send.set_at_ms(at_ms);
  send.set_timeout_ms(static_cast<std::uint32_t>(options.timeout * 1'000));
  if (options.idempotency_key.empty()) {
    generate_key(send);
  } else {
    send.set_idempotency_key(options.idempotency_key);
  }
  return request;
}

Json to_json(const Sent::Recipient& recipient, std::uint64_t timestamp_ms) {
  Json json{{"to", recipient.name()},
            {"id", recipient.id()},
            {"state", std::string{word(recipient.state()).text()}},
            {"timestamp", timestamp_ms}};
  if (recipient.has_failure()) json["error"] = client::to_json(recipient.failure());
  return json;
}

std::int64_t microseconds_since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               begun)
      .count();
}

// All parts together are what the command took, but for reading the command line. To open is to
// come to the profile's owner, by becoming it or through its socket, and back.
void print_timing(Context& context, const Sent& sent, std::int64_t answered_us,
                  std::int64_t close_us) {
  const std::int64_t known_us =
      std::int64_t{sent.connect_us()} + sent.encrypt_us() + sent.relay_us();
  context.say(SafeText{"open "} +
              SafeText::number(std::max<std::int64_t>(0, answered_us - known_us)) +
              " us, connect " + SafeText::number(sent.connect_us()) + " us, encrypt " +
              SafeText::number(sent.encrypt_us()) + " us, relay " +
              SafeText::number(sent.relay_us()) + " us, close " + SafeText::number(close_us) +
              " us, together " + SafeText::number(answered_us + close_us) + " us");
}

// The worst of all recipients is the command's.
ExitCode show(Context& context, const Sent& sent, std::uint64_t at_ms) {
  auto worst = ExitCode::done;
  for (const auto& recipient : sent.recipients()) {
    if (recipient.has_failure()) {
      worst = std::max(worst, static_cast<ExitCode>(recipient.failure().exit_code()));
    }
    if (context.json()) {
      auto json = to_json(recipient, sent.timestamp_ms());
      if (at_ms != 0) json["at"] = at_ms;
      context.out().json(json);
    } else if (recipient.has_failure()) {
      context.err() << SafeText::line(recipient.failure().sentence()) << "\n";
    } else if (recipient.state() == proto::pb::MESSAGE_STATE_WAITING && at_ms != 0) {
      context.hint(SafeText::line(recipient.id()) + " goes at " + clock_time(at_ms) +
                   ", if bisik daemon runs then: bisik outbox");
    } else if (recipient.state() == proto::pb::MESSAGE_STATE_WAITING) {
      context.hint(SafeText::line(recipient.id()) +
                   " is kept here and goes when the relay can be reached: bisik outbox");
    } else if (recipient.state() == proto::pb::MESSAGE_STATE_DELIVERED) {
      context.hint(SafeText::line(recipient.id()) + " has arrived.");
    } else if (recipient.state() == proto::pb::MESSAGE_STATE_READ) {
      context.hint(SafeText::line(recipient.id()) + " was read.");
    } else {
      context.hint(SafeText::line(recipient.id()) + " is on the relay. Answers: bisik receive");
    }
  }
  context.out().flush();
  context.err().flush();
  return worst;
}

// Somebody was not known. For people one sentence, whoever it is about.
ExitCode show_nothing(Context& context, const Sent& nothing, const std::string& text) {
  if (context.json()) return show(context, nothing, 0);
  const auto& failure = nothing.recipients(0).failure();
  const auto* quotes =
      text == "-" ? "" : " Put a text of several words between quotes: send NAME 'hi there'.";
  throw Problem{static_cast<ExitCode>(failure.exit_code()), failure.sentence() + quotes};
}

// Something that is said of a message, to the chat that it is in.
ApiRequest about(const std::string& id, Reference::Kind kind) {
  const auto slash = id.rfind('/');
  if (slash == std::string::npos || slash == 0) {
    throw Problem{ExitCode::user, "A message is named like bob/7, as history shows it."};
  }
  ApiRequest request;
  auto& send = *request.mutable_send();
  send.add_recipients(id.substr(0, slash));
  send.mutable_about()->set_kind(kind);
  send.mutable_about()->set_id(id);
  generate_key(send);
  return request;
}

// Receipts are said half a minute later at most, by whoever is online.
std::chrono::milliseconds patience(const SendOptions& options) {
  constexpr double kUsual = 60;
  return std::chrono::milliseconds{
      static_cast<std::int64_t>((options.timeout == 0 ? kUsual : options.timeout) * 1'000)};
}

}  // namespace

ExitCode send(Context& context, const SendOptions& options) {
  auto request = to_request(options);
  const auto at_ms = request.send().at_ms();
  auto& session = context.session();
  if (request.send().recipients_size() > 1) {
    const auto nothing = unless_all_known(session, request.send());
    if (nothing) return show_nothing(context, *nothing, options.words.back());
  }
  const auto begun = std::chrono::steady_clock::now();
  auto reply = session.only(std::move(request));
  const auto answered_us = microseconds_since(begun);
  if (!options.wait.empty()) {
    await_receipts(
        session, *reply.mutable_sent(),
        options.wait == "read" ? proto::pb::MESSAGE_STATE_READ : proto::pb::MESSAGE_STATE_DELIVERED,
        begun + patience(options));
  }
  const auto code = show(context, reply.sent(), at_ms);
  if (options.timing) {
    const auto leaving = std::chrono::steady_clock::now();
    context.leave();
    print_timing(context, reply.sent(), answered_us, microseconds_since(leaving));
  }
  return code;
}

ExitCode react(Context& context, const ReactOptions& options) {
  auto request = about(options.id, Reference::KIND_REACTION);
  request.mutable_send()->mutable_about()->set_emoji(options.emoji);
  request.mutable_send()->mutable_about()->set_withdrawn(options.remove);
  return show(context, context.session().only(std::move(request)).sent(), 0);
}

ExitCode edit(Context& context, const EditOptions& options) {
  auto request = about(options.id, Reference::KIND_EDIT);
  const bool given = !options.text.empty() && options.text != "-";
  request.mutable_send()->set_text(given ? options.text : read_standard_input());
  return show(context, context.session().only(std::move(request)).sent(), 0);
}

ExitCode delete_here(Context& context, const std::string& id) {
  ApiRequest request;
  request.mutable_delete_here()->set_id(id);
  (void)context.session().only(std::move(request));
  if (context.json()) {
    context.out().json({{"id", id}, {"deleted", true}});
    context.out().flush();
  } else {
    context.hint(SafeText::line(id) + " is deleted on this device. Whoever else has it keeps it, " +
                 "your other devices too.");
  }
  return ExitCode::done;
}

ExitCode delete_for_everyone(Context& context, const std::string& id) {
  auto request = about(id, Reference::KIND_DELETION);
  return show(context, context.session().only(std::move(request)).sent(), 0);
}

}  // namespace bisik::client
