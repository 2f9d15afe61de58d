#include "crypto/successor.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/people.hpp"

namespace bisik::crypto {
namespace {

// A statement of any content, correctly signed by whoever is asked to.
struct StatementDraft {
  AccountKey before = AccountKey::generate();
  AccountKey after = AccountKey::generate();
  std::uint64_t created = 1'750'000'000;

  [[nodiscard]] Bytes canonical() const {
    Encoder out{SuccessorClaim::kSize};
    out.append(before.verify_key().bytes).append(after.verify_key().bytes).append_int(created);
    return copy_of(out.bytes());
  }
  [[nodiscard]] Bytes signed_by(const AccountKey& first, const AccountKey& second) const {
    auto bytes = canonical();
    const auto by_old = first.sign(label::kSuccessorByOld, canonical());
    const auto by_new = second.sign(label::kSuccessorByNew, canonical());
    bytes.insert(bytes.end(), by_old.begin(), by_old.end());
    bytes.insert(bytes.end(), by_new.begin(), by_new.end());
    return bytes;
  }
  [[nodiscard]] auto parsed() const { return SuccessorStatement::parse(signed_by(before, after)); }
};

// AccountKey cannot be copied.
AccountKey same_as(const AccountKey& account) {
  SecretBuffer buffer;
  account.write(buffer);
  SecretReader reader{buffer};
  return AccountKey::read(reader).value();
}

TEST(SuccessorStatement, SaysWhatItWasCreatedWith) {
  const StatementDraft draft;
  const SuccessorClaim claim{draft.before.verify_key(), draft.after.verify_key(), kNow};
  const auto made = SuccessorStatement::assemble(claim, claim.sign_as_old(draft.before),
                                                 claim.sign_as_new(draft.after))
                        .value();

  const auto parsed = SuccessorStatement::parse(made.bytes());

  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, made);
  EXPECT_EQ(parsed->old_key(), draft.before.verify_key());
  EXPECT_EQ(parsed->new_key(), draft.after.verify_key());
  EXPECT_EQ(parsed->created(), kNow);
}

TEST(SuccessorStatement, IsLaidOutAsTheProtocolSays) {
  const StatementDraft draft;
  EXPECT_EQ(SuccessorStatement::kSize, 200U);
  EXPECT_EQ(draft.canonical().size(), SuccessorClaim::kSize);
  EXPECT_TRUE(draft.parsed());  // the draft writes the fields on its own
}

TEST(SuccessorStatement, WithAnyBitAlteredIsRefused) {
  const StatementDraft draft;
  const auto bytes = draft.signed_by(draft.before, draft.after);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    auto altered = bytes;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(SuccessorStatement::parse(altered)) << "bit " << bit;
  }
}

TEST(SuccessorStatement, OfAnotherLengthIsRefused) {
  const StatementDraft draft;
  auto bytes = draft.signed_by(draft.before, draft.after);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(SuccessorStatement::parse(ByteView{bytes}.first(size)).error(), Errc::malformed);
  }
  bytes.push_back(0);
  EXPECT_EQ(SuccessorStatement::parse(bytes).error(), Errc::malformed);
}

// Otherwise whoever has a new account could take somebody's contacts over.
TEST(SuccessorStatement, NeedsTheOldAccountsSignature) {
  const StatementDraft draft;
  const auto stranger = AccountKey::generate();
  EXPECT_EQ(SuccessorStatement::parse(draft.signed_by(stranger, draft.after)).error(),
            Errc::bad_signature);
  EXPECT_EQ(SuccessorStatement::parse(draft.signed_by(draft.after, draft.after)).error(),
            Errc::bad_signature);
}

// Otherwise somebody could hand his past over to a person who never was him.
TEST(SuccessorStatement, NeedsTheNewAccountsSignature) {
  const StatementDraft draft;
  const auto stranger = AccountKey::generate();
  EXPECT_EQ(SuccessorStatement::parse(draft.signed_by(draft.before, stranger)).error(),
            Errc::bad_signature);
  EXPECT_EQ(SuccessorStatement::parse(draft.signed_by(draft.before, draft.before)).error(),
            Errc::bad_signature);
}

// Each signs for its own side: from "B follows A" nobody makes "A follows B".
TEST(SuccessorStatement, CannotBeTurnedRound) {
  const StatementDraft draft;
  const SuccessorClaim claim{draft.before.verify_key(), draft.after.verify_key(), kNow};
  const SuccessorClaim turned{claim.new_key, claim.old_key, kNow};
  const auto by_old = claim.sign_as_old(draft.before);
  const auto by_new = claim.sign_as_new(draft.after);
  ASSERT_TRUE(SuccessorStatement::assemble(claim, by_old, by_new));
  EXPECT_EQ(SuccessorStatement::assemble(turned, by_new, by_old).error(), Errc::bad_signature);
  EXPECT_EQ(SuccessorStatement::assemble(turned, by_old, by_new).error(), Errc::bad_signature);
}

TEST(SuccessorStatement, OfOneKeyForItselfIsRefused) {
  const auto account = AccountKey::generate();
  const StatementDraft draft{.before = same_as(account), .after = same_as(account)};
  EXPECT_EQ(draft.parsed().error(), Errc::malformed);
}

TEST(SuccessorStatement, WithATimeOutsideItsRangeIsRefused) {
  const auto latest = static_cast<std::uint64_t>(kMaxUnixTime.count());
  EXPECT_TRUE((StatementDraft{.created = latest}.parsed()));
  EXPECT_EQ((StatementDraft{.created = latest + 1}.parsed().error()), Errc::malformed);
}

// One made at another time is another one: its signatures do not serve the first.
TEST(SuccessorStatement, TakesNoSignatureOfAnOlderOne) {
  const StatementDraft draft;
  const SuccessorClaim claim{draft.before.verify_key(), draft.after.verify_key(), kNow};
  const SuccessorClaim older{claim.old_key, claim.new_key, kNow - std::chrono::seconds{1}};
  EXPECT_EQ(SuccessorStatement::assemble(claim, claim.sign_as_old(draft.before),
                                         older.sign_as_new(draft.after))
                .error(),
            Errc::bad_signature);
}

}  // namespace
}  // namespace bisik::crypto
