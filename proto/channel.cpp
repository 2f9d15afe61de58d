#include "proto/channel.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

namespace bisik::proto {
namespace {

static_assert(kRecordTagBytes == crypto::kTagBytes);

// 32 zero bits, then the counter, little-endian (Noise, 12.3).
crypto::chacha::Nonce nonce(std::uint64_t count) {
  crypto::chacha::Nonce out{};
  for (std::size_t i = 0; i < sizeof count; ++i) {
    out[4 + i] = static_cast<std::uint8_t>(count >> (8 * i));
  }
  return out;
}

void write_length(std::size_t length, MutableBytes record) {
  record[0] = static_cast<std::uint8_t>(length >> 8U);
  record[1] = static_cast<std::uint8_t>(length);
}

}  // namespace

void Cipher::seal(ByteView ad, ByteView plaintext, MutableBytes out) {
  crypto::chacha::seal(key_, nonce(count_), ad, plaintext, out);
  advance();
}

bool Cipher::open(ByteView ad, ByteView ciphertext, MutableBytes out) {
  if (!crypto::chacha::open(key_, nonce(count_), ad, ciphertext, out)) return false;
  advance();
  return true;
}

void Cipher::advance() {
  ++count_;
  assert(count_ < std::numeric_limits<std::uint64_t>::max());  // that nonce is for REKEY
  if (count_ % kRekeyRecords == 0) key_ = crypto::chacha::rekey(key_);
}

Result<void> Channel::seal(ByteView frame, Bytes& out) {
  if (frame.size() > kMaxFrameBytes) return Errc::too_large;
  const auto before = out.size();
  out.resize(before + record_bytes(frame.size()));
  const auto record = MutableBytes{out}.subspan(before);
  std::ranges::copy(frame, record.begin() + kLengthBytes);
  const auto sealed = seal_in_place(record);
  if (!sealed) out.resize(before);
  return sealed;
}

Result<void> Channel::seal_in_place(MutableBytes record) {
  assert(record.size() >= record_bytes(0));
  if (broken_) return Errc::broken_channel;
  if (record.size() > record_bytes(kMaxFrameBytes)) return Errc::too_large;
  const auto ciphertext = record.subspan(kLengthBytes);
  write_length(ciphertext.size(), record);
  sending_.seal({}, ciphertext.first(ciphertext.size() - kRecordTagBytes), ciphertext);
  return {};
}

Result<MutableBytes> Channel::open(MutableBytes ciphertext) {
  if (broken_) return Errc::broken_channel;
  if (ciphertext.size() >= kRecordTagBytes) {
    const auto frame = ciphertext.first(ciphertext.size() - kRecordTagBytes);
    if (receiving_.open({}, ciphertext, frame)) return frame;
  }
  broken_ = true;
  return Errc::broken_channel;
}

}  // namespace bisik::proto
