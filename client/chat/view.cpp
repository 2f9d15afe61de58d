#include "client/chat/view.hpp"

#include "client/codepoint.hpp"
#include "client/limits.hpp"

namespace bisik::client {
namespace {

constexpr Literal kPrompt = "> ";
constexpr std::size_t kPromptColumns = 2;

// The end of a text that fits, beginning with an ellipsis if something is missing.
SafeText tail(const std::string& text, std::size_t columns) {
  const auto all = SafeText::line(text);
  if (all.columns() <= columns) return all;
  std::string_view rest = text;
  while (!rest.empty() && SafeText::line(rest).columns() + 1 > columns) (void)take_code_point(rest);
  return SafeText{"\u2026"} + SafeText::line(rest);
}

}  // namespace

// The last column stays free: writing into it would wrap on some terminals.
std::size_t ChatView::columns() const {
  return std::max<std::size_t>(out_.columns(), kPromptColumns + 4) - 1;
}

void ChatView::erase() {
  if (editor_ == nullptr) return;
  out_ << "\r";
  if (rows_above_input_ > 0) out_.up(rows_above_input_);
  out_.erase_below();
  rows_above_input_ = 0;
}

void ChatView::draw() {
  if (editor_ == nullptr) return;
  const auto columns = this->columns();
  for (const auto& line : ticks_) out_.styled(Style::dim, line.cut(columns)) << "\n";
  const auto shown = std::min(waiting_.size(), kMaxWaitingShown);
  for (std::size_t i = 0; i < shown; ++i) {
    out_.styled(Style::dim, waiting_[i].cut(columns)) << "\n";
  }
  if (waiting_.size() > shown) {
    const auto more =
        SafeText{"\u2026 "} + SafeText::number(waiting_.size() - shown) + " more wait to be sent";
    out_.styled(Style::dim, more.cut(columns)) << "\n";
  }
  rows_above_input_ = ticks_.size() + shown + (waiting_.size() > shown ? 1 : 0);
  if (status_.columns() > 0) {
    out_.styled(Style::dim, status_.cut(columns)) << "\n";
    ++rows_above_input_;
  }
  draw_input(columns - kPromptColumns);
}

void ChatView::draw_input(std::size_t columns) {
  const auto before = tail(editor_->before_cursor(), columns * 3 / 4);
  const auto after = SafeText::line(editor_->after_cursor()).cut(columns - before.columns());
  out_ << kPrompt << before << after;
  if (after.columns() > 0) out_.left(after.columns());
}

void ChatView::close() {
  if (editor_ == nullptr) return;
  erase();
  out_.flush();
}

}  // namespace bisik::client
