#include "tests/model/meeting_script.hpp"

#include "crypto/seal.hpp"

namespace bisik::model {
namespace {

using crypto::FirstMessage;

constexpr std::int64_t kNow = 1'750'000'000;
constexpr std::size_t kOffers = 3;
constexpr std::array<std::size_t, 3> kCells{4'096, 16'384, 61'440};
// The coordinates 1 and p - 1, of order 4 on the curve and its twist.
constexpr auto kLowOrder = "0100000000000000000000000000000000000000000000000000000000000000";
constexpr auto kOtherLowOrder = "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";

Json random_person(Source& source) {
  constexpr std::array kSeeds{Draw{"account_seed", 32}, Draw{"signing_seed", 32},
                              Draw{"identity_private", 32}};
  Json person;
  NamedRandomness::complete(person, kSeeds, source);
  person["device"] = 1 + below(source, crypto::kMaxDeviceNumber);
  person["created"] = below(source, static_cast<std::size_t>(crypto::kMaxUnixTime.count()) + 1);
  return person;
}

Json random_prekey(Source& source, const Draw& half) {
  const std::array fields{Draw{"number", 8}, half};
  Json prekey;
  NamedRandomness::complete(prekey, fields, source);
  return prekey;
}

// Usually short; at times the last byte that fits, or the first that does not.
Json random_message(Source& source, std::span<const Draw> draws, std::size_t overhead) {
  std::size_t length = below(source, 400);
  if (chance(source, 10)) length = kCells[0] - overhead + below(source, 2);
  if (chance(source, 3)) length = kCells[1] - overhead + below(source, 2);
  const auto size =
      *std::ranges::find_if(kCells, [&](std::size_t cell) { return length + overhead <= cell; });
  Json message{{"content", to_json(random_bytes(source, length))}, {"size", size}};
  NamedRandomness::complete(message["draws"], draws, source);
  return message;
}

Json new_meeting(std::uint64_t seed, Source& source) {
  constexpr std::array kSealFields{Draw{"private", 32}, Draw{"seed", 64}};
  Json meeting{{"seed", seed}, {"now", kNow}};
  meeting["alice"] = random_person(source);
  meeting["bob"] = random_person(source);
  meeting["signed_prekey"] = random_prekey(source, {"private", 32});
  meeting["one_time_key"] =
      chance(source, 60) ? random_prekey(source, {"private", 32}) : Json(nullptr);
  meeting["pq_prekey"] = random_prekey(source, {"seed", 64});
  meeting["pq_prekey"]["kind"] = 1 + below(source, 2);
  NamedRandomness::complete(meeting["seal_key"], kSealFields, source);
  NamedRandomness::complete(meeting["draws"], kStartDraws, source);

  const auto first =
      crypto::kFirstMessageOverhead + crypto::message_overhead(crypto::KemContents::nothing);
  meeting["first_messages"] = {random_message(source, kFirstMessageDraws, first),
                               random_message(source, kFirstMessageDraws, first)};
  meeting["arrives_first"] = below(source, 2);
  meeting["answer"] =
      random_message(source, kAnswerDraws, crypto::message_overhead(crypto::KemContents::key));
  return meeting;
}

void flip(std::span<std::uint8_t> bytes, Source& source) {
  bytes[below(source, bytes.size())] ^= static_cast<std::uint8_t>(1U << below(source, 8));
}

// What somebody who knows SEAL can put behind the seal.
void spoil(FirstMessage& first, ByteView bobs_record, Source& source) {
  auto& fields = first.handshake;
  const auto record = std::span{fields.record};
  switch (below(source, 12)) {
    case 0:  // the signatures, or what they are over
      return flip(chance(source, 50) ? record.first(64) : record.subspan(104), source);
    case 1:  // device number 0 or above 2^31
      if (chance(source, 50)) return static_cast<void>(record[96] = 0x80);
      return static_cast<void>(std::fill_n(record.begin() + 96, 4, std::uint8_t{0}));
    case 2:  // after the year 9999
      return static_cast<void>(std::fill_n(record.begin() + 100, 8, std::uint8_t{0x7f}));
    case 3:  // AK = DS
      return static_cast<void>(std::copy_n(record.begin(), 32, record.begin() + 32));
    case 4:  // a DX that has another encoding
      record[95] |= 0x80;
      return;
    case 5:  // Bob himself
      return static_cast<void>(std::ranges::copy(bobs_record, record.begin()));
    case 6:
      fields.origin.ephemeral.bytes = {static_cast<std::uint8_t>(below(source, 2))};
      return;
    case 7:
      fields.origin.ephemeral.bytes.back() |= 0x80;
      return;
    case 8:
      return flip(fields.ciphertext.bytes, source);
    case 9:
      (chance(source, 50) ? fields.origin.ids.signed_prekey : fields.origin.ids.pq_prekey) = 0;
      return;
    case 10:  // a prekey that Bob does not have, or not any more
      fields.origin.ids.one_time_key ^= 1U;
      return;
    default:
      fields.origin.ids.pq_kind = static_cast<crypto::PqKind>(3 * below(source, 2));
  }
}

// A cell in which something is wrong that anybody on its way can do.
Json altered(std::size_t message, std::size_t size, Source& source) {
  Json offer{{"message", message}};
  if (chance(source, 20)) {
    offer["edit"] = {{"keep", below(source, size)}};
  } else {
    offer["edit"] = {{"at", below(source, size)}, {"xor", 1U << below(source, 8)}};
  }
  return offer;
}

// A cell with something wrong in E, behind the seal, or in the ratchet message.
Bytes spoilt(Bytes cell, const Prekeys& prekeys, const Person& bob, Source& source) {
  const auto roll = below(source, 12);
  if (roll == 0) std::ranges::copy(std::array<std::uint8_t, 32>{1}, cell.begin());
  if (roll == 1) cell[31] |= 0x80;
  if (roll < 2) return cell;
  auto first = crypto::open_first_message(prekeys.seal, cell).value();
  if (roll == 2) {
    flip(first.ratchet_message, source);
  } else if (roll == 3) {
    first.ratchet_message.resize(below(source, 200));
  } else {
    spoil(first, bob.device.record.bytes(), source);
  }
  return crypto::seal_first_message(prekeys.seal.public_half(), first.handshake,
                                    first.ratchet_message);
}

void add_offers(Json& meeting, Source& source) {
  const auto prekeys = Prekeys::read(meeting);
  const auto bob = Person::read(meeting.at("bob"));
  auto& offers = meeting["offers"] = Json::array();
  for (std::size_t i = 0; i < kOffers; ++i) {
    const auto message = below(source, 2);
    const auto cell = bytes_of(meeting.at("first_messages").at(message), "cell");
    if (chance(source, 40)) {
      offers.push_back(altered(message, cell.size(), source));
    } else {
      offers.push_back({{"cell", to_json(spoilt(cell, prekeys, bob, source))}});
    }
  }
}

void add_bad_start(Json& meeting, Source& source) {
  auto& bad_starts = meeting["bad_starts"] = Json::array();
  const std::array keys{"seal_key", "signed_prekey", "one_time_key"};
  const auto* const key = keys[below(source, meeting["one_time_key"].is_null() ? 2 : 3)];
  bad_starts.push_back({{"key", key}, {"value", chance(source, 50) ? kLowOrder : kOtherLowOrder}});
}

}  // namespace

Json random_meeting(std::uint64_t seed) {
  Source source{seed};
  auto meeting = new_meeting(seed, source);
  play_start(meeting);
  add_offers(meeting, source);
  add_bad_start(meeting, source);
  play_meeting(meeting);
  return meeting;
}

}  // namespace bisik::model
