#include "crypto/rendezvous.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/crypto/people.hpp"

namespace bisik::crypto {
namespace {

constexpr std::size_t kCellBytes = 4096;

TEST(Rendezvous, IsTheSameForBothWhoKnowTheSecret) {
  const auto secret = Capability::random();
  const auto ours = Rendezvous::of(secret);
  const auto theirs = Rendezvous::of(secret);
  EXPECT_EQ(ours.offer.id, theirs.offer.id);
  EXPECT_EQ(ours.answer.read_key, theirs.answer.read_key);
  EXPECT_EQ(ours.answer.write_key, theirs.answer.write_key);
  EXPECT_TRUE(equal(ours.offer.cell_key, theirs.offer.cell_key));
}

TEST(Rendezvous, HasNothingTwice) {
  std::set<Bytes> seen;
  for (const auto& secret : {Capability::random(), Capability::random()}) {
    const auto rendezvous = Rendezvous::of(secret);
    for (const auto* queue : {&rendezvous.offer, &rendezvous.answer}) {
      seen.insert(copy_of(queue->id.bytes));
      seen.insert(copy_of(queue->read_key.bytes()));
      seen.insert(copy_of(queue->write_key.bytes()));
      seen.insert(copy_of(queue->cell_key.expose()));
    }
  }
  EXPECT_EQ(seen.size(), 16U);
}

TEST(RendezvousCell, OpensUnderItsKeyAndLabelAlone) {
  const auto rendezvous = Rendezvous::of(Capability::random());
  const auto& key = rendezvous.offer.cell_key;
  const auto cell = seal_rendezvous_cell(key, as_bytes("this"), kCellBytes, as_bytes("hello"));
  EXPECT_EQ(cell.size(), kCellBytes);
  EXPECT_EQ(as_text(open_rendezvous_cell(key, as_bytes("this"), cell).value()), "hello");
  EXPECT_EQ(open_rendezvous_cell(key, as_bytes("that"), cell).error(), Errc::authentication_failed);
  EXPECT_EQ(open_rendezvous_cell(rendezvous.answer.cell_key, as_bytes("this"), cell).error(),
            Errc::authentication_failed);
}

}  // namespace
}  // namespace bisik::crypto
