// The head of a profile's database: whatever it says, it is refused or it is what encode() makes,
// and a key file that is not its own does not open it. And the row of its day, which has one
// length.
#include <cassert>

#include "client/limits.hpp"
#include "client/vault_day.hpp"
#include "crypto/sodium.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bisik;
  crypto::initialise();
  const crypto::ByteView bytes{data, size};
  const auto as_it_is = client::VaultHeader::decode(bytes);
  if (as_it_is) assert(std::ranges::equal(as_it_is->encode(), bytes));

  crypto::SecretBuffer row;
  row.append(bytes);
  const auto day = client::read_day(row);
  if (day) {
    assert(size == 8 + client::DayKey::kSize);
    assert(!day->is_over(day->began) && day->is_over(day->began + client::kVaultDay));
  }

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
