#include "client/cli/line_wrap.hpp"

#include <algorithm>
#include <utility>

#include "client/codepoint.hpp"

namespace bisik::client {
namespace {

// Beside the indent there has to be room for two of the widest characters.
constexpr std::size_t kLeastColumns = 4;

}  // namespace

void LineWrap::hang(std::size_t indent) {
  indent_ = indent + kLeastColumns <= columns_ ? indent : 0;
}

std::string LineWrap::take(std::string_view text) {
  while (!text.empty()) {
    const auto begin = text;
    const auto c = client::take_code_point(text);
    take_code_point(c, begin.substr(0, begin.size() - text.size()));
  }
  return std::exchange(out_, {});
}

std::string LineWrap::finish() {
  place_word();
  out_.append(std::exchange(spaces_, 0), ' ');
  return std::exchange(out_, {});
}

void LineWrap::take_code_point(char32_t c, std::string_view bytes) {
  if (c == U'\n') return end_line();
  if (c == U' ') {
    place_word();
    ++spaces_;
    return;
  }
  if (starts_.empty() || breaks_between(before_, c, grapheme_)) {
    starts_.push_back({word_.size(), word_columns_});
  }
  before_ = c;
  word_ += bytes;
  word_columns_ += static_cast<std::size_t>(columns_of(c));
  if (column_ + spaces_ + word_columns_ > columns_) make_room();
}

void LineWrap::end_line() {
  place_word();
  spaces_ = 0;
  column_ = 0;
  out_ += '\n';
}

void LineWrap::place_word() {
  if (word_.empty()) return;
  if (word_columns_ > 0) {
    out_.append(spaces_, ' ');
    column_ += std::exchange(spaces_, 0);
  }
  out_ += std::exchange(word_, {});
  column_ += std::exchange(word_columns_, 0);
  starts_.clear();
  grapheme_ = 0;
}

// The word begins a line; what does not fit there begins further ones.
void LineWrap::make_room() {
  if (column_ == 0) {
    spaces_ = std::min(spaces_, indent_);
  } else {
    out_ += '\n';
    column_ = 0;
    spaces_ = indent_;
  }
  while (spaces_ + word_columns_ > columns_ && cut_word()) continue;
}

// As many characters of the word as fit are a line. False: it is one character, whatever it takes.
bool LineWrap::cut_word() {
  if (starts_.size() < 2) return false;
  auto cut = starts_.begin() + 1;
  while (cut + 1 != starts_.end() && spaces_ + (cut + 1)->column <= columns_) ++cut;
  std::vector<Start> rest_starts{cut, starts_.end()};
  for (auto& start : rest_starts) {
    start.byte -= cut->byte;
    start.column -= cut->column;
  }
  auto rest = word_.substr(cut->byte);
  const auto rest_columns = word_columns_ - cut->column;
  word_.resize(cut->byte);
  word_columns_ = cut->column;
  const auto state = grapheme_;
  place_word();
  out_ += '\n';
  column_ = 0;
  spaces_ = indent_;
  word_ = std::move(rest);
  word_columns_ = rest_columns;
  starts_ = std::move(rest_starts);
  grapheme_ = state;
  return true;
}

}  // namespace bisik::client
