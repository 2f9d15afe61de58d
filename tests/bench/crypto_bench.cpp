// What sessions cost, beside libsodium's primitives in the same run. Prints one line a figure: the
// median of the processor's time, how many X25519 that is, how many a second, and what is promised
// for a machine on which X25519 takes 31 microseconds. Exits 1 if, measured in X25519, a promise is
// not kept.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "crypto/sodium.hpp"
#include "tests/bench/processor_time.hpp"
#include "tests/crypto/dialogue.hpp"

namespace bisik::crypto {
namespace {

constexpr Microseconds kReferenceX25519{31};
constexpr int kRounds = 41;

// `run(n)` does the work n times, and returns how long that took without what it prepared.
template <class Run>
Microseconds median(int n, Run&& run) {
  std::vector<Microseconds> rounds;
  for (int i = 0; i < kRounds; ++i) rounds.push_back(run(n) / n);
  std::ranges::nth_element(rounds, rounds.begin() + kRounds / 2);
  return rounds[kRounds / 2];
}

template <class Work>
Microseconds time(Work&& work) {
  const auto start = processor_time();
  work();
  return processor_time() - start;
}

template <class Work>
Microseconds median_of(int n, Work&& work) {
  return median(n, [&](int count) {
    return time([&] {
      for (int i = 0; i < count; ++i) work();
    });
  });
}

Microseconds x25519() {
  const auto ours = DhKeyPair::generate(), theirs = DhKeyPair::generate();
  return median_of(10, [&] { static_cast<void>(agree(ours.secret_key, theirs.public_key)); });
}

class Report {
 public:
  void figure(const char* name, Microseconds took) {
    line(name, took, x25519());
    std::putchar('\n');
  }
  // X25519 is measured anew for each figure, because the machine's speed is not constant.
  void promise(const char* name, Microseconds took, Microseconds most) {
    const auto reference = x25519();
    line(name, took, reference);
    const bool kept = took / reference <= most / kReferenceX25519;
    std::printf("  at most %8.2f us: %s\n", most.count(), kept ? "kept" : "MISSED");
    all_kept_ = all_kept_ && kept;
  }
  [[nodiscard]] bool all_kept() const { return all_kept_; }

 private:
  static void line(const char* name, Microseconds took, Microseconds reference) {
    std::printf("%-44s %9.2f us %8.3f X25519 %9.0f/s", name, took.count(), took / reference,
                1e6 / took.count());
  }

  bool all_kept_ = true;
};

void primitives(Report& report) {
  const auto pair = SigningKeyPair::generate();
  const auto message = Bytes(236);
  const auto signature = pair.sign(label::kBundle, message);
  report.figure("Ed25519 verify, 236 bytes", median_of(20, [&] {
                  static_cast<void>(pair.verify_key().verify(label::kBundle, message, signature));
                }));
  const auto key = Secret<struct BenchTag, 32>::random();
  Bytes plain(1024), sealed(1024 + kTagBytes);
  report.figure("ChaCha20-Poly1305, 1 KiB",
                median_of(500, [&] { chacha::seal(key, chacha::kZeroNonce, {}, plain, sealed); }));
}

void kem(Report& report) {
  const auto pair = KemKeyPair::generate();
  const auto encapsulated = encapsulate(pair.public_key);
  report.promise("ML-KEM-768 key pair", median_of(20, [] { (void)KemKeyPair::generate(); }),
                 Microseconds{60});
  report.promise("ML-KEM-768 encapsulate",
                 median_of(20, [&] { (void)encapsulate(pair.public_key); }), Microseconds{60});
  report.promise("ML-KEM-768 decapsulate, from the seed",
                 median_of(20, [&] { (void)decapsulate(pair.seed, encapsulated.ciphertext); }),
                 Microseconds{60});
}

// Everything that a sender does with what the relay handed out.
Bytes start_session(const Peer& alice, const Bytes& list, const Bytes& bundle,
                    const OneTimeKeyEntry& one_time, const PqOneTimeKeyEntry& pq_one_time) {
  const auto devices = DeviceList::parse(list).value();
  const auto& record = devices.records().front();
  const auto contents = Bundle::parse(bundle, record).value().contents();
  const auto opk = OneTimeKeyEntry::parse(one_time.bytes(), record).value().key();
  const auto pq_opk = PqOneTimeKeyEntry::parse(pq_one_time.bytes(), record).value().key();
  auto session =
      Session::initiate(alice.device, {record, contents.seal, contents.signed_prekey, opk, pq_opk})
          .value();
  return session.seal(kCell, text("hello"));
}

void session_start(Report& report) {
  const Peer alice, bob;
  const auto list = copy_of(bob.first_list().bytes());
  const auto bundle = copy_of(bob.bundle().bytes());
  const auto one_time = OneTimeKeyEntry::create(bob.device, bob.one_time_key.public_half());
  const auto pq_one_time = PqOneTimeKeyEntry::create(bob.device, bob.pq_one_time_key.public_half());
  const auto start = [&] { return start_session(alice, list, bundle, one_time, pq_one_time); };
  report.promise("session start, initiator", median_of(5, start), Microseconds{750});
  const auto cell = start();
  report.promise("session start, responder", median_of(5, [&] { (void)answer(bob, cell).value(); }),
                 Microseconds{600});
}

struct Ratchets {
  Ratchet alice, bob;
  AssociatedData associated{};

