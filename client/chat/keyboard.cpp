// The half of a chat that hears the person.
#include <unistd.h>

#include <cerrno>

#include "client/chat/chat.hpp"
#include "client/limits.hpp"
#include "client/what_shows.hpp"
#include "crypto/hex.hpp"
#include "crypto/random.hpp"

namespace bisik::client {

using proto::pb::ApiRequest;
using proto::pb::Message;

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
      editor_.clear();
      return say_typing(own_typing_.ended());
    case LineEditor::Key::redraw:
      return;
    case LineEditor::Key::none:
      return say_typing(own_typing_.pressed(Session::Clock::now(), is_no_message()));
  }
}

void Chat::enter(std::string line) {
  if (is_blank(line)) return;
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

// A command is nobody else's business.
bool Chat::is_no_message() const {
  const auto line = editor_.before_cursor() + editor_.after_cursor();
  return is_blank(line) || (line.starts_with('/') && !line.starts_with("//"));
}

void Chat::say_typing(OwnTyping::Say what) {
  if (what == OwnTyping::Say::nothing) return;
  ApiRequest request;
  request.mutable_typing()->add_recipients(name_);
  request.mutable_typing()->set_stopped(what == OwnTyping::Say::stopped);
  typing_requests_.insert(session_.ask(std::move(request)));
}

void Chat::send(std::string text) {
  own_typing_.sent();
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
  unsent_.add(session_.ask(std::move(request)), std::move(message));
  show_waiting();
}

}  // namespace bisik::client
