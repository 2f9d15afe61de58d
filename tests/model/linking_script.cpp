#include "tests/model/linking_script.hpp"

#include "crypto/message_key.hpp"

namespace bisik::model {
namespace {

using crypto::kBodyOverhead;
using crypto::LinkingOffer;
using crypto::LinkingReveal;

constexpr std::size_t kBadCells = 2;  // of each kind

// A cell that has room for the content: any size, at times one that a relay takes.
Json random_cell(Source& source, std::size_t content) {
  Json cell{{"size", chance(source, 10) ? 4'096 : content + kBodyOverhead + below(source, 100)}};
  NamedRandomness::complete(cell["draws"], kCellDraws, source);
  return cell;
}

Json new_linking(std::uint64_t seed, Source& source) {
  constexpr std::array kSeeds{Draw{"account_seed", 32}, Draw{"network_private", 32}};
  Json linking{{"seed", seed}};
  NamedRandomness::complete(linking, kSeeds, source);
  linking["device"] = 1 + below(source, crypto::kMaxDeviceNumber);
  linking["created"] = below(source, static_cast<std::size_t>(crypto::kMaxUnixTime.count()) + 1);
  NamedRandomness::complete(linking["new_device"], kNewDeviceDraws, source);
  NamedRandomness::complete(linking["primary"], kPrimaryDraws, source);
  linking["offer"] = random_cell(source, LinkingOffer::kSize);
  linking["reveal"] = random_cell(source, LinkingReveal::kSize);
  const auto grant = random_bytes(source, below(source, 300));
  linking["grant"] = random_cell(source, grant.size());
  linking["grant"]["content"] = to_json(grant);
  return linking;
}

void flip_in(std::span<std::uint8_t> bytes, Source& source) {
  bytes[below(source, bytes.size())] ^= static_cast<std::uint8_t>(1U << below(source, 8));
}

// What somebody who has seen the code may write in place of an offer.
void spoil_offer(Bytes& offer, Source& source) {
  const auto bytes = std::span{offer};
  switch (below(source, 6)) {
    case 0:
      return offer.resize(below(source, 2 * LinkingOffer::kSize));  // rarely its own length
    case 1:  // device number 0, or above 2^31
      return chance(source, 50) ? static_cast<void>(std::ranges::fill(bytes.subspan(96, 4), 0))
                                : static_cast<void>(offer[96] |= 0x80);
    case 2:  // after the year 9999
      return static_cast<void>(std::ranges::fill(bytes.subspan(100, 8), 0x7f));
    case 3:  // a P that has another encoding
      return static_cast<void>(offer[63] |= 0x80);
    case 4:  // a P with which nothing can be agreed on
      std::ranges::fill(bytes.subspan(32, 32), 0);
      return static_cast<void>(offer[32] = static_cast<std::uint8_t>(below(source, 2)));
    default:  // another account, nonce or date: to the new device as good as any
      return flip_in(chance(source, 50) ? bytes.first(32) : bytes.subspan(64, 32), source);
  }
}

void spoil_reveal(Bytes& reveal, Source& source) {
  const auto bytes = std::span{reveal};
  switch (below(source, 5)) {
    case 0:
      return reveal.resize(below(source, 2 * LinkingReveal::kSize));
    case 1:  // n or DS
      return flip_in(bytes.first(64), source);
    case 2:  // DX or DN, as X25519 keys of the same encoding
      return flip_in(bytes.subspan(chance(source, 50) ? 64 : 96, 31), source);
    case 3:
      return static_cast<void>(reveal[chance(source, 50) ? 95 : 127] |= 0x80);
    default:
      return flip_in(bytes.last(64), source);
  }
}

// Sealed by somebody who has seen the code.
Json sealed_cell(const crypto::MessageKey& key, crypto::Label label, ByteView content) {
  const auto size = content.size() + kBodyOverhead;
  return {{"cell", to_json(crypto::seal_rendezvous_cell(key, label.bytes(), size, content))}};
}

Json edited_cell(const Json& genuine, Source& source) {
  const auto size = genuine.at("size").get<std::size_t>();
  if (chance(source, 20)) return {{"edit", {{"keep", below(source, size)}}}};
  return {{"edit", {{"at", below(source, size)}, {"xor", 1U << below(source, 8)}}}};
}

void add_bad_cells(Json& linking, Source& source) {
  const auto secret =
      crypto::Capability::parse(bytes_of(linking.at("new_device"), "secret")).value();
  const auto rendezvous = crypto::Rendezvous::of(secret);
  const auto& offer_key = rendezvous.offer.cell_key;
  const auto& answer_key = rendezvous.answer.cell_key;
  const auto offer_label = crypto::label::kLinkingOfferCell;
  const auto reveal_label = crypto::label::kLinkingRevealCell;
  const auto open = [](const auto& key, crypto::Label label, const Json& message) {
    return crypto::open_rendezvous_cell(key, label.bytes(), bytes_of(message, "cell")).value();
  };
  for (const auto* field : {"bad_offers", "bad_reveals", "bad_grants"}) {
    linking[field] = Json::array();
  }
  for (std::size_t i = 0; i < kBadCells; ++i) {
    auto offer = open(offer_key, offer_label, linking.at("offer"));
    spoil_offer(offer, source);
    linking["bad_offers"].push_back(sealed_cell(offer_key, offer_label, offer));
    linking["bad_offers"].push_back(edited_cell(linking.at("offer"), source));
    auto reveal = open(answer_key, reveal_label, linking.at("reveal"));
    spoil_reveal(reveal, source);
    linking["bad_reveals"].push_back(sealed_cell(answer_key, reveal_label, reveal));
    linking["bad_reveals"].push_back(edited_cell(linking.at("reveal"), source));
    linking["bad_grants"].push_back(edited_cell(linking.at("grant"), source));
  }
}

}  // namespace

Json random_linking(std::uint64_t seed) {
  Source source{seed};
  auto linking = new_linking(seed, source);
  play_linking(linking);
  add_bad_cells(linking, source);
  play_linking(linking);
  return linking;
}

}  // namespace bisik::model
