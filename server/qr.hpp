// A QR code as text, two modules a character, for a terminal with dark or light background.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bisik::server {

// Nothing if the text is too long for a code.
[[nodiscard]] std::optional<std::string> qr_text(std::string_view text);

}  // namespace bisik::server
