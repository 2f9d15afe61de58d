// What a profile keeps of its keys, read back from bytes that nobody has authenticated: the first
// byte chooses the reader. Whatever is read writes the same bytes again.

#include "tests/fuzz/identity.hpp"

namespace bisik::crypto::fuzz {
namespace {

template <class Object>
void check(ByteView bytes) {
  SecretBuffer buffer;
  buffer.append(bytes);
  SecretReader reader{buffer};
  const auto object = Object::read(reader);
  if (!object) return;
  SecretBuffer again;
  object->write(again);
  require(std::ranges::equal(again.expose(), bytes.first(bytes.size() - reader.left())));
}

void check_chosen(std::uint8_t choice, ByteView bytes) {
  switch (choice) {
    case 0:
      return check<AccountKey>(bytes);
    case 1:
      return check<Device>(bytes);
    case 2:
      return check<SignedPrekey>(bytes);
    case 3:
      return check<PqOneTimeKey>(bytes);
    case 4:
      return check<SealKey>(bytes);
    default:
      return;
  }
}

}  // namespace
}  // namespace bisik::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0) bisik::crypto::fuzz::check_chosen(data[0], {data + 1, size - 1});
  return 0;
}
