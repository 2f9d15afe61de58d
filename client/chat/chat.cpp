// chat NAME: what arrives appears at once, while a line is being typed.
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include "client/chat/terminal.hpp"
#include "client/chat/view.hpp"
#include "client/cli/commands.hpp"
#include "client/cli/wording.hpp"
#include "client/limits.hpp"
#include "client/name.hpp"
#include "client/signals.hpp"
#include "crypto/hex.hpp"
#include "crypto/random.hpp"

namespace bisik::client {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;
using proto::pb::Message;
using proto::pb::MessageState;

class Chat {
 public:
  Chat(Context& context, std::string name, bool terminal)
      : session_{context.session()},
        name_{std::move(name)},
        terminal_{terminal},
        view_{context.out(), terminal ? &editor_ : nullptr} {}

  void begin();
  // Until the person ends it, or the input does and everything has left.
  void run();
  void close() { view_.close(); }

 private:
  struct Outgoing {         // ours, not on the relay yet
    std::uint64_t request;  // 0: of another command
    Message message;
  };

  // --- from the owner of the profile
  void take(const ApiReply& reply);
  void arrived(const Message& message);
  void kept(const Message& message);
  void typing(const proto::pb::TypingNotice& notice);
  void contact(const proto::pb::ContactEntry& entry);
  void sent(const ApiReply& reply);
  void state_changed(const std::string& id, MessageState state);
  void failed(std::uint64_t request, const proto::pb::Failure& failure);
  void acknowledge();

  // --- from the person
  void read_keyboard();
  void press(unsigned char byte);
  void enter(std::string line);
  void send(std::string text);

  void look_for_newcomer();
  void set_trust(proto::pb::Trust trust, proto::pb::Move move);
  void show_waiting();
  void say(const SafeText& sentence, Style style = Style::dim);
  void say(Literal sentence) { say(SafeText{sentence}); }
  [[nodiscard]] std::uint64_t ask_contacts();
  [[nodiscard]] std::uint64_t ask_history();
  [[nodiscard]] bool finished() const;
  void wait();

  Session& session_;
  std::string name_;
  std::string own_name_;
  bool terminal_;
  LineEditor editor_;
  ChatView view_;

  std::uint64_t reading_ = 0;
  std::uint64_t contacts_ = 0;
  std::uint32_t unread_ = 0;
  proto::pb::Trust trust_ = proto::pb::TRUST_UNSPECIFIED;
  proto::pb::Move move_ = proto::pb::MOVE_NONE;
  std::set<std::string> shown_;  // of what is in the inbox now or was when we began
  std::vector<std::string> to_acknowledge_;
  std::set<std::uint64_t> acknowledging_;
  std::vector<Outgoing> outgoing_;
  Session::Clock::time_point they_type_until_ = Session::Clock::time_point::min();
  std::string typed_;  // without a terminal: of a line that has no end yet
  bool over_ = false;
  Session::Clock::time_point patience_ = Session::Clock::time_point::max();  // once it is over
};

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
      view_.above([&](Output& out) { print(out, message); });
    }
  }
  ApiRequest receive;
  receive.mutable_receive()->set_follow(true);
  receive.mutable_receive()->set_chat(name_);
  receive.mutable_receive()->set_states(true);
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
  if (!outgoing_.empty()) {
    say(SafeText::number(outgoing_.size()) + " kept here until the relay can be reached.");
  }
}

// At a terminal what waits stays for later; a pipe that ended has time.
bool Chat::finished() const {
  if (!over_) return false;
  if (terminal_ || Session::Clock::now() >= patience_) return true;
  return acknowledging_.empty() && outgoing_.empty();
}