  static Ratchets begin() {
    const auto keys = [] {
      const auto zeros = [](auto out) { std::ranges::fill(out, std::uint8_t{0}); };
      return SessionKeys{RootKey::fill(zeros), HeaderKey::fill(zeros), HeaderKey::fill(zeros)};
    };
    const auto spk = DhKeyPair::generate();
    auto alice = Ratchet::initiate(keys(), spk.public_key).value();
    auto accepted = Ratchet::accept(keys(), spk.secret_key, AssociatedData{},
                                    alice.seal(AssociatedData{}, {}, kCell), kNow);
    return {std::move(alice), std::move(accepted->ratchet)};
  }
  // 1 KiB and nothing to fill a cell.
  void say(Ratchet& from, Ratchet& to, ByteView content) {
    const auto wire = from.seal(associated, content, content.size() + from.next_overhead());
    if (!to.open(associated, wire, kNow)) std::abort();
  }
};

// What adding and removing the padding takes: libsodium looks at each byte of it in constant time.
Microseconds padding(std::size_t content) {
  Bytes padded(content + 1);
  return median_of(300, [&] {
    std::size_t size = 0;
    sodium_pad(&size, padded.data(), content, padded.size(), padded.size());
    sodium_unpad(&size, padded.data(), padded.size(), padded.size());
  });
}

void messages(Report& report) {
  const Bytes content(1024, 'x');
  auto ratchets = Ratchets::begin();
  const auto one_way = [&] { ratchets.say(ratchets.alice, ratchets.bob, content); };
  const auto turn = [&] { ratchets.say(ratchets.bob, ratchets.alice, content); };
  const auto padded = median_of(300, one_way);
  report.figure("one way, 1 KiB sealed and opened", padded);
  report.promise("  before padding", padded - padding(content.size()), Microseconds{1e6 / 120'000});
  for (int i = 0; i < 8; ++i) {
    turn();
    one_way();
  }
  report.figure("one way, 1 KiB, the chain carries KEM parts", median_of(300, one_way));
  report.promise("ping-pong, a turn with the KEM each",
                 median_of(20,
                           [&] {
                             turn();
                             one_way();
                           }) /
                     2,
                 Microseconds{1e6 / 3'500});

  auto dialogue = Dialogue::established();
  report.figure("one way in cells of 4 KiB", median_of(100, [&] { dialogue.alice_says("hello"); }));
}

void skipped(Report& report) {
  std::vector<Microseconds> last, all;
  for (int round = 0; round < 11; ++round) {
    auto ratchets = Ratchets::begin();
    std::vector<Bytes> wires;
    for (std::uint32_t i = 0; i <= kMaxSkip; ++i) {
      wires.push_back(ratchets.alice.seal(ratchets.associated, {}, 1024));
    }
    const auto open = [&](const Bytes& wire) {
      if (!ratchets.bob.open(ratchets.associated, wire, kNow)) std::abort();
    };
    last.push_back(time([&] { open(wires.back()); }));
    wires.pop_back();
    all.push_back(time([&] { std::ranges::for_each(wires, open); }));
  }
  std::ranges::sort(last);
  std::ranges::sort(all);
  report.promise("1,000 skipped: the last message", last[last.size() / 2], Microseconds{5'000});
  report.promise("1,000 skipped: then all the others", all[all.size() / 2], Microseconds{30'000});
}

int run() {
  initialise();
  Report report;
  report.figure("X25519", x25519());
  primitives(report);
  kem(report);
  session_start(report);
  messages(report);
  skipped(report);
  return report.all_kept() ? 0 : 1;
}

}  // namespace
}  // namespace bisik::crypto

int main() { return bisik::crypto::run(); }
