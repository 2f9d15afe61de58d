// Writes the first inputs for the fuzz targets of the signed objects:
//
//     bisik_identity_corpus tests/fuzz/corpus
//
// Run it when an encoding changes, and commit what it writes. The keys are those of identity.hpp,
// so two runs write the same files.

#include <filesystem>
#include <fstream>
#include <iostream>

#include "crypto/safety_number.hpp"
#include "crypto/sodium.hpp"
#include "crypto/successor.hpp"
#include "tests/fuzz/identity.hpp"

namespace bisik::crypto::fuzz {
namespace {

class Corpus {
 public:
  explicit Corpus(std::filesystem::path root) : root_{std::move(root)} {}

  void add(const char* target, const char* name, ByteView bytes) const {
    std::filesystem::create_directories(root_ / target);
    std::ofstream file{root_ / target / name, std::ios::binary};
    file.exceptions(std::ios::failbit | std::ios::badbit);
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
  // Stored keys: the reader's number, then what it reads.
  template <class Object>
  void add_stored(std::uint8_t choice, const char* name, const Object& object) const {
    SecretBuffer buffer;
    object.write(buffer.append_int(choice));
    add("stored_keys", name, buffer.expose());
  }

 private:
  std::filesystem::path root_;
};

KemKeyPair fixed_kem() { return KemKeyPair::from(fixed_secret<KemSeed>(5)); }
DhKeyPair fixed_dh() { return DhKeyPair::from(fixed_secret<DhSecretKey>(6)); }

void add_lists(const Corpus& corpus) {
  const auto& [account, device] = identity();
  const auto first = DeviceList::first(account, UnixTime{}, device.record);
  const auto second =
      first.next(account, UnixTime{}, {device.record, fixed_device(account, 2).record});
  corpus.add("device_record", "valid", device.record.bytes());
  corpus.add("device_list", "first", first.bytes());
  corpus.add("device_list", "second", second.bytes());
}

void add_prekeys(const Corpus& corpus) {
  const auto& device = identity().device;
  const Bundle::Contents contents{.sequence = 1,
                                  .created = UnixTime{},
                                  .capabilities = 0,
                                  .mailbox = {},
                                  .knock = {},
                                  .seal = {fixed_dh().public_key, fixed_kem().public_key},
                                  .signed_prekey = {7, fixed_dh().public_key},
                                  .pq_signed_prekey = {8, fixed_kem().public_key}};
  corpus.add("bundle", "valid", Bundle::create(device, contents).bytes());
  const auto one_time = OneTimeKeyEntry::create(device, {9, fixed_dh().public_key});
  const auto pq_one_time = PqOneTimeKeyEntry::create(device, {10, fixed_kem().public_key});
  corpus.add("one_time_keys", "x25519", one_time.bytes());
  corpus.add("one_time_keys", "ml_kem", pq_one_time.bytes());
}

void add_succession(const Corpus& corpus) {
  const auto& before = identity().account;
  const auto after = another_account();
  const SuccessorClaim claim{before.verify_key(), after.verify_key(), UnixTime{}};
  const auto statement =
      SuccessorStatement::assemble(claim, claim.sign_as_old(before), claim.sign_as_new(after));
  corpus.add("successor", "valid", statement.value().bytes());
  corpus.add("successor", "claim", claim.encode());
}

void add_keys(const Corpus& corpus) {
  const auto& [account, device] = identity();
  corpus.add("public_keys", "x25519", fixed_dh().public_key.bytes);
  corpus.add("public_keys", "ml_kem", fixed_kem().public_key.bytes);
  const auto number = SafetyNumber::of(account.verify_key(), device.signing_key.verify_key());
  corpus.add("public_keys", "safety_code", number.code());
  corpus.add_stored(0, "account", account);
  corpus.add_stored(1, "device", device);
  corpus.add_stored(2, "signed_prekey", SignedPrekey{7, fixed_dh()});
  corpus.add_stored(3, "pq_one_time_key", PqOneTimeKey{8, fixed_kem()});
  corpus.add_stored(4, "seal_key", SealKey{fixed_dh(), fixed_kem()});
}

}  // namespace
}  // namespace bisik::crypto::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: " << argv[0] << " CORPUS_FOLDER\n";
    return 2;
  }
  bisik::crypto::initialise();
  const bisik::crypto::fuzz::Corpus corpus{argv[1]};
  bisik::crypto::fuzz::add_lists(corpus);
  bisik::crypto::fuzz::add_prekeys(corpus);
  bisik::crypto::fuzz::add_succession(corpus);
  bisik::crypto::fuzz::add_keys(corpus);
}
