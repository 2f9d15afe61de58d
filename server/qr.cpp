#include "server/qr.hpp"

#include <qrencode.h>

#include <memory>

namespace bisik::server {
namespace {

constexpr int kQuiet = 2;  // modules of margin: what scanners of screens need

struct Free {
  void operator()(QRcode* code) const noexcept { QRcode_free(code); }
};

bool is_dark(const QRcode& code, int x, int y) {
  if (x < 0 || y < 0 || x >= code.width || y >= code.width) return false;
  return (code.data[y * code.width + x] & 1U) != 0;
}

}  // namespace

std::optional<std::string> qr_text(std::string_view text) {
  const std::unique_ptr<QRcode, Free> code{
      QRcode_encodeString8bit(std::string{text}.c_str(), 0, QR_ECLEVEL_L)};
  if (code == nullptr) return std::nullopt;
  std::string out;
  for (int y = -kQuiet; y < code->width + kQuiet; y += 2) {
    // Black on white whatever the terminal's colours are.
    out += "\x1b[30;107m";
    for (int x = -kQuiet; x < code->width + kQuiet; ++x) {
      const bool upper = is_dark(*code, x, y);
      const bool lower = is_dark(*code, x, y + 1);
      out += upper ? (lower ? "█" : "▀") : (lower ? "▄" : " ");
    }
    out += "\x1b[0m\n";
  }
  return out;
}

}  // namespace bisik::server
