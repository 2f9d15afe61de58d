#include "client/cli/qr.hpp"

#include <qrencode.h>

#include <memory>
#include <new>

namespace bisik::client {
namespace {

constexpr int kQuiet = 2;  // modules of margin; the standard says 4, every scanner takes 2

struct Free {
  void operator()(QRcode* code) const noexcept { QRcode_free(code); }
};

bool dark(const QRcode& code, int row, int column) {
  if (row < 0 || column < 0 || row >= code.width || column >= code.width) return false;
  return (code.data[row * code.width + column] & 1U) != 0;
}

// Upper and lower module in one character; the foreground is black, the background white.
Literal half_block(bool upper, bool lower) {
  if (upper && lower) return "\u2588";
  if (upper) return "\u2580";
  if (lower) return "\u2584";
  return " ";
}

}  // namespace

void print_qr(Output& out, crypto::ByteView contents) {
  const std::unique_ptr<QRcode, Free> code{
      QRcode_encodeData(static_cast<int>(contents.size()), contents.data(), 0, QR_ECLEVEL_L)};
  if (!code) throw std::bad_alloc{};
  const int end = code->width + kQuiet;
  // Without colours the ink is the text's, and most terminals write light on dark.
  if (static_cast<std::size_t>(end + kQuiet) > out.columns()) return;
  for (int row = -kQuiet; row < end; row += 2) {
    SafeText line;
    for (int column = -kQuiet; column < end; ++column) {
      const bool upper = dark(*code, row, column);
      const bool lower = dark(*code, row + 1, column);
      line += out.coloured() ? half_block(upper, lower) : half_block(!upper, !lower);
    }
    out.styled(Style::black_on_white, line) << "\n";
  }
}

}  // namespace bisik::client
