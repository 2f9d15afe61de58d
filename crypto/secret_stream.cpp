#include "crypto/secret_stream.hpp"

#include <cassert>

#include "crypto/declassify.hpp"

namespace bisik::crypto {
namespace {

static_assert(sizeof(StreamHeader) == crypto_secretstream_xchacha20poly1305_HEADERBYTES);
static_assert(StreamKey::kSize == crypto_secretstream_xchacha20poly1305_KEYBYTES);
static_assert(kStreamOverhead == crypto_secretstream_xchacha20poly1305_ABYTES);

}  // namespace

StreamSealer::StreamSealer(const StreamKey& key) {
  const int status = crypto_secretstream_xchacha20poly1305_init_push(state_.get(), header_.data(),
                                                                     key.expose().data());
  assert(status == 0);
  static_cast<void>(status);
}

Bytes StreamSealer::seal(ByteView associated, const SecretBuffer& message, StreamPlace place) {
  const auto tag = place == StreamPlace::last
                       ? std::uint8_t{crypto_secretstream_xchacha20poly1305_TAG_FINAL}
                       : std::uint8_t{crypto_secretstream_xchacha20poly1305_TAG_MESSAGE};
  const auto plaintext = message.expose();
  Bytes sealed(plaintext.size() + kStreamOverhead);
  const int status = crypto_secretstream_xchacha20poly1305_push(
      state_.get(), sealed.data(), nullptr, plaintext.data(), plaintext.size(), associated.data(),
      associated.size(), tag);
  assert(status == 0);
  static_cast<void>(status);
  return sealed;
}

StreamOpener::StreamOpener(const StreamKey& key, const StreamHeader& header) {
  const int status = crypto_secretstream_xchacha20poly1305_init_pull(state_.get(), header.data(),
                                                                     key.expose().data());
  assert(status == 0);
  static_cast<void>(status);
}

Result<StreamOpener::Opened> StreamOpener::open(ByteView associated, ByteView sealed) {
  if (sealed.size() < kStreamOverhead) return Errc::authentication_failed;
  SecretBuffer message(sealed.size() - kStreamOverhead);
  std::uint8_t tag = 0;
  const int status = crypto_secretstream_xchacha20poly1305_pull(
      state_.get(), message.expose_mutable().data(), nullptr, &tag, sealed.data(), sealed.size(),
      associated.data(), associated.size());
  declassify(status);
  if (status != 0) return Errc::authentication_failed;
  declassify(tag);  // the end of the stream shows it
  switch (tag) {
    case crypto_secretstream_xchacha20poly1305_TAG_MESSAGE:
      return Opened{std::move(message), StreamPlace::before_the_last};
    case crypto_secretstream_xchacha20poly1305_TAG_FINAL:
      return Opened{std::move(message), StreamPlace::last};
    default:
      return Errc::malformed;
  }
}

}  // namespace bisik::crypto
