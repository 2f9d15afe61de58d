#include "client/safe_text.hpp"

#include "client/codepoint.hpp"
#include "client/limits.hpp"

namespace bisik::client {
namespace {

constexpr std::string_view kLineEnd = "\u23CE";
constexpr std::string_view kEllipsis = "\u2026";

// Feeds on code points and writes what may be shown.
class Cleaner {
 public:
  // `line_end` is what stands for the end of a line.
  explicit Cleaner(std::string line_end) : line_end_{std::move(line_end)} {}

  void take(char32_t c) {
    switch (classify(c)) {
      case Glyph::visible:
        return put(c);
      case Glyph::mark:
        if (marks_ < kMaxMarks) append_utf8(out_, c);
        ++marks_;
        return;
      case Glyph::space:
        out_.append(c == U'\t' ? kTabColumns : 1, ' ');
        marks_ = kMaxMarks;  // a space is no character that something could join
        return;
      case Glyph::newline:
        out_ += line_end_;
        marks_ = kMaxMarks;
        return;
      case Glyph::invisible:
        return;
      case Glyph::forbidden:
        return put(kReplacement);
    }
  }

  [[nodiscard]] std::string finish() && { return std::move(out_); }

 private:
  void put(char32_t c) {
    append_utf8(out_, c);
    marks_ = 0;
  }

  std::string line_end_;
  std::string out_;
  int marks_ = kMaxMarks;  // the first character of all must not join what stands before it
};

std::string clean(std::string_view text, std::string line_end) {
  Cleaner cleaner{std::move(line_end)};
  while (!text.empty()) {
    if (text.starts_with("\r\n")) text.remove_prefix(1);
    cleaner.take(take_code_point(text));
  }
  return std::move(cleaner).finish();
}

std::size_t width(char32_t c) { return static_cast<std::size_t>(columns_of(c)); }

}  // namespace

SafeText SafeText::line(std::string_view untrusted) {
  return SafeText{Clean{clean(untrusted, std::string{kLineEnd})}};
}

SafeText SafeText::text(std::string_view untrusted, std::size_t indent) {
  auto out = clean(untrusted, '\n' + std::string(indent, ' '));
  const auto end = out.find_last_not_of(" \n");
  out.resize(end == std::string::npos ? 0 : end + 1);
  return SafeText{Clean{std::move(out)}};
}

std::size_t SafeText::columns() const {
  std::size_t columns = 0;
  for (std::string_view rest = text_; !rest.empty();) columns += width(take_code_point(rest));
  return columns;
}

SafeText SafeText::cut(std::size_t columns) const {
  if (this->columns() <= columns) return *this;
  if (columns == 0) return {};
  std::size_t used = 0;
  std::string_view rest = text_;
  std::size_t end = 0;
  while (!rest.empty()) {
    used += width(take_code_point(rest));
    if (used > columns - 1) break;  // one column is the ellipsis'
    end = text_.size() - rest.size();
  }
  return SafeText{Clean{text_.substr(0, end) + std::string{kEllipsis}}};
}

SafeText SafeText::padded(std::size_t columns) const {
  const auto used = this->columns();
  if (used >= columns) return *this;
  return SafeText{Clean{text_ + std::string(columns - used, ' ')}};
}

}  // namespace bisik::client
