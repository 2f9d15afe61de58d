#include "tests/model/meeting.hpp"

#include <stdexcept>

#include "crypto/hash.hpp"
#include "crypto/safety_number.hpp"

namespace bisik::model {
namespace {

using crypto::DhKeyPair;
using crypto::DhSecretKey;
using crypto::KemKeyPair;
using crypto::KemSeed;
using crypto::Session;

class NothingAccepted : public crypto::AcceptedTranscripts {
 public:
  [[nodiscard]] bool contains(const crypto::Transcript&) const override { return false; }
};

crypto::PrekeyId number_of(const Json& prekey) {
  const auto bytes = bytes_of(prekey, "number");
  crypto::Decoder in{bytes};
  const auto number = in.take_int<crypto::PrekeyId>();
  if (!in.finish()) throw std::runtime_error{"a number has 8 bytes"};
  return number;
}

template <class DhPrekey>
DhPrekey dh_prekey(const Json& prekey) {
  return {number_of(prekey), DhKeyPair::from(secret_of<DhSecretKey>(prekey, "private"))};
}

template <class KemPrekey>
KemPrekey kem_prekey(const Json& prekey) {
  return {number_of(prekey), KemKeyPair::from(secret_of<KemSeed>(prekey, "seed"))};
}

crypto::UnixTime time_of(const Json& object, const char* field) {
  return crypto::UnixTime{std::chrono::seconds{object.at(field).get<std::int64_t>()}};
}

Bytes dump(const Session& session) {
  crypto::SecretBuffer out;
  session.write(out);
  const auto bytes = out.expose();
  return {bytes.begin(), bytes.end()};
}

Json hash_of(const Session& session) { return to_json(crypto::sha256(dump(session))); }

// Adds "cell" and, after it, "state".
Bytes seal(Session& session, Json& message, std::span<const Draw> draws) {
  const NamedRandomness drawing{message.at("draws"), draws};
  auto cell = session.seal(message.at("size").get<std::size_t>(), bytes_of(message, "content"));
  message["cell"] = to_json(cell);
  message["state"] = hash_of(session);
  return cell;
}

// Adds the outcome and, after it, the state.
void open(Session& session, Json& opening, ByteView message, crypto::UnixTime now) {
  put_outcome(opening, session.open(message, now));
  opening["state"] = hash_of(session);
}

Session start(Json& meeting, const Person& alice, const crypto::PeerPrekeys& bob) {
  const NamedRandomness drawing{meeting.at("draws"), kStartDraws};
  auto session = Session::initiate(alice.device, bob).value();
  meeting["transcript"] = to_json(session.transcript());
  meeting["alice_state"] = to_json(dump(session));
  return session;
}

void put_public(Json& meeting, const Person& alice, const Person& bob) {
  meeting["alice_record"] = to_json(alice.device.record.bytes());
  meeting["bob_record"] = to_json(bob.device.record.bytes());
  const auto number =
      crypto::SafetyNumber::of(alice.account.verify_key(), bob.account.verify_key());
  meeting["safety_number"] = {{"digits", number.digits()}, {"code", to_json(number.code())}};
}

// A start with one key of Bob that no honest device has.
void play_bad_start(Json& bad, const Person& alice, crypto::PeerPrekeys bob) {
  const crypto::DhPublicKey point{array_of<32>(bad, "value")};
  const auto& key = bad.at("key").get_ref<const std::string&>();
  if (key == "seal_key") bob.seal.dh = point;
  if (key == "signed_prekey") bob.signed_prekey.key = point;
  if (key == "one_time_key") bob.one_time_key.value().key = point;
  const auto started = Session::initiate(alice.device, bob);
  put_outcome(bad, started ? crypto::Result<Bytes>{Bytes{}} : started.error());
}

Bytes offered(const Json& offer, std::span<const Bytes> cells) {
  if (offer.contains("cell")) return bytes_of(offer, "cell");
  return edited(cells[offer.at("message").get<std::size_t>()], offer.at("edit"));
}

void play_offers(Json& meeting, const Prekeys& prekeys, const Person& bob,
                 std::span<const Bytes> cells) {
  const auto now = time_of(meeting, "now");
  for (auto& offer : meeting["offers"]) {
    const auto accepted = accept(prekeys, bob.device, offered(offer, cells), now);
    put_outcome(offer, accepted ? crypto::Result<Bytes>{accepted->content} : accepted.error());
  }
}

}  // namespace

Person Person::read(const Json& person) {
  crypto::SecretBuffer buffer;
  buffer.append(bytes_of(person, "account_seed"));
  crypto::SecretReader in{buffer};
  auto account = crypto::AccountKey::read(in).value();
  auto signing =
      crypto::SigningKeyPair::from(secret_of<crypto::SigningSeed>(person, "signing_seed"));
  auto identity = DhKeyPair::from(secret_of<DhSecretKey>(person, "identity_private"));
  auto record = crypto::DeviceRecord::create(account, signing, identity.public_key,
                                             person.at("device").get<crypto::DeviceNumber>(),
                                             time_of(person, "created"));
  return {std::move(account), {std::move(signing), std::move(identity), std::move(record)}};
}

Prekeys Prekeys::read(const Json& meeting) {
  const auto& seal = meeting.at("seal_key");
  const auto& pq = meeting.at("pq_prekey");
  Prekeys prekeys{dh_prekey<crypto::SignedPrekey>(meeting.at("signed_prekey")),
                  std::nullopt,
                  kem_prekey<crypto::PqSignedPrekey>(pq),
                  {DhKeyPair::from(secret_of<DhSecretKey>(seal, "private")),
                   KemKeyPair::from(secret_of<KemSeed>(seal, "seed"))}};
  if (const auto& one_time = meeting.at("one_time_key"); !one_time.is_null()) {
    prekeys.one_time_key = dh_prekey<crypto::OneTimeKey>(one_time);
  }
  if (pq.at("kind").get<int>() == static_cast<int>(crypto::PqKind::one_time)) {
    prekeys.pq_prekey = kem_prekey<crypto::PqOneTimeKey>(pq);
  }
  return prekeys;
}

crypto::PeerPrekeys Prekeys::published(const crypto::DeviceRecord& record) const {
  crypto::PeerPrekeys peer{record, seal.public_half(), signed_prekey.public_half(), std::nullopt,
                           std::visit(
                               [](const auto& pq) -> decltype(crypto::PeerPrekeys::pq_prekey) {
                                 return pq.public_half();
                               },
                               pq_prekey)};
  if (one_time_key) peer.one_time_key = one_time_key->public_half();
  return peer;
}

crypto::OurPrekeys Prekeys::ours(const crypto::Device& device) const {
  return {device, signed_prekey, one_time_key ? &*one_time_key : nullptr,
          std::visit([](const auto& pq) -> decltype(crypto::OurPrekeys::pq_prekey) { return &pq; },
                     pq_prekey)};
}

crypto::Result<Session::Accepted> accept(const Prekeys& prekeys, const crypto::Device& bob,
                                         ByteView cell, crypto::UnixTime now) {
  const auto first = crypto::open_first_message(prekeys.seal, cell);
  if (!first) return first.error();
  return Session::respond(prekeys.ours(bob), *first, NothingAccepted{}, now);
}

void play_start(Json& meeting) {
  const auto alice = Person::read(meeting.at("alice"));
  const auto bob = Person::read(meeting.at("bob"));
  auto session = start(meeting, alice, Prekeys::read(meeting).published(bob.device.record));
  for (auto& message : meeting.at("first_messages")) seal(session, message, kFirstMessageDraws);
}

void play_meeting(Json& meeting) {
  const auto alice = Person::read(meeting.at("alice"));
  const auto bob = Person::read(meeting.at("bob"));
  const auto prekeys = Prekeys::read(meeting);
  const auto published = prekeys.published(bob.device.record);
  put_public(meeting, alice, bob);
  for (auto& bad : meeting["bad_starts"]) play_bad_start(bad, alice, published);

  auto hers = start(meeting, alice, published);
  std::vector<Bytes> cells;
  for (auto& message : meeting.at("first_messages")) {
    cells.push_back(seal(hers, message, kFirstMessageDraws));
  }
  play_offers(meeting, prekeys, bob, cells);

  const auto now = time_of(meeting, "now");
  const auto first = meeting.at("arrives_first").get<std::size_t>();
  auto accepted = accept(prekeys, bob.device, cells.at(first), now).value();
  meeting["accepted"] = {{"content", to_json(accepted.content)},
                         {"state", hash_of(accepted.session)}};
  const auto other = crypto::open_first_message(prekeys.seal, cells.at(1 - first)).value();
  open(accepted.session, meeting["opened"], other.ratchet_message, now);
  const auto answer = seal(accepted.session, meeting.at("answer"), kAnswerDraws);
  open(hers, meeting["answer"]["opened"], answer, now);
}

}  // namespace bisik::model
