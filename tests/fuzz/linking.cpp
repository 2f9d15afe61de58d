// What a linking takes from the other side: the first byte says how the rest is taken.
//
//     0  an offer, by somebody who has seen the code; a new device accepts it
//     1  a reveal, by the same
//     2  digits, as a person types them
//     3  the three fields of a code
//     4  a cell as it came over the wire

#include "tests/fuzz/linking_stage.hpp"

namespace bisik::crypto::fuzz {
namespace {

constexpr std::size_t kMostContent = kLinkingCell - 128;

void check_offer(ByteView content) {
  const auto& stage = LinkingStage::fixed();
  const auto& key = stage.waiting_thief.rendezvous.offer.cell_key;
  const auto cell =
      seal_rendezvous_cell(key, label::kLinkingOfferCell.bytes(), kLinkingCell, content);
  const auto offer = stage.waiting.open_offer(cell);
  if (!offer) return;
  require(std::ranges::equal(offer->encode(), content));
  const auto claimed = NewDevice::create(stage.scene.network_key).accept(*offer);
  require(claimed.statement().account_key == offer->account_key);
  require(claimed.seal_reveal(kLinkingCell).size() == kLinkingCell);
}

// The code commits to one reveal.
void check_reveal(ByteView content) {
  const auto& stage = LinkingStage::fixed();
  const auto& key = stage.thief.rendezvous.answer.cell_key;
  const auto cell =
      seal_rendezvous_cell(key, label::kLinkingRevealCell.bytes(), kLinkingCell, content);
  const auto revealed = stage.scene.offer.open_reveal(cell);
  require(revealed.has_value() == std::ranges::equal(content, stage.reveal.encode()));
  const auto parsed = LinkingReveal::parse(content);
  require(!parsed || std::ranges::equal(parsed->encode(), content));
}

void check_digits(ByteView typed) {
  const auto digits = LinkingDigits::parse(as_text(typed));
  require(!digits || LinkingDigits::parse(digits->text()).value() == *digits);
}

void check_code(ByteView fields) {
  Decoder in{fields};
  const auto ephemeral = in.take(DhPublicKey::kSize), commitment = in.take(sizeof(Hash));
  const auto code = LinkingCode::parse(ephemeral, commitment, in.take(in.left()));
  if (!code) return;
  require(is_contributory(code->ephemeral));
  const auto offer = DeviceOffer::create(*code, identity().account.verify_key(), 1, UnixTime{});
  require(offer.seal_offer(kLinkingCell).size() == kLinkingCell);
}

void check_cell(ByteView cell) {
  const auto& stage = LinkingStage::fixed();
  require(!stage.waiting.open_offer(cell) && !stage.scene.offer.open_reveal(cell));
}

void check_chosen(std::uint8_t choice, ByteView bytes) {
  const auto content = bytes.first(std::min(bytes.size(), kMostContent));
  switch (choice) {
    case 0:
      return check_offer(content);
    case 1:
      return check_reveal(content);
    case 2:
      return check_digits(bytes);
    case 3:
      return check_code(bytes);
    case 4:
      return check_cell(bytes);
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
