// The head of a profile's database: whatever it says, it is refused or it is what encode() makes,
// and a key file that is not its own does not open it.
#include <cassert>

#include "client/vault_key.hpp"
#include "crypto/sodium.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bisik;
  crypto::initialise();
  const crypto::ByteView bytes{data, size};
  const auto as_it_is = client::VaultHeader::decode(bytes);
  if (as_it_is) assert(std::ranges::equal(as_it_is->encode(), bytes));

  // Behind the checksum, which no fuzzer guesses.
  crypto::Decoder in{bytes};
  client::VaultHeader header{};
  header.method = client::VaultMethod::key_file;
  header.salt = in.take_array<16>();
  header.sealed_master = in.take_array<client::VaultHeader::kSealedMasterBytes>();
  assert(client::VaultHeader::decode(header.encode()));
  client::VaultSecret secret{client::VaultMethod::key_file, {}};
  secret.bytes.append(in.take(in.left()));
  assert(!client::open_vault_keys(header, secret));
  return 0;
}
