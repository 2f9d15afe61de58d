// Every valid object of one kind, offered to every decoder and verifier of another, is refused:
// as it is, brought to the size that the decoder expects, and signature by signature.

#include <gtest/gtest.h>

#include <functional>

#include "crypto/network_binding.hpp"
#include "crypto/safety_number.hpp"
#include "tests/crypto/people.hpp"

namespace bisik::crypto {
namespace {

struct Kind {
  std::string_view name;
  Bytes valid;
  std::size_t size;  // that its decoder expects
  std::function<bool(ByteView)> accepts;
};

std::vector<Kind> kinds_of(const Person& alice) {
  const auto& device = alice.device;
  const auto list = alice.first_list();
  const auto bundle = alice.bundle();
  const auto one_time = OneTimeKeyEntry::create(device, OneTimeKey::generate().public_half());
  const auto pq = PqOneTimeKeyEntry::create(device, PqOneTimeKey::generate().public_half());
  const auto number = SafetyNumber::of(alice.account.verify_key(), device.record.signing_key());
  const auto record = device.record;
  return {
      {"device record", copy_of(record.bytes()), DeviceRecord::kSize,
       [](ByteView bytes) { return DeviceRecord::parse(bytes).has_value(); }},
      {"device list", copy_of(list.bytes()), list.bytes().size(),
       [](ByteView bytes) { return DeviceList::parse(bytes).has_value(); }},
      {"bundle", copy_of(bundle.bytes()), Bundle::kSize,
       [record](ByteView bytes) { return Bundle::parse(bytes, record).has_value(); }},
      {"one-time key", copy_of(one_time.bytes()), OneTimeKeyEntry::kSize,
       [record](ByteView bytes) { return OneTimeKeyEntry::parse(bytes, record).has_value(); }},
      {"post-quantum one-time key", copy_of(pq.bytes()), PqOneTimeKeyEntry::kSize,
       [record](ByteView bytes) { return PqOneTimeKeyEntry::parse(bytes, record).has_value(); }},
      {"safety number", copy_of(number.code()), SafetyNumber::kCodeSize,
       [number](ByteView bytes) {
         const auto matches = number.matches(bytes);
         return matches && *matches;
       }},
  };
}

Bytes with_size(ByteView bytes, std::size_t size) {
  auto resized = copy_of(bytes);
  resized.resize(size);
  return resized;
}

// The end of an object is its signature: cut in front, it stays in its place.
Bytes with_size_from_the_end(ByteView bytes, std::size_t size) {
  Bytes resized(size);
  const auto kept = std::min(size, bytes.size());
  std::ranges::copy(bytes.last(kept), resized.end() - static_cast<std::ptrdiff_t>(kept));
  return resized;
}

TEST(TypeConfusion, NoDecoderAcceptsAnObjectOfAnotherKind) {
  const Person alice;
  const auto kinds = kinds_of(alice);
  for (const auto& object : kinds) {
    for (const auto& decoder : kinds) {
      SCOPED_TRACE(testing::Message() << object.name << " as " << decoder.name);
      const bool same = object.name == decoder.name;
      EXPECT_EQ(decoder.accepts(object.valid), same);
      if (same) continue;
      EXPECT_FALSE(decoder.accepts(with_size(object.valid, decoder.size)));
      EXPECT_FALSE(decoder.accepts(with_size_from_the_end(object.valid, decoder.size)));
    }
  }
}

constexpr std::array kSignatureLabels{label::kDeviceRecordByAccount,
                                      label::kDeviceRecordByDevice,
                                      label::kDeviceList,
                                      label::kBundle,
                                      label::kOneTimeKey,
                                      label::kPqOneTimeKey,
                                      label::kNetworkKey,
                                      label::kListPublication};

TEST(TypeConfusion, NoSignatureVerifiesUnderAnotherLabel) {
  const auto pair = SigningKeyPair::generate();
  const Bytes canonical(108, 7);
  for (const auto& made_under : kSignatureLabels) {
    const auto signature = pair.sign(made_under, canonical);
    for (const auto& verified_under : kSignatureLabels) {
      SCOPED_TRACE(testing::Message() << made_under.text() << " as " << verified_under.text());
      EXPECT_EQ(pair.verify_key().verify(verified_under, canonical, signature).has_value(),
                made_under.text() == verified_under.text());
    }
  }
}

TEST(TypeConfusion, ARecordsTwoSignaturesCannotTradePlaces) {
  const Person alice;
  auto bytes = copy_of(alice.device.record.bytes());
  const auto by_account = bytes.begin() + DeviceStatement::kSize;
  std::swap_ranges(by_account, by_account + 64, by_account + 64);
  EXPECT_EQ(DeviceRecord::parse(bytes).error(), Errc::bad_signature);
}

TEST(TypeConfusion, APublicationIsNoBinding) {
  const Person alice;
  const auto relay_key = DhKeyPair::generate().public_key;
  const auto other_key = DhKeyPair::generate().public_key;
  const ListPublication publication{other_key.bytes, relay_key, {}};
  const NetworkBinding binding{NetworkKeyChange::add, other_key, 1, relay_key, {}};
  const auto& key = alice.account.verify_key();
  EXPECT_EQ(binding.verify(key, publication.sign(alice.account)).error(), Errc::bad_signature);
  EXPECT_EQ(publication.verify(key, binding.sign(alice.account)).error(), Errc::bad_signature);
}

}  // namespace
}  // namespace bisik::crypto
