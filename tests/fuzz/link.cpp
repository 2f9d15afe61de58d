// A link as a person pastes it. Whatever is accepted has one form.

#include <cassert>

#include "proto/link.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace bisik;
  const auto link = proto::parse_link(crypto::as_text({bytes, size}));
  if (!link) return 0;
  const auto text = proto::format_link(*link);
  assert(proto::parse_link(text).value() == *link);
  assert(proto::format_link(proto::parse_link(text).value()) == text);
  return 0;
}
