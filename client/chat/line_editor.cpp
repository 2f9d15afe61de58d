#include "client/chat/line_editor.hpp"

#include <algorithm>

#include "client/codepoint.hpp"
#include "client/limits.hpp"

namespace bisik::client {
namespace {

constexpr unsigned char control(char letter) {
  return static_cast<unsigned char>(letter - 'A' + 1);
}
constexpr unsigned char kEscape = 0x1b;
constexpr unsigned char kDelete = 0x7f;
constexpr std::string_view kPasteBegins = "200";
constexpr std::string_view kPasteEnds = "201";

// Bytes of the character that this one begins; 0: it begins none.
std::size_t utf8_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

}  // namespace

LineEditor::Key LineEditor::press(unsigned char byte) {
  switch (state_) {
    case State::escape:
      state_ = byte == '[' || byte == 'O' ? State::sequence : State::text;
      sequence_.clear();
      if (byte == 'b') cursor_ = word_start();
      if (byte == 'f') cursor_ = word_end();
      return Key::none;
    case State::sequence:
      if (byte >= 0x40 && byte <= 0x7e) {
        state_ = State::text;
        finish_sequence(static_cast<char>(byte));
      } else if (sequence_.size() < kMaxSequenceBytes) {
        sequence_ += static_cast<char>(byte);
      }
      return Key::none;
    case State::text:
      break;
  }
  if (byte == kEscape) {
    state_ = State::escape;
    return Key::none;
  }
  if (pasting_ && (byte == '\r' || byte == '\n')) {
    insert(U'\n');
    return Key::none;
  }
  if (byte < 0x20 || byte == kDelete) return pasting_ ? Key::none : press_control(byte);
  press_text(byte);
  return Key::none;
}

LineEditor::Key LineEditor::press_control(unsigned char byte) {
  switch (byte) {
    case '\r':
    case '\n':
      return Key::enter;
    case control('C'):
      return Key::interrupt;
    case control('D'):
      if (text_.empty()) return Key::end;
      erase(cursor_, cursor_ + 1);
      break;
    case control('L'):
      return Key::redraw;
    case control('A'):
      cursor_ = 0;
      break;
    case control('E'):
      cursor_ = text_.size();
      break;
    case control('B'):
      finish_sequence('D');
      break;
    case control('F'):
      finish_sequence('C');
      break;
    case control('P'):
      finish_sequence('A');
      break;
    case control('N'):
      finish_sequence('B');
      break;
    case control('U'):
      erase(0, cursor_);
      break;
    case control('K'):
      erase(cursor_, text_.size());
      break;
    case control('W'):
      erase(word_start(), cursor_);
      break;
    case control('H'):
    case kDelete:
      if (cursor_ > 0) erase(cursor_ - 1, cursor_);
      break;
    default:
      break;
  }
  return Key::none;
}

void LineEditor::press_text(unsigned char byte) {
  if (utf8_length(byte) != 0) partial_.clear();  // the character before it was never finished
  partial_ += static_cast<char>(byte);
  const auto length = utf8_length(static_cast<unsigned char>(partial_.front()));
  if (length > partial_.size()) return;
  std::string_view bytes = partial_;
  const auto c = take_code_point(bytes);
  partial_.clear();
  if (length != 0 && c != kReplacement) insert(c);
}

void LineEditor::finish_sequence(char final_byte) {
  if (final_byte == '~') {
    if (sequence_ == kPasteBegins) pasting_ = true;
    if (sequence_ == kPasteEnds) pasting_ = false;
    if (sequence_ == "3") erase(cursor_, cursor_ + 1);
    if (sequence_ == "1" || sequence_ == "7") cursor_ = 0;
    if (sequence_ == "4" || sequence_ == "8") cursor_ = text_.size();
    return;
  }
  if (pasting_) return;
  switch (final_byte) {
    case 'A':
      if (recalled_ > 0) recall(recalled_ - 1);
      break;
    case 'B':
      if (recalled_ < sent_.size()) recall(recalled_ + 1);
      break;
    case 'C':
      cursor_ = std::min(cursor_ + 1, text_.size());
      break;
    case 'D':
      cursor_ -= cursor_ > 0 ? 1 : 0;
      break;
    case 'H':
      cursor_ = 0;
      break;
    case 'F':
      cursor_ = text_.size();
      break;
    default:
      break;
  }
}

std::string LineEditor::take() {
  auto line = utf8(0, text_.size());
  if (!text_.empty()) sent_.push_back(text_);
  if (sent_.size() > kMaxRecalled) sent_.erase(sent_.begin());
  clear();
  return line;
}

void LineEditor::clear() {
  text_.clear();
  cursor_ = 0;
  recalled_ = sent_.size();
}

void LineEditor::insert(char32_t c) {
  if (text_.size() >= kMaxTyped) return;
  text_.insert(cursor_, 1, c);
  ++cursor_;
}

void LineEditor::erase(std::size_t from, std::size_t to) {
  to = std::min(to, text_.size());
  if (from >= to) return;
  text_.erase(from, to - from);
  if (cursor_ > from) cursor_ = std::max(from, cursor_ - std::min(cursor_, to - from));
}

std::size_t LineEditor::word_start() const {
  auto at = cursor_;
  while (at > 0 && text_[at - 1] == U' ') --at;
  while (at > 0 && text_[at - 1] != U' ') --at;
  return at;
}

std::size_t LineEditor::word_end() const {
  auto at = cursor_;
  while (at < text_.size() && text_[at] == U' ') ++at;
  while (at < text_.size() && text_[at] != U' ') ++at;
  return at;
}

void LineEditor::recall(std::size_t entry) {
  recalled_ = entry;
  text_ = entry < sent_.size() ? sent_[entry] : std::u32string{};
  cursor_ = text_.size();
}

std::string LineEditor::utf8(std::size_t from, std::size_t to) const {
  std::string out;
  for (auto at = from; at < to; ++at) append_utf8(out, text_[at]);
  return out;
}

}  // namespace bisik::client
