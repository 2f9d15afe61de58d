// First messages: the first byte says how the rest is taken.
//
//     0  a cell as it came over the wire
//     1  what is inside the seal, by somebody who sealed it as one should
//     2  the same, with a device record that is genuine

#include "tests/fuzz/sessions.hpp"

namespace bisik::crypto::fuzz {
namespace {

void respond(const FirstMessage& first) {
  const auto& bob = Sessions::fixed().bob;
  auto accepted =
      Session::respond(bob.named_by(first.handshake.origin.ids), first, Remembered{}, kNow);
  if (accepted) require(accepted->session.seal(kCell, {}).size() == kCell);
}

void check_cell(ByteView cell) {
  const auto first = open_first_message(Sessions::fixed().bob.seal, cell);
  if (first) respond(*first);
}

void check_fields(Bytes inside) {
  Decoder in{inside};
  const auto handshake = HandshakeFields::decode(in);
  if (!handshake) return;
  Encoder again{HandshakeFields::kSize};
  handshake->encode(again);
  require(std::ranges::equal(again.bytes(), ByteView{inside}.first(HandshakeFields::kSize)));
  const auto message = in.take(in.left());
  respond({*handshake, copy_of(message)});
}

void check(std::uint8_t choice, Bytes input) {
  if (choice == 0) return check_cell(input);
  if (choice == 2) overwrite(input, 0, Sessions::fixed().alice.device.record.bytes());
  check_fields(std::move(input));
}

}  // namespace
}  // namespace bisik::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0) bisik::crypto::fuzz::check(data[0], {data + 1, data + size});
  return 0;
}
