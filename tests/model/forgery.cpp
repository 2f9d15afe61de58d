#include "tests/model/forgery.hpp"

#include <array>

#include "crypto/sending_chain.hpp"

namespace bisik::model {
namespace {

using crypto::Header;
using crypto::kSealedHeaderBytes;
using crypto::SendingChain;
namespace xchacha = crypto::xchacha;

constexpr std::size_t kChainAt = 3 * 32 + 1;  // in what Ratchet::write() writes (6.7)

// One byte of the header, at these places and with these values, and the message is not one.
struct HeaderEdit {
  std::size_t at;
  std::uint8_t value;
};
constexpr std::array kHeaderEdits{
    HeaderEdit{0, 0}, HeaderEdit{0, 2},  HeaderEdit{1, 2},  HeaderEdit{1, 4},
    HeaderEdit{1, 7}, HeaderEdit{42, 1}, HeaderEdit{63, 1}, HeaderEdit{63, 0x80},
};

// p, p + 1 and a zero with bit 255 set: other ways to write what has one encoding.
crypto::ByteArray<32> non_canonical(Source& source) {
  crypto::ByteArray<32> point{};
  point.back() = 0x80;
  if (chance(source, 30)) return point;
  point.fill(0xff);
  point.front() = chance(source, 50) ? 0xed : 0xee;
  point.back() = 0x7f;
  return point;
}

// Of order 1, 2 and 4 on the curve or its twist: 0, 1 and p - 1.
crypto::ByteArray<32> low_order(Source& source) {
  crypto::ByteArray<32> point{};
  const auto which = below(source, 3);
  if (which < 2) {
    point.front() = static_cast<std::uint8_t>(which);
    return point;
  }
  point.fill(0xff);
  point.front() = 0xec;
  point.back() = 0x7f;
  return point;
}

SendingChain chain_of(ByteView state) {
  crypto::SecretBuffer buffer;
  buffer.append(state.subspan(kChainAt));
  crypto::SecretReader in{buffer};
  return SendingChain::read(in).value();
}

// The header opened, changed as bytes, and sealed again.
void reseal_header(const SendingChain& chain, Bytes& wire, Source& source) {
  const auto header = std::span{wire}.first<kSealedHeaderBytes>();
  xchacha::Nonce nonce;
  std::ranges::copy(header.first(nonce.size()), nonce.begin());
  Header::Encoded encoded;
  if (!xchacha::open(chain.header_key, nonce, {}, header.subspan(nonce.size()), encoded)) {
    throw std::logic_error{"a header of ours does not open"};
  }
  const auto kind = below(source, kHeaderEdits.size() + 2);
  if (kind < kHeaderEdits.size()) {
    encoded[kHeaderEdits[kind].at] = kHeaderEdits[kind].value;
  } else if (kind == kHeaderEdits.size()) {
    std::fill_n(encoded.begin() + 38, 4, std::uint8_t{0xff});  // N = 2^32 - 1
  } else {
    std::ranges::copy(non_canonical(source), encoded.begin() + 2);
  }
  xchacha::seal(chain.header_key, nonce, {}, encoded, header.subspan(nonce.size()));
}

// What the chain itself would write, had it another number, key or part.
bool spoil(SendingChain& chain, Source& source) {
  const auto far = static_cast<std::uint32_t>(999 + below(source, 4));
  switch (below(source, 9)) {
    case 0:
      chain.next_index += far;
      return true;
    case 1:
      chain.previous_length += far;
      return true;
    case 2:
      if (chain.previous_length == 0) return false;
      chain.previous_length -= 1;
      return true;
    case 3:
      chain.dh.public_key.bytes = low_order(source);
      return true;
    case 4:
      chain.dh.public_key.bytes[5] ^= 1;
      return true;
    case 5:
      if (!chain.kem) return false;
      std::fill_n(chain.kem->offer.key.bytes.begin() + 300, 3, std::uint8_t{0xff});
      return true;
    case 6:
      if (!chain.kem) return false;
      chain.kem->offer.ciphertext.reset();
      return true;
    case 7:
      if (!chain.kem) return false;
      chain.kem.reset();
      return true;
    default:
      return true;  // a copied state: as good as the true one
  }
}

}  // namespace

std::optional<Bytes> forged_message(ByteView state, ByteView associated, Source& source) {
  auto chain = chain_of(state);
  const bool header_alone = chance(source, 40);
  if (!header_alone && !spoil(chain, source)) return std::nullopt;
  const auto content = random_bytes(source, below(source, 40));
  const auto size = content.size() + crypto::message_overhead(chain.carries());
  auto wire = chain.seal(associated, content, size + below(source, 20));
  if (header_alone) reseal_header(chain, wire, source);
  return wire;
}

}  // namespace bisik::model
