#include "client/vault_header.hpp"

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace bisik::client {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

crypto::Bytes VaultHeader::associated() const {
  crypto::Encoder out{kSize};
  out.append_int(kVersion)
      .append_int(static_cast<std::uint8_t>(method))
      .append(salt)
      .append_int(cost.passes)
      .append_int(cost.memory_kib);
  return std::move(out).bytes();
}

crypto::Bytes VaultHeader::encode() const {
  auto out = associated();
  out.insert(out.end(), sealed_master.begin(), sealed_master.end());
  const auto checksum = crypto::sha256(out);
  out.insert(out.end(), checksum.begin(), checksum.end());
  return out;
}

crypto::Result<VaultHeader> VaultHeader::decode(crypto::ByteView bytes) {
  crypto::Decoder in{bytes};
  const auto version = in.take_int<std::uint8_t>();
  VaultHeader header{};
  header.method = static_cast<VaultMethod>(in.take_int_between<std::uint8_t>(1, 2));
  header.salt = in.take_array<16>();
  header.cost.passes = in.take_int<std::uint32_t>();
  header.cost.memory_kib = in.take_int<std::uint32_t>();
  header.sealed_master = in.take_array<kSealedMasterBytes>();
  const auto checksum = in.take_array<32>();
  if (!in.finish() || version != kVersion || checksum != crypto::sha256(bytes.first(kSize - 32))) {
    return crypto::Errc::malformed;
  }
  return header;
}

}  // namespace bisik::client
