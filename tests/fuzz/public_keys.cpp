// The parsers of single keys and names, and the code that a camera reads.

#include "crypto/safety_number.hpp"
#include "tests/fuzz/identity.hpp"

namespace bisik::crypto::fuzz {
namespace {

template <class Key>
void check(ByteView bytes) {
  const auto key = Key::parse(bytes);
  require(!key || std::ranges::equal(key->bytes, bytes));
}

// What parses has one encoding, so agreeing with it is fine or refused, and nothing else.
void check_agreement(ByteView bytes) {
  const auto key = DhPublicKey::parse(bytes);
  if (!key) return;
  const auto shared = agree(fixed_secret<DhSecretKey>(4), *key);
  require(shared || shared.error() == Errc::non_contributory_key);
}

void check_code(ByteView bytes) {
  static const auto number =
      SafetyNumber::of(identity().account.verify_key(), identity().device.signing_key.verify_key());
  const auto matches = number.matches(bytes);
  require(!matches || !*matches || std::ranges::equal(bytes, number.code()));
}

}  // namespace
}  // namespace bisik::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bisik::crypto;
  using namespace bisik::crypto::fuzz;
  const ByteView bytes{data, size};
  check<DhPublicKey>(bytes);
  check<KemPublicKey>(bytes);
  check<VerifyKey>(bytes);
  check<AccountId>(bytes);
  check<QueueId>(bytes);
  check_agreement(bytes);
  check_code(bytes);
  require(Capability::parse(bytes).has_value() == (size == Capability::kSize));
  return 0;
}
