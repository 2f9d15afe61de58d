#include "tests/crypto/kinds.hpp"

#include <memory>
#include <numeric>

#include "crypto/backup.hpp"
#include "crypto/network_binding.hpp"
#include "crypto/ratchet.hpp"
#include "crypto/safety_number.hpp"
#include "crypto/stamp.hpp"
#include "crypto/state_epoch.hpp"
#include "crypto/successor.hpp"
#include "tests/crypto/dialogue.hpp"
#include "tests/crypto/linking_scene.hpp"

namespace bisik::crypto {
namespace {

constexpr auto kProof = KnownBy::proof;
constexpr auto kLayout = KnownBy::layout;

template <class Object>
Bytes stored(const Object& object) {
  SecretBuffer out;
  object.write(out);
  return copy_of(out.expose());
}

template <class Object>
bool reads(ByteView bytes) {
  SecretBuffer buffer;
  SecretReader in{buffer.append(bytes)};
  return Object::read(in).has_value() && in.finish();
}

template <class Object>
bool parses(ByteView bytes) {
  return Object::parse(bytes).has_value();
}

// For what is signed and sent as a signature alone.
template <class Statement>
Kind statement_kind(std::string name, const Statement& statement, const AccountKey& account) {
  const auto key = account.verify_key();
  return {
      std::move(name), copy_of(statement.sign(account)), kProof, [=](ByteView bytes) {
        if (bytes.size() != sizeof(Signature)) return false;
        return statement.verify(key, Decoder{bytes}.take_array<sizeof(Signature)>()).has_value();
      }};
}

Kind handshake_fields_kind(const FirstMessage& first) {
  Encoder fields{HandshakeFields::kSize};
  first.handshake.encode(fields);
  return {"handshake fields", fields.bytes(), kLayout, [](ByteView bytes) {
            Decoder in{bytes};
            return HandshakeFields::decode(in).has_value() && in.finish();
          }};
}

Kind sealed_header_kind() {
  const auto key = std::make_shared<HeaderKey>(HeaderKey::random());
  Bytes sealed(kSealedHeaderBytes);
  const Header header{KemContents::nothing, DhKeyPair::generate().public_key, 0, 0};
  seal_header(*key, xchacha::random_nonce(), header,
              std::span<std::uint8_t, kSealedHeaderBytes>{sealed});
  return {"sealed header", sealed, kProof, [key](ByteView bytes) {
            return bytes.size() == kSealedHeaderBytes &&
                   open_header(*key, bytes.first<kSealedHeaderBytes>()).has_value();
          }};
}

Kind ratchet_state_kind() {
  const SignedPrekey bobs = SignedPrekey::generate();
  const auto ratchet =
      Ratchet::initiate({RootKey::random(), HeaderKey::random(), HeaderKey::random()},
                        bobs.pair.public_key)
          .value();
  return {"ratchet state", stored(ratchet), kLayout, reads<Ratchet>};
}

// One that is known: looking for another takes seconds.
Kind stamp_kind() {
  QueueId queue;
  std::iota(queue.bytes.begin(), queue.bytes.end(), std::uint8_t{0});
  const Day day{std::chrono::days{20'000}};
  const auto cell = sha256(as_bytes("a cell"));
  constexpr std::uint64_t kStamp = 0x0123'4567'89d7'7e3a;
  return {"stamp", copy_of(big_endian(kStamp)), kProof, [=](ByteView bytes) {
            Decoder in{bytes};
            const auto stamp = in.take_int<std::uint64_t>();
            return in.finish() && check_stamp(queue, day, cell, stamp);
          }};
}

// The halves are of another claim than the whole, which ends with one.
std::vector<Kind> successor_kinds() {
  const auto before = AccountKey::generate();
  const auto after = AccountKey::generate();
  const SuccessorClaim whole{before.verify_key(), after.verify_key(), kNow};
  const SuccessorClaim claim{whole.old_key, whole.new_key, kNow + std::chrono::seconds{1}};
  const auto statement =
      SuccessorStatement::assemble(whole, whole.sign_as_old(before), whole.sign_as_new(after));
  const auto half = [](ByteView bytes) { return Decoder{bytes}.take_array<sizeof(Signature)>(); };
  return {
      {"successor statement", copy_of(statement.value().bytes()), kProof,
       parses<SuccessorStatement>},
      {"successor half by the old", copy_of(claim.sign_as_old(before)), kProof,
       [=](ByteView bytes) {
         return bytes.size() == sizeof(Signature) && claim.verify_by_old(half(bytes)).has_value();
       }},
      {"successor half by the new", copy_of(claim.sign_as_new(after)), kProof,
       [=](ByteView bytes) {
         return bytes.size() == sizeof(Signature) && claim.verify_by_new(half(bytes)).has_value();
       }},
  };
}

std::vector<Kind> backup_kinds() {
  constexpr PasswordCost kCheap{1, 8};
  const auto code = std::make_shared<RecoveryCode>(RecoveryCode::random());
  auto writer = BackupWriter::create(*code, kCheap).value();
  const auto header = copy_of(writer.header());
  const auto part = std::move(writer).finish(SecretBuffer(100));
  const auto words = code->words();
  return {{"backup header", header, kProof, parses<BackupHeader>},
          {"backup part", part, kProof,
           [code, header](ByteView bytes) {
             auto reader = BackupReader::open(header, *code).value();
             reader.append(bytes);
             const auto opened = reader.next();
             return opened && *opened && reader.finish();
           }},
          {"recovery words", copy_of(as_bytes(words.text())), kProof, [](ByteView bytes) {
             SecretBuffer typed;
             return RecoveryCode::parse(typed.append(bytes)).has_value();
           }}};
}

}  // namespace

std::vector<Kind> signed_kinds() {
  const Person alice;
  const auto& device = alice.device;
  const auto record = device.record;
  const auto one_time = OneTimeKeyEntry::create(device, OneTimeKey::generate().public_half());
  const auto pq = PqOneTimeKeyEntry::create(device, PqOneTimeKey::generate().public_half());
  const auto number = SafetyNumber::of(alice.account.verify_key(), record.signing_key());
  const auto relay_key = DhKeyPair::generate().public_key;
  const NetworkBinding binding{
      NetworkKeyChange::add, DhKeyPair::generate().public_key, 1, relay_key, {}};
  const ListPublication publication{alice.first_list().hash(), relay_key, {}};
  std::vector<Kind> kinds{
      {"device record", copy_of(record.bytes()), kProof, parses<DeviceRecord>},
      {"device list", copy_of(alice.first_list().bytes()), kProof, parses<DeviceList>},
      {"bundle", copy_of(alice.bundle().bytes()), kProof,
       [record](ByteView bytes) { return Bundle::parse(bytes, record).has_value(); }},
      {"one-time key", copy_of(one_time.bytes()), kProof,
       [record](ByteView bytes) { return OneTimeKeyEntry::parse(bytes, record).has_value(); }},
      {"post-quantum one-time key", copy_of(pq.bytes()), kProof,
       [record](ByteView bytes) { return PqOneTimeKeyEntry::parse(bytes, record).has_value(); }},
      {"safety number", copy_of(number.code()), kProof,
       [number](ByteView bytes) {
         const auto matches = number.matches(bytes);
         return matches && *matches;
       }},
      statement_kind("network binding", binding, alice.account),
      statement_kind("list publication", publication, alice.account),
  };
  for (auto& kind : successor_kinds()) kinds.push_back(std::move(kind));
  return kinds;
}

std::vector<Kind> session_kinds() {
  const auto bob = std::make_shared<Peer>();
  const Peer alice;
  auto begun = Session::initiate(alice.device, bob->published()).value();
  const auto first_cell = begun.seal(kCell, text("hello"));
  const auto first = open_first_message(bob->seal, first_cell).value();
  auto dialogue = Dialogue::established();
  const auto cell = dialogue.alice.seal(kCell, text("hello"));
  const auto state = dump(dialogue.bob);
  return {
      handshake_fields_kind(first),
      {"first message", first_cell, kProof,
       [bob](ByteView bytes) { return open_first_message(bob->seal, bytes).has_value(); }},
      {"ratchet message", cell, kProof,
       [state](ByteView bytes) { return restore(state).value().open(bytes, kNow).has_value(); }},
      sealed_header_kind(),
      {"session state", state, kLayout, reads<Session>},
      ratchet_state_kind(),
  };
}

std::vector<Kind> linking_kinds() {
  const auto scene = std::make_shared<LinkingScene>();
  const auto spare = std::make_shared<NewDevice>(NewDevice::create(scene->network_key));
  const auto to_spare = DeviceOffer::create(spare->code(), scene->account.verify_key(), 3, kNow);
  const auto opened = scene->new_device.open_offer(scene->offer.seal_offer(kLinkingCell)).value();
  const CodeThief reader{scene->new_device.code()};
  const auto claimed = std::make_shared<ClaimedDevice>(std::move(scene->new_device).accept(opened));
  const auto confirmed = scene->reveal(*claimed).confirm(claimed->digits()).value();
  return {
      {"linking offer", opened.encode(), kLayout, parses<LinkingOffer>},
      {"linking reveal", reader.read(*claimed).encode(), kLayout, parses<LinkingReveal>},
      {"linking digits", copy_of(as_bytes(claimed->digits().text())), kLayout,
       [](ByteView bytes) { return LinkingDigits::parse(as_text(bytes)).has_value(); }},
      {"offer cell", to_spare.seal_offer(kLinkingCell), kProof,
       [spare](ByteView bytes) { return spare->open_offer(bytes).has_value(); }},
      {"reveal cell", claimed->seal_reveal(kLinkingCell), kProof,
       [scene](ByteView bytes) { return scene->offer.open_reveal(bytes).has_value(); }},
      {"grant cell", confirmed.seal_grant(kLinkingCell, as_bytes("grant")), kProof,
       [claimed](ByteView bytes) { return claimed->open_grant(bytes).has_value(); }},
  };
}

// Of the private halves, those of a signed and a one-time prekey have one layout, and an account's
// seed has none: which is which, the vault's rows say, whose tag is over their table and name.
std::vector<Kind> profile_kinds() {
  const Person alice;
  const auto key = std::make_shared<StateEpochKey>(StateEpochKey::random());
  std::vector<Kind> kinds{
      {"stored device", stored(alice.device), kProof, reads<Device>},
      {"stored X25519 prekey", stored(alice.signed_prekey), kLayout, reads<SignedPrekey>},
      {"stored ML-KEM prekey", stored(alice.pq_signed_prekey), kLayout, reads<PqSignedPrekey>},
      {"stored SEAL key", stored(alice.seal), kLayout, reads<SealKey>},
      {"state epoch", copy_of(StateEpoch::make(*key, 7).bytes), kProof,
       [key](ByteView bytes) { return StateEpoch::verify(*key, bytes).has_value(); }},
      stamp_kind(),
  };
  for (auto& kind : backup_kinds()) kinds.push_back(std::move(kind));
  return kinds;
}

}  // namespace bisik::crypto
