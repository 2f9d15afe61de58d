// The first byte chooses who reads the rest: a relay that gets it as an opening, a relay that gets
// it as a Noise message under a genuine MAC, as an identity, a client that gets it as an answer, or
// the decoders of what stands inside.

#include <cassert>

#include "crypto/sodium.hpp"
#include "proto/connection.hpp"
#include "proto/frame.hpp"

namespace {

using namespace bisik;
using proto::ByteView;

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds{1'800'000'000}};

crypto::DhKeyPair key_pair(std::uint8_t fill) {
  return crypto::DhKeyPair::from(
      crypto::DhSecretKey::fill([fill](auto out) { std::ranges::fill(out, fill); }));
}

const proto::Reception& reception() {
  static const proto::Reception one{key_pair(1), crypto::VerifyKey{}};
  return one;
}

void read_as_identity(ByteView bytes) {
  const auto call = proto::call_own(reception().key(), key_pair(2));
  auto reply = reception().receive(call->opening, kNow);
  auto state = std::get<proto::AwaitingIdentity>(std::move(reply->next));
  assert(!std::move(state).finish(bytes));
}

void read_as_answer(ByteView bytes) {
  assert(!std::move(proto::call_anonymous(reception().key())->state).finish(bytes));
  assert(!std::move(proto::call_own(reception().key(), key_pair(2))->state).finish(bytes));
}

void read(unsigned reader, ByteView bytes) {
  const proto::OpeningMac mac{reception().key()};
  switch (reader % 6) {
    case 0:
      static_cast<void>(reception().receive(bytes, kNow));
      break;
    case 1:
      static_cast<void>(reception().receive(mac.wrap(proto::Pattern::nk, bytes), kNow));
      break;
    case 2:
      static_cast<void>(reception().receive(mac.wrap(proto::Pattern::xk, bytes), kNow));
      break;
    case 3:
      read_as_identity(bytes);
      break;
    case 4:
      read_as_answer(bytes);
      break;
    default:
      static_cast<void>(proto::decode_opening(bytes));
      static_cast<void>(proto::decode_answer(bytes));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  crypto::initialise();
  if (size > 0) read(bytes[0], {bytes + 1, size - 1});
  return 0;
}
