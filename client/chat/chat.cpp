#include "client/chat/chat.hpp"

#include <poll.h>
#include <unistd.h>

#include "client/chat/terminal.hpp"
#include "client/cli/wording.hpp"
#include "client/limits.hpp"
#include "client/name.hpp"
#include "client/signals.hpp"

namespace bisik::client {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;
using proto::pb::Message;
using proto::pb::MessageState;

void Chat::begin() {
  ApiRequest who;
  who.mutable_who_am_i();
  own_name_ = session_.only(std::move(who)).who_am_i().name();
  contacts_ = ask_contacts();
  while (contacts_ != 0) take(*session_.next());
  if (trust_ == proto::pb::TRUST_UNSPECIFIED) look_for_newcomer();
  const auto history = ask_history();
  for (bool last = false; !last;) {
    const auto reply = session_.next();
    last = reply->number() == history && reply->last();
    throw_if_failed(*reply);
    if (reply->number() != history) {
      take(*reply);
    } else if (reply->has_message()) {
      const auto& message = reply->message();
      shown_.insert(message.id());
      ticks_.shown(message);
      view_.above([&](Output& out) { print(out, message); });
    }
  }
  ApiRequest receive;
  receive.mutable_receive()->set_follow(true);
  receive.mutable_receive()->set_chat(name_);
  receive.mutable_receive()->set_states(true);
  receive.mutable_receive()->set_person(true);
  reading_ = session_.ask(std::move(receive));
  if (terminal_) say("Enter sends, ^D or /quit ends.");
}

// Not a contact by this name. Who is asked about somebody else looks at the relay first, and says
// if there is nobody.
void Chat::look_for_newcomer() {
  ApiRequest request;
  request.mutable_verify()->set_name(name_);
  (void)session_.only(std::move(request));
  contacts_ = ask_contacts();
  while (contacts_ != 0) take(*session_.next());
}

void Chat::run() {
  for (;;) {
    while (session_.has_reply()) {
      const auto reply = session_.next(Session::Clock::now());
      if (!reply) break;
      take(*reply);
    }
    acknowledge();
    if (finished()) break;
    if (!session_.has_reply()) wait();  // acknowledging may have found that the owner is gone
  }
  say_typing(own_typing_.ended());
  if (!unsent_.empty()) {
    say(SafeText::number(unsent_.size()) + " kept here until the relay can be reached.");
  }
}

// At a terminal what waits stays for later; a pipe that ended has time.
bool Chat::finished() const {
  if (!over_) return false;
  if (terminal_ || Session::Clock::now() >= patience_) return true;
  return acknowledging_.empty() && unsent_.empty();
}

// Until which moment there is nothing to do unless somebody says something.
Session::Clock::time_point Chat::quiet_until() const {
  auto until = over_ ? patience_ : Session::Clock::time_point::max();
  for (const auto wake : {own_typing_.wake_at(), their_typing_.wake_at()}) {
    if (wake) until = std::min(until, *wake);
  }
  return until;
}

void Chat::wait() {
  pollfd waited[] = {{over_ ? -1 : STDIN_FILENO, POLLIN, 0},
                     {session_.fd(), POLLIN, 0},
                     {Signals::fd(), POLLIN, 0}};
  const auto until = quiet_until();
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Session::Clock::now());
  const bool forever = until == Session::Clock::time_point::max();
  poll(waited, 3, forever ? -1 : static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  if (waited[2].revents != 0) Signals::drain();
  Signals::throw_if_interrupted();
  if (Signals::take_resized()) view_.redraw();
  if (waited[0].revents != 0) read_keyboard();
  time_passed();
}

void Chat::time_passed() {
  const auto now = Session::Clock::now();
  say_typing(own_typing_.passed(now));
  if (!their_typing_.is_over(now)) return;
  their_typing_.hide();
  show_typing(false);
}

// --- from the owner of the profile ---------------------------------------------------------------

void Chat::take(const ApiReply& reply) {
  if (reply.has_message()) {
    return reply.message().ours() ? kept(reply.message()) : arrived(reply.message());
  }
  if (reply.has_contact()) return contact(reply.contact());
  if (reply.has_sent()) return sent(reply);
  if (reply.has_state_changed()) {
    return state_changed(reply.state_changed().id(), reply.state_changed().state());
  }
  if (reply.has_typing()) typing(reply.typing());
  if (reply.has_notice()) {
    say(SafeText::line(reply.notice().sentence()), Style::warning);
    contacts_ = ask_contacts();
  }
  if (reply.has_failure()) failed(reply.number(), reply.failure());
  if (!reply.last()) return;
  acknowledging_.erase(reply.number());
  if (reply.number() == contacts_) contacts_ = 0;
}

void Chat::arrived(const Message& message) {
  set_trust(message.trust(), message.move());
  to_acknowledge_.push_back(message.id());
  if (!shown_.insert(message.id()).second) return;
  view_.above([&](Output& out) { print(out, message); });
}

void Chat::typing(const proto::pb::TypingNotice& notice) {
  show_typing(their_typing_.heard(Session::Clock::now(), notice.stopped()));
}

void Chat::kept(const Message& message) {
  unsent_.kept(message);
  show_waiting();
}

void Chat::contact(const proto::pb::ContactEntry& entry) {
  if (fold_name(entry.name()) != fold_name(name_)) return;
  name_ = entry.name();
  in_inbox_ = entry.in_inbox();
  own_typing_.allow(tells_typing_ && entry.typing_notices() && !entry.blocked() &&
                    entry.state() == proto::pb::CONTACT_STATE_ACCEPTED);
  set_trust(entry.trust(), entry.move());
}

void Chat::sent(const ApiReply& reply) {
  if (typing_requests_.erase(reply.number()) != 0) return;
  const auto& recipient = reply.sent().recipients(0);
  if (recipient.has_failure()) return failed(reply.number(), recipient.failure());
  unsent_.name(reply.number(), recipient.id());
  state_changed(recipient.id(), recipient.state());
}

void Chat::state_changed(const std::string& id, MessageState state) {
  const auto message = unsent_.settle(id, state);
  if (message) {
    show_waiting();
    if (state != proto::pb::MESSAGE_STATE_WAITING) show_ours(*message);
  } else if (ticks_.further(id, state)) {
    view_.set_ticks(ticks_.lines());
    view_.redraw();
  }
}

// Where it stands now it says for itself how far it has come.
void Chat::show_ours(const Message& message) {
  ticks_.shown(message);
  view_.set_ticks(ticks_.lines());
  view_.above([&](Output& out) { print(out, message); });
}

void Chat::failed(std::uint64_t request, const proto::pb::Failure& failure) {
  if (typing_requests_.erase(request) != 0) return;
  if (!unsent_.drop(request) && request == reading_) {
    throw Problem{static_cast<ExitCode>(failure.exit_code()), failure.sentence()};
  }
  show_waiting();
  say(SafeText::line(failure.sentence()), Style::bad);
}

void Chat::acknowledge() {
  if (to_acknowledge_.empty()) return;  // the view flushed what it printed, or threw
  ApiRequest request;
  for (auto& id : to_acknowledge_) request.mutable_ack()->add_ids(std::move(id));
  request.mutable_ack()->set_read(true);
  to_acknowledge_.clear();
  acknowledging_.insert(session_.ask(std::move(request)));
}

// --- what is shown -------------------------------------------------------------------------------

void Chat::set_trust(proto::pb::Trust trust, proto::pb::Move move) {
  if (trust_ == trust && move_ == move) return;
  trust_ = trust;
  move_ = move;
  const auto label = badge(trust);
  const auto moved = badge(move);
  view_.above([&](Output& out) {
    out.styled(Style::bold, SafeText{"\u2500\u2500 "} + SafeText::line(name_) + " \u00b7 ");
    out.styled(label.style, label.text);
    out.styled(moved.style, moved.text) << "\n";
  });
}

void Chat::show_waiting() {
  view_.set_waiting(unsent_.lines());
  view_.redraw();
}

// On a terminal as long as it lasts, otherwise once.
void Chat::show_typing(bool is_news) {
  const auto sentence = SafeText::line(name_) + " is typing\u2026";
  if (!terminal_) {
    if (is_news) say(sentence);
    return;
  }
  view_.set_status(their_typing_.is_shown() ? sentence : SafeText{});
  view_.redraw();
}

void Chat::say(const SafeText& sentence, Style style) {
  view_.above([&](Output& out) { out.styled(style, sentence) << "\n"; });
}

std::uint64_t Chat::ask_contacts() {
  ApiRequest request;
  request.mutable_contacts();
  return session_.ask(std::move(request));
}

std::uint64_t Chat::ask_history() {
  ApiRequest request;
  request.mutable_history()->set_chat(name_);
  request.mutable_history()->set_last(kShownOfHistory + in_inbox_);
  return session_.ask(std::move(request));
}

ExitCode chat(Context& context, const ChatOptions& options) {
  const bool terminal = !options.plain && isatty(STDIN_FILENO) != 0 && context.out().is_terminal();
  Chat conversation{context, options, terminal};
  std::optional<RawTerminal> raw;
  if (terminal) raw.emplace();
  try {
    conversation.begin();
    conversation.run();
  } catch (const Interrupted&) {
    Signals::forget();
  }
  conversation.close();
  return ExitCode::done;
}

}  // namespace bisik::client
