// Every valid object of one kind, offered to every decoder and verifier of another, is refused:
// as it is, brought to the size that the decoder expects, and signature by signature.

#include <gtest/gtest.h>

#include "crypto/network_binding.hpp"
#include "crypto/successor.hpp"
#include "tests/crypto/kinds.hpp"
#include "tests/crypto/linking_scene.hpp"

namespace bisik::crypto {
namespace {

std::vector<Kind> all_kinds() {
  std::vector<Kind> all;
  for (auto* kinds : {signed_kinds, session_kinds, linking_kinds, profile_kinds}) {
    for (auto& kind : kinds()) all.push_back(std::move(kind));
  }
  return all;
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

// Cut to size, these two are the device record that they hold.
bool holds_one(const Kind& object, const Kind& decoder) {
  return decoder.name == "device record" &&
         (object.name == "handshake fields" || object.name == "stored device");
}

TEST(TypeConfusion, EveryDecoderAcceptsItsOwnKind) {
  for (const auto& kind : all_kinds()) EXPECT_TRUE(kind.accepts(kind.valid)) << kind.name;
}

TEST(TypeConfusion, NoDecoderAcceptsAnObjectOfAnotherKind) {
  const auto kinds = all_kinds();
  for (const auto& object : kinds) {
    for (const auto& decoder : kinds) {
      if (object.name == decoder.name) continue;
      SCOPED_TRACE(testing::Message() << object.name << " as " << decoder.name);
      EXPECT_FALSE(decoder.accepts(object.valid));
      if (decoder.known_by == KnownBy::layout || holds_one(object, decoder)) continue;
      EXPECT_FALSE(decoder.accepts(with_size(object.valid, decoder.valid.size())));
      EXPECT_FALSE(decoder.accepts(with_size_from_the_end(object.valid, decoder.valid.size())));
    }
  }
}

TEST(TypeConfusion, NoSignatureVerifiesUnderAnotherLabel) {
  const auto pair = SigningKeyPair::generate();
  const Bytes canonical(108, 7);
  for (const auto& made_under : label::kAll) {
    const auto signature = pair.sign(made_under, canonical);
    for (const auto& verified_under : label::kAll) {
      SCOPED_TRACE(testing::Message() << made_under.text() << " as " << verified_under.text());
      EXPECT_EQ(pair.verify_key().verify(verified_under, canonical, signature).has_value(),
                made_under.text() == verified_under.text());
    }
  }
}

TEST(TypeConfusion, NoCellOfARendezvousOpensUnderAnotherLabel) {
  const auto rendezvous = Rendezvous::of(Capability::random());
  const auto& key = rendezvous.offer.cell_key;
  for (const auto& made_under : label::kAll) {
    const auto cell = seal_rendezvous_cell(key, made_under.bytes(), kLinkingCell, {});
    for (const auto& opened_under : label::kAll) {
      EXPECT_EQ(open_rendezvous_cell(key, opened_under.bytes(), cell).has_value(),
                made_under.text() == opened_under.text());
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

TEST(TypeConfusion, ASuccessorStatementsTwoSignaturesCannotTradePlaces) {
  const auto before = AccountKey::generate();
  const auto after = AccountKey::generate();
  const SuccessorClaim claim{before.verify_key(), after.verify_key(), kNow};
  const auto by_old = claim.sign_as_old(before);
  const auto by_new = claim.sign_as_new(after);
  ASSERT_TRUE(SuccessorStatement::assemble(claim, by_old, by_new));
  EXPECT_EQ(SuccessorStatement::assemble(claim, by_new, by_old).error(), Errc::bad_signature);
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
