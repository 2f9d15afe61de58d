#include "crypto/header.hpp"

#include "crypto/declassify.hpp"

namespace bisik::crypto {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kZeros = 22;

}  // namespace

Result<KemContents> parse_contents(std::uint8_t flags) {
  const auto contents = static_cast<KemContents>(flags);
  switch (contents) {
    case KemContents::nothing:
    case KemContents::key:
    case KemContents::key_and_ciphertext:
      return contents;
  }
  return Errc::malformed;
}

Header::Encoded Header::encode() const {
  Encoder out{kSize};
  out.append_int(kVersion).append_int(static_cast<std::uint8_t>(carries)).append(dh.bytes);
  out.append_int(previous_length).append_int(index);
  Encoded encoded{};  // ends in zeros
  std::ranges::copy(out.bytes(), encoded.begin());
  return encoded;
}

Result<Header> Header::parse(const Encoded& encoded) {
  Decoder in{encoded};
  const auto version = in.take_int<std::uint8_t>();
  const auto carries = parse_contents(in.take_int<std::uint8_t>());
  const auto dh = DhPublicKey::parse(in.take(DhPublicKey::kSize));
  const auto previous_length = in.take_int<std::uint32_t>();
  const auto index = in.take_int<std::uint32_t>();
  const auto zeros = in.take(kZeros);
  if (version != kVersion || !carries || !in.finish() || index > kMaxIndex ||
      std::ranges::any_of(zeros, [](auto byte) { return byte != 0; })) {
    return Errc::malformed;
  }
  if (!dh) return dh.error();
  return Header{*carries, *dh, previous_length, index};
}

void seal_header(const HeaderKey& key, const xchacha::Nonce& nonce, const Header& header,
                 std::span<std::uint8_t, kSealedHeaderBytes> out) {
  std::ranges::copy(nonce, out.begin());
  xchacha::seal(key, nonce, {}, header.encode(), out.subspan(nonce.size()));
}

Result<Header> open_header(const HeaderKey& key, SealedHeader sealed) {
  xchacha::Nonce nonce;
  std::ranges::copy(sealed.first<std::tuple_size_v<xchacha::Nonce>>(), nonce.begin());
  Header::Encoded encoded;
  if (!xchacha::open(key, nonce, {}, sealed.subspan(nonce.size()), encoded)) {
    return Errc::no_header_key;
  }
  declassify(encoded);  // decides what is done next
  return Header::parse(encoded);
}

}  // namespace bisik::crypto
