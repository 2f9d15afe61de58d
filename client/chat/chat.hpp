// chat NAME: what arrives appears at once, while a line is being typed. What the owner of the
// profile says and what the person types come into one loop; a message stays in the area of the
// view that is drawn again until the relay has it. Throws what the session and the output throw.
#pragma once

#include <set>

#include "client/chat/ticks.hpp"
#include "client/chat/typing.hpp"
#include "client/chat/unsent.hpp"
#include "client/chat/view.hpp"
#include "client/cli/commands.hpp"

namespace bisik::client {

class Chat {
 public:
  Chat(Context& context, const ChatOptions& options, bool terminal)
      : session_{context.session()},
        name_{options.name},
        terminal_{terminal},
        tells_typing_{terminal && !options.no_typing},
        view_{context.out(), terminal ? &editor_ : nullptr} {}

  void begin();
  // Until the person ends it, or the input does and everything has left.
  void run();
  void close() { view_.close(); }

 private:
  // --- from the owner of the profile
  void take(const proto::pb::ApiReply& reply);
  void arrived(const proto::pb::Message& message);
  void kept(const proto::pb::Message& message);
  void typing(const proto::pb::TypingNotice& notice);
  void contact(const proto::pb::ContactEntry& entry);
  void sent(const proto::pb::ApiReply& reply);
  void state_changed(const std::string& id, proto::pb::MessageState state);
  void failed(std::uint64_t request, const proto::pb::Failure& failure);
  void acknowledge();

  // --- from the person
  void read_keyboard();
  void press(unsigned char byte);
  void enter(std::string line);
  void send(std::string text);
  void say_typing(OwnTyping::Say what);

  void look_for_newcomer();
  void set_trust(proto::pb::Trust trust, proto::pb::Move move);
  void show_waiting();
  void show_ours(const proto::pb::Message& message);
  void show_typing(bool is_news);
  void time_passed();
  void say(const SafeText& sentence, Style style = Style::dim);
  void say(Literal sentence) { say(SafeText{sentence}); }
  [[nodiscard]] std::uint64_t ask_contacts();
  [[nodiscard]] std::uint64_t ask_history();
  [[nodiscard]] bool finished() const;
  [[nodiscard]] bool is_no_message() const;
  void wait();
  [[nodiscard]] Session::Clock::time_point quiet_until() const;

  Session& session_;
  std::string name_;
  std::string own_name_;
  bool terminal_;
  bool tells_typing_;  // as far as the contact may be told
  LineEditor editor_;
  ChatView view_;

  std::uint64_t reading_ = 0;
  std::uint64_t contacts_ = 0;
  std::uint32_t in_inbox_ = 0;
  proto::pb::Trust trust_ = proto::pb::TRUST_UNSPECIFIED;
  proto::pb::Move move_ = proto::pb::MOVE_NONE;
  std::set<std::string> shown_;  // of what is in the inbox now or was when we began
  std::vector<std::string> to_acknowledge_;
  std::set<std::uint64_t> acknowledging_;
  std::set<std::uint64_t> typing_requests_;  // nobody minds what becomes of them
  Unsent unsent_;
  Ticks ticks_;
  OwnTyping own_typing_;
  TheirTyping their_typing_;
  std::string typed_;  // without a terminal: of a line that has no end yet
  bool over_ = false;
  Session::Clock::time_point patience_ = Session::Clock::time_point::max();  // once it is over
};

}  // namespace bisik::client
