// Files that were cut short, or have single bits flipped: whatever is in them, both stores answer
// with StorageError or with rows, and never with undefined behaviour.
#include <gtest/gtest.h>

#include "storage/client_store.hpp"
#include "storage/sqlite_relay_store.hpp"
#include "tests/storage/power_cut_vfs.hpp"
#include "tests/storage/relay_store_contract.hpp"

namespace bisik::storage {
namespace {

using Kind = StorageError::Kind;

constexpr const char* kRelayPath = "/relay.db";
constexpr const char* kClientPath = "/profile.db";

RelayStoreOptions relay_on(const PowerCutVfs& vfs) {
  return {.path = kRelayPath, .vfs = vfs.name(), .reserve_bytes = 0};
}

DiskImage sound_relay() {
  PowerCutVfs vfs;
  {
    SqliteRelayStore store{relay_on(vfs)};
    const Bytes cell(4096, 5);
    Batch batch{store};
    store.accounts().create(id(1), kToday);
    store.accounts().add_device(id(2), id(1), 1);
    store.bundles().publish_bundle(id(1), 1, 1, cell);
    store.bundles().replace_one_time_keys({id(1), 1, OneTimeKind::x25519}, 32, cell);
    store.queues().create(id(3), {id(1), id(4), 1});
    store.queues().put_write_key(id(3), id(5), {});
    for (std::uint8_t i = 0; i < 40; ++i) {
      store.cells().push(id(3), {envelope(i), id(7), cell, kToday, kToday});
    }
    batch.commit();
  }
  return vfs.disk().image_now();
}

DiskImage sound_client() {
  PowerCutVfs vfs;
  {
    ClientStore store{kClientPath, vfs.name()};
    WriteBatch batch;
    for (std::uint8_t i = 0; i < 100; ++i) batch.put(i % 3, Bytes{i}, Bytes(50U * i, i));
    store.commit(batch);
  }
  return vfs.disk().image_now();
}

// Every statement that a damaged page could trip.
void use(RelayStore& store) {
  static_cast<void>(store.server_view(id(1)));
  static_cast<void>(store.cells().read(id(3), 0, {1000, 1'000'000}));
  Batch batch{store};
  store.cells().push(id(3), {envelope(200), id(7), Bytes(4096), kToday, kToday});
  store.cells().acknowledge(id(3), 7, envelope(6), kToday);
  static_cast<void>(store.bundles().take_one_time_key({id(1), 1, OneTimeKind::x25519}));
  store.cells().sweep(kToday, 20);
  store.queues().remove(id(3));
  batch.commit();
}

void use(ClientStore& store) {
  for (std::int64_t kind = 0; kind < 3; ++kind) static_cast<void>(store.scan({.kind = kind}));
  store.put(1, Bytes{1}, Bytes(3000));
  store.erase(2, Bytes{50});
  store.truncate_wal();
}

// True if the damage was noticed: by an exception or by the integrity check.
bool relay_notices(const DiskImage& image) {
  PowerCutVfs vfs{image};
  try {
    SqliteRelayStore store{relay_on(vfs)};
    const bool faulty = store.integrity_check().has_value();
    use(store);
    return faulty;
  } catch (const StorageError&) {
    return true;
  }
}

bool client_notices(const DiskImage& image) {
  PowerCutVfs vfs{image};
  try {
    ClientStore store{kClientPath, vfs.name()};
    const bool faulty = store.integrity_check().has_value();
    use(store);
    return faulty;
  } catch (const StorageError&) {
    return true;
  }
}

TEST(DamageTest, ATruncatedStoreIsNoticedWhereverItEnds) {
  const DiskImage relay = sound_relay();
  const DiskImage client = sound_client();
  ASSERT_FALSE(relay_notices(relay)) << "the sound one must pass";
  ASSERT_FALSE(client_notices(client));
  for (std::size_t divisor = 2; divisor < 60; ++divisor) {
    DiskImage cut = relay;
    cut[kRelayPath].resize(cut[kRelayPath].size() * (divisor - 1) / divisor);
    EXPECT_TRUE(relay_notices(cut)) << "relay cut to " << cut[kRelayPath].size();
    cut = client;
    cut[kClientPath].resize(cut[kClientPath].size() * (divisor - 1) / divisor);
    EXPECT_TRUE(client_notices(cut)) << "profile cut to " << cut[kClientPath].size();
  }
}

TEST(DamageTest, FlippedBitsNeverDoMoreThanFail) {
  const DiskImage relay = sound_relay();
  const DiskImage client = sound_client();
  PowerCutDisk::Rng rng{11};
  int noticed = 0;
  for (int round = 0; round < 400; ++round) {
    DiskImage flipped = round % 2 == 0 ? relay : client;
    Bytes& file = flipped.begin()->second;
    const std::size_t reach = round % 4 < 2 ? 2000 : file.size();  // half of them in the first page
    file.at(rng() % reach) ^= static_cast<std::uint8_t>(1U << rng() % 8);
    noticed += (round % 2 == 0 ? relay_notices(flipped) : client_notices(flipped)) ? 1 : 0;
  }
  EXPECT_GT(noticed, 20) << "the bits are flipped in places that nobody looks at";
}

TEST(DamageTest, AFlippedHeaderIsCorruptionToThePerson) {
  DiskImage image = sound_relay();
  image[kRelayPath][3] ^= 0x40U;
  PowerCutVfs vfs{image};
  try {
    SqliteRelayStore store{relay_on(vfs)};
    FAIL() << "took a file that does not begin as a database";
  } catch (const StorageError& error) {
    EXPECT_EQ(error.kind(), Kind::corrupt);
  }
}

}  // namespace
}  // namespace bisik::storage