void Chat::wait() {
  pollfd waited[] = {{over_ ? -1 : STDIN_FILENO, POLLIN, 0},
                     {session_.fd(), POLLIN, 0},
                     {Signals::fd(), POLLIN, 0}};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(patience_ - Session::Clock::now());
  poll(waited, 3, over_ ? static_cast<int>(std::max<std::int64_t>(left.count(), 0)) : -1);
  if (waited[2].revents != 0) Signals::drain();
  Signals::throw_if_interrupted();
  if (Signals::take_resized()) view_.redraw();
  if (waited[0].revents != 0) read_keyboard();
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

// Once for as long as it lasts.
void Chat::typing(const proto::pb::TypingNotice& notice) {
  const auto now = Session::Clock::now();
  const bool is_news = !notice.stopped() && now >= they_type_until_;
  they_type_until_ = notice.stopped() ? now : now + kTypingShown;
  if (is_news) say(SafeText::line(notice.chat()) + " is typing\u2026");
}

// Ours: typed here, or sent by another command meanwhile.
void Chat::kept(const Message& message) {
  const auto it = std::ranges::find_if(outgoing_, [&](const Outgoing& outgoing) {
    return outgoing.request != 0 && outgoing.message.idempotency_key() == message.idempotency_key();
  });
  if (it != outgoing_.end()) {
    it->message = message;
    return;
  }
  outgoing_.push_back({0, message});
  show_waiting();
}

void Chat::contact(const proto::pb::ContactEntry& entry) {
  if (fold_name(entry.name()) != fold_name(name_)) return;
  unread_ = entry.unread();
  set_trust(entry.trust(), entry.move());
}

void Chat::sent(const ApiReply& reply) {
  for (auto& outgoing : outgoing_) {
    if (outgoing.request != reply.number()) continue;
    const auto& recipient = reply.sent().recipients(0);
    if (recipient.has_failure()) return failed(reply.number(), recipient.failure());
    outgoing.message.set_id(recipient.id());
    return state_changed(recipient.id(), recipient.state());
  }
}

void Chat::state_changed(const std::string& id, MessageState state) {
  const auto it = std::ranges::find_if(
      outgoing_, [&](const Outgoing& outgoing) { return outgoing.message.id() == id; });
  if (it == outgoing_.end()) return;
  if (state == proto::pb::MESSAGE_STATE_WAITING) return show_waiting();
  auto message = std::move(it->message);
  outgoing_.erase(it);
  message.set_state(state);
  show_waiting();
  view_.above([&](Output& out) { print(out, message); });
}

void Chat::failed(std::uint64_t request, const proto::pb::Failure& failure) {
  const auto removed = std::erase_if(
      outgoing_, [=](const Outgoing& outgoing) { return outgoing.request == request; });
  if (removed == 0 && request == reading_) {
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

// --- from the person -----------------------------------------------------------------------------

void Chat::read_keyboard() {
  std::array<unsigned char, 4096> bytes{};
  const auto got = read(STDIN_FILENO, bytes.data(), bytes.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got <= 0) {
    if (!typed_.empty()) enter(std::exchange(typed_, {}));
    over_ = true;
    patience_ = Session::Clock::now() + kChatPatience;
    return;
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(got) && !over_; ++i) press(bytes[i]);
  if (terminal_) view_.redraw();
}

void Chat::press(unsigned char byte) {
  if (!terminal_) {
    if (byte != '\n') {
      typed_ += static_cast<char>(byte);
      return;
    }
    if (typed_.ends_with('\r')) typed_.pop_back();
    return enter(std::exchange(typed_, {}));
  }
  switch (editor_.press(byte)) {
    case LineEditor::Key::enter:
      return enter(editor_.take());
    case LineEditor::Key::end:
      over_ = true;
      return;
    case LineEditor::Key::interrupt:  // of a line first, of the chat if there is none
      over_ = editor_.empty();
      return editor_.clear();
    case LineEditor::Key::redraw:
    case LineEditor::Key::none:
      return;
  }
}

void Chat::enter(std::string line) {
  if (line.empty()) return;
  if (line == "/quit") {
    over_ = true;
    patience_ = Session::Clock::now() + kChatPatience;
  } else if (line.starts_with("//")) {
    send(line.substr(1));
  } else if (line.starts_with('/')) {
    say("There is one command, /quit. A text that begins with '/' is typed with two.");
  } else {
    send(std::move(line));
  }
}

void Chat::send(std::string text) {
  ApiRequest request;
  auto& command = *request.mutable_send();
  command.add_recipients(name_);
  command.set_text(text);
  command.set_queue(true);
  command.set_idempotency_key(crypto::to_hex(crypto::random_array<16>()));
  command.set_generated_key(true);
  Message message;
  message.set_idempotency_key(command.idempotency_key());
  message.set_from(own_name_);
  message.set_ours(true);
  message.set_text(std::move(text));
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  message.set_timestamp_ms(static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count()));
  outgoing_.push_back({session_.ask(std::move(request)), std::move(message)});
  show_waiting();
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
  std::vector<SafeText> lines;
  for (const auto& outgoing : outgoing_) {
    lines.push_back(SafeText{"\u2026 "} + SafeText::line(outgoing.message.text()));
  }
  view_.set_waiting(std::move(lines));
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
  request.mutable_history()->set_last(kShownOfHistory + unread_);
  return session_.ask(std::move(request));
}

}  // namespace

ExitCode chat(Context& context, const ChatOptions& options) {
  const bool terminal = !options.plain && isatty(STDIN_FILENO) != 0 && context.out().is_terminal();
  Chat conversation{context, options.name, terminal};
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
