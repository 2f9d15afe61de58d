// A webhook's address and its answer: whatever they are, the request is one, with the lines that it
// should have and no others.
#include "client/hook/webhook.hpp"

#include <algorithm>
#include <cstdlib>

#include "crypto/bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bisik::client;
  const auto text = bisik::crypto::as_text({data, size});
  const auto status = webhook_status(text);
  if (status && *status != 0 && (*status < 100 || *status > 999)) std::abort();
  const auto parsed = parse_webhook_url(text);
  if (!parsed.url) {
    if (parsed.why_not.empty()) std::abort();
    return 0;
  }
  const auto request = webhook_request(*parsed.url, "secret", "{}");
  if (!request.starts_with("POST /") || !request.ends_with("\r\n\r\n{}")) std::abort();
  if (std::ranges::count(request, '\n') != 8) std::abort();
  return 0;
}
