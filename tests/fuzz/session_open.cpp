// Cells of strangers, and of a peer who misuses the keys of the session. The first byte chooses the
// session's shape, the second how the rest is taken:
//
//     0  as it came over the wire
//     1  a header that opens under the key of the peer's next chain, a KEM part that does where the
//        header promises one, and anything

#include "tests/fuzz/sessions.hpp"

namespace bisik::crypto::fuzz {
namespace {

// docs/protocol.md 6.7. A first message that repeats stands before the ratchet.
HeaderKey next_receiving_header_key(const Bytes& state, bool confirmed) {
  const std::size_t repeated = confirmed ? 0 : HandshakeFields::kSize + SealKey::Public::kSize;
  const auto at = 1 + 32 + 32 + 25 + 2 * 36 + 1 + repeated + 2 * 32;
  return HeaderKey::fill(
      [&](auto out) { std::ranges::copy(ByteView{state}.subspan(at, 32), out.begin()); });
}

void append_sealed(Bytes& out, const HeaderKey& key, ByteView associated, ByteView plain) {
  const xchacha::Nonce nonce{};
  out.insert(out.end(), nonce.begin(), nonce.end());
  const auto at = out.size();
  out.resize(at + plain.size() + kTagBytes);
  xchacha::seal(key, nonce, associated, plain, MutableBytes{out}.subspan(at));
}

Bytes by_the_peer(const HeaderKey& key, ByteView input) {
  Bytes header(Header::kSize);
  overwrite(header, 0, input);
  input = input.subspan(std::min(input.size(), header.size()));
  Bytes wire;
  append_sealed(wire, key, {}, header);
  const auto flags = parse_contents(header[1]);
  if (flags && *flags != KemContents::nothing) {
    Bytes kem(kem_part_bytes(*flags) - 24 - kTagBytes);
    overwrite(kem, 0, input);
    input = input.subspan(std::min(input.size(), kem.size()));
    const auto sealed_header = wire;
    append_sealed(wire, key, sealed_header, kem);
  }
  wire.insert(wire.end(), input.begin(), input.end());
  return wire;
}

void check(ByteView input) {
  const auto& shapes = Sessions::fixed().shapes;
  const auto& shape = shapes[input[0] % shapes.size()];
  auto session = restore(shape.state).value();
  const auto rest = input.subspan(2);
  if (input[1] == 0) return open_and_check(session, rest);
  const auto key = next_receiving_header_key(shape.state, session.confirmed());
  open_and_check(session, by_the_peer(key, rest));
}

}  // namespace
}  // namespace bisik::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size >= 2) bisik::crypto::fuzz::check({data, size});
  return 0;
}
