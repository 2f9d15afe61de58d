// SignedOneTimeKey::parse of both kinds, on the input as it is and signed by the device.

#include "tests/fuzz/identity.hpp"

namespace bisik::crypto::fuzz {
namespace {

template <class Entry>
void check(ByteView bytes) {
  const auto entry = Entry::parse(bytes, identity().device.record);
  if (!entry) return;
  require(std::ranges::equal(entry->bytes(), bytes));
  require(entry->key().id != kNoPrekey);
}

template <class Entry>
void check_signed(ByteView input, Label label) {
  Bytes bytes(input.begin(), input.end());
  if (bytes.size() >= Entry::Public::kSize) {
    Encoder canonical{sizeof(Hash) + Entry::Public::kSize};
    canonical.append(identity().device.record.hash());
    canonical.append(ByteView{bytes}.first(Entry::Public::kSize));
    overwrite(bytes, Entry::Public::kSize,
              identity().device.signing_key.sign(label, canonical.bytes()));
  }
  check<Entry>(bytes);
}

}  // namespace
}  // namespace bisik::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bisik::crypto;
  using namespace bisik::crypto::fuzz;
  check<OneTimeKeyEntry>({data, size});
  check<PqOneTimeKeyEntry>({data, size});
  check_signed<OneTimeKeyEntry>({data, size}, label::kOneTimeKey);
  check_signed<PqOneTimeKeyEntry>({data, size}, label::kPqOneTimeKey);
  return 0;
}
