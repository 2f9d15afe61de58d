#include "crypto/linking.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/linking_scene.hpp"

namespace bisik::crypto {
namespace {

constexpr std::string_view kGrant = "record, list, name, secret";

LinkingDigits other_than(const LinkingDigits& digits) {
  auto text = digits.text();
  text.back() = text.back() == '9' ? '0' : '9';
  return LinkingDigits::parse(text).value();
}

TEST(Linking, MakesADeviceOfTheAccount) {
  LinkingScene scene;
  auto claimed = scene.claim();
  auto revealed = scene.reveal(claimed);

  auto confirmed = std::move(revealed).confirm(claimed.digits());
  ASSERT_TRUE(confirmed);
  const auto record = confirmed->sign(scene.account);
  const auto device = std::move(claimed).join(record);

  ASSERT_TRUE(device);
  EXPECT_EQ(device->record, record);
  EXPECT_EQ(record.account_key(), scene.account.verify_key());
  EXPECT_EQ(record.number(), 2U);
  EXPECT_EQ(record.created(), kNow);
  EXPECT_EQ(confirmed->network_key(), scene.network_key);
}

TEST(Linking, BringsTheGrantToTheNewDevice) {
  LinkingScene scene;
  const auto claimed = scene.claim();
  const auto confirmed = scene.reveal(claimed).confirm(claimed.digits()).value();

  const auto cell = confirmed.seal_grant(kLinkingCell, as_bytes(kGrant));

  EXPECT_EQ(cell.size(), kLinkingCell);
  EXPECT_EQ(as_text(claimed.open_grant(cell).value()), kGrant);
  for (std::size_t at = 0; at < cell.size(); at += 61) {
    EXPECT_EQ(claimed.open_grant(with_flipped_bit(cell, at)).error(), Errc::authentication_failed);
  }
}

TEST(Linking, EndsWithWrongDigits) {
  LinkingScene scene;
  const auto claimed = scene.claim();
  auto revealed = scene.reveal(claimed);
  EXPECT_EQ(std::move(revealed).confirm(other_than(claimed.digits())).error(),
            Errc::authentication_failed);
}

// Whoever has seen the code offers another account. The person reads digits that are not the
// primary's, and what the primary grants does not open.
TEST(Linking, ShowsOtherDigitsWhereSomebodyElseClaimedTheDevice) {
  LinkingScene scene;
  const auto thief = AccountKey::generate();
  const auto code = scene.new_device.code();
  const auto theirs = DeviceOffer::create(code, thief.verify_key(), 2, kNow);
  const auto offered = scene.new_device.open_offer(theirs.seal_offer(kLinkingCell)).value();
  const auto claimed = std::move(scene.new_device).accept(offered);
  EXPECT_EQ(claimed.statement().account_key, thief.verify_key());

  // The reveal fits the code, but DS has signed for another account.
  EXPECT_EQ(scene.offer.open_reveal(claimed.seal_reveal(kLinkingCell)).error(),
            Errc::bad_signature);
}

TEST(Linking, TakesOnlyTheDeviceThatTheCodeCommitsTo) {
  LinkingScene scene;
  const CodeThief thief{scene.new_device.code()};
  const auto claimed = scene.claim();
  const auto honest = thief.read(claimed);
  ASSERT_TRUE(scene.offer.open_reveal(thief.write(honest)));

  auto other_nonce = honest;
  other_nonce.nonce[0] ^= 1;
  auto other_network_key = honest;
  other_network_key.network_key = DhKeyPair::generate().public_key;
  auto other_identity = honest;
  other_identity.identity_key = DhKeyPair::generate().public_key;
  auto other_signing_key = honest;
  other_signing_key.signing_key = SigningKeyPair::generate().verify_key();
  for (const auto& forged : {other_nonce, other_network_key, other_identity, other_signing_key}) {
    EXPECT_EQ(scene.offer.open_reveal(thief.write(forged)).error(), Errc::authentication_failed);
  }
}

TEST(Linking, TakesNoRevealWithoutTheDevicesSignature) {
  LinkingScene scene;
  const CodeThief thief{scene.new_device.code()};
  const auto claimed = scene.claim();
  auto unsigned_reveal = thief.read(claimed);
  unsigned_reveal.by_device[0] ^= 1;
  EXPECT_EQ(scene.offer.open_reveal(thief.write(unsigned_reveal)).error(), Errc::bad_signature);
}

TEST(Linking, GrantsToNobodyWhoHasOnlySeenTheCode) {
  LinkingScene scene;
  const CodeThief thief{scene.new_device.code()};
  const auto claimed = scene.claim();
  const auto confirmed = scene.reveal(claimed).confirm(claimed.digits()).value();
  const auto cell = confirmed.seal_grant(kLinkingCell, as_bytes(kGrant));
  for (const auto* queue : {&thief.rendezvous.offer, &thief.rendezvous.answer}) {
    EXPECT_FALSE(open_rendezvous_cell(queue->cell_key, label::kLinkingGrantCell.bytes(), cell));
  }
}

TEST(Linking, WaitsOnAfterACellThatIsNothing) {
  LinkingScene scene;
  const Bytes nothing(kLinkingCell, 7);
  EXPECT_EQ(scene.new_device.open_offer(nothing).error(), Errc::authentication_failed);
  EXPECT_EQ(scene.new_device.open_offer({}).error(), Errc::malformed);
  const auto claimed = scene.claim();
  EXPECT_EQ(scene.offer.open_reveal(nothing).error(), Errc::authentication_failed);
  EXPECT_EQ(claimed.open_grant(nothing).error(), Errc::authentication_failed);
  EXPECT_TRUE(scene.reveal(claimed).confirm(claimed.digits()));
}

TEST(Linking, SaysThatThereIsNoGrant) {
  LinkingScene scene;
  const auto claimed = scene.claim();
  const auto refusal = scene.offer.seal_refusal(kLinkingCell);
  EXPECT_EQ(refusal.size(), kLinkingCell);
  EXPECT_TRUE(claimed.is_refusal(refusal));
  EXPECT_FALSE(claimed.is_refusal(with_flipped_bit(refusal, 77)));
  EXPECT_FALSE(claimed.is_refusal(Bytes(kLinkingCell, 7)));
  const DeviceOffer another = DeviceOffer::create(NewDevice::create(scene.network_key).code(),
                                                  scene.account.verify_key(), 2, kNow);
  EXPECT_FALSE(claimed.is_refusal(another.seal_refusal(kLinkingCell)));
}

// The relay has all cells, and may hand any of them to either side.
TEST(Linking, TakesNoCellForAnother) {
  LinkingScene scene;
  const auto offer = scene.offer.seal_offer(kLinkingCell);
  const auto claimed = scene.claim();
  const auto reveal = claimed.seal_reveal(kLinkingCell);
  const auto confirmed = scene.reveal(claimed).confirm(claimed.digits()).value();
  const auto grant = confirmed.seal_grant(kLinkingCell, as_bytes(kGrant));

  const auto refusal = scene.offer.seal_refusal(kLinkingCell);

  EXPECT_FALSE(scene.offer.open_reveal(offer));
  EXPECT_FALSE(scene.offer.open_reveal(grant));
  EXPECT_FALSE(scene.offer.open_reveal(refusal));
  EXPECT_FALSE(claimed.open_grant(offer));
  EXPECT_FALSE(claimed.open_grant(reveal));
  EXPECT_FALSE(claimed.open_grant(refusal));
  for (const auto& other : {offer, reveal, grant}) EXPECT_FALSE(claimed.is_refusal(other));
  const auto another = NewDevice::create(scene.network_key);
  EXPECT_FALSE(another.open_offer(offer));
  const LinkingScene later;
  EXPECT_FALSE(later.new_device.open_offer(later.offer.seal_refusal(kLinkingCell)));
}

TEST(Linking, JoinsWithTheRecordThatWasAnnouncedAlone) {
  LinkingScene scene;
  auto claimed = scene.claim();
  const auto another = Device::create(scene.account, 2, kNow);
  EXPECT_EQ(std::move(claimed).join(another.record).error(), Errc::malformed);
}

// The device's half holds for the announced number and time alone.
TEST(Linking, GivesTheDevicesSignatureToNoOtherRecord) {
  LinkingScene scene;
  const CodeThief thief{scene.new_device.code()};
  const auto claimed = scene.claim();
  const auto reveal = thief.read(claimed);
  auto statement = claimed.statement();
  EXPECT_TRUE(statement.verify_by_device(reveal.by_device));
  statement.number = 3;
  EXPECT_EQ(
      DeviceRecord::assemble(statement, statement.sign(scene.account), reveal.by_device).error(),
      Errc::bad_signature);
}

TEST(Linking, SealsEachCellAnew) {
  LinkingScene scene;
  const auto first = scene.offer.seal_offer(kLinkingCell);
  const auto second = scene.offer.seal_offer(kLinkingCell);
  EXPECT_NE(first, second);
  EXPECT_EQ(scene.new_device.open_offer(first).value(),
            scene.new_device.open_offer(second).value());
}

TEST(Linking, DrawsAnotherCodeForEachDevice) {
  const LinkingScene one, other;
  EXPECT_NE(one.new_device.code().commitment, other.new_device.code().commitment);
  EXPECT_NE(one.new_device.rendezvous().offer.id, other.new_device.rendezvous().offer.id);
}

TEST(LinkingDigits, AreTheFirstEightBytesInSixDigits) {
  Hash hash{};
  EXPECT_EQ(LinkingDigits::of(hash).text(), "000 000");
  hash[7] = 42;
  EXPECT_EQ(LinkingDigits::of(hash).text(), "000 042");
  hash[8] = 1;  // beyond the eight
  EXPECT_EQ(LinkingDigits::of(hash).text(), "000 042");
  std::ranges::fill(hash, std::uint8_t{0xff});  // 2^64 - 1 = 18446744073709551615
  EXPECT_EQ(LinkingDigits::of(hash).text(), "551 615");
}

TEST(LinkingDigits, AreReadWithAndWithoutBlanks) {
  const auto digits = LinkingDigits::parse("482913");
  ASSERT_TRUE(digits);
  EXPECT_EQ(digits->text(), "482 913");
  EXPECT_EQ(LinkingDigits::parse(" 482 913 ").value(), *digits);
  EXPECT_EQ(LinkingDigits::parse("000042").value().text(), "000 042");
}

TEST(LinkingDigits, AreNothingElse) {
  for (const auto* typed : {"", "48291", "4829130", "482-913", "48291a", "482 913\n", "+82913"}) {
    EXPECT_EQ(LinkingDigits::parse(typed).error(), Errc::malformed) << typed;
  }
}

}  // namespace
}  // namespace bisik::crypto
