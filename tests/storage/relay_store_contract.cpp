#include "tests/storage/relay_store_contract.hpp"

#include <algorithm>

#include "storage/sqlite_relay_store.hpp"

namespace bisik::storage {
namespace {

constexpr ReadLimits kAll{.max_cells = 1000, .max_bytes = 1'000'000};

Id hash_of(std::string_view text) {
  Id hash{};
  for (std::size_t i = 0; i < text.size(); ++i) {
    hash.at(i % hash.size()) =
        static_cast<std::uint8_t>(hash.at(i % hash.size()) * 31 + text[i] + 1);
  }
  return hash;
}

}  // namespace

std::vector<StoreUnderTest> every_store() {
  return {
      {"SqliteInMemory",
       [](const TemporaryFolder&) {
         return std::make_unique<SqliteRelayStore>(RelayStoreOptions{.path = ":memory:"});
       }},
      {"SqliteOnFile",
       [](const TemporaryFolder& folder) {
         return std::make_unique<SqliteRelayStore>(
             RelayStoreOptions{.path = folder.file("relay.db")});
       }},
  };
}

std::string store_name(const testing::TestParamInfo<StoreUnderTest>& info) {
  return info.param.name;
}

Id id(std::uint8_t number) {
  Id result{};
  result.fill(number);
  return result;
}

EnvelopeId envelope(std::uint8_t number) {
  EnvelopeId result{};
  result.fill(number);
  return result;
}

Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }

void RelayStoreContract::make_queue(const Id& queue_id) {
  ASSERT_TRUE(committed([&] {
    return store->queues().create(queue_id, {.owner = alice, .read_key_hash = id(0x77), .kind = 1});
  }));
}

Pushed RelayStoreContract::push(const Id& queue_id, const EnvelopeId& envelope_id,
                                std::string_view text, Day expires_day) {
  const Bytes contents = bytes(text);
  return committed([&] {
    return store->cells().push(queue_id, {.envelope_id = envelope_id,
                                          .hash = hash_of(text),
                                          .bytes = contents,
                                          .arrival_day = kToday,
                                          .expires_day = expires_day});
  });
}

bool RelayStoreContract::acknowledge(const Id& queue_id, Sequence sequence,
                                     const EnvelopeId& envelope_id, Day today) {
  return committed(
      [&] { return store->cells().acknowledge(queue_id, sequence, envelope_id, today); });
}

std::vector<std::string> RelayStoreContract::texts(const Id& queue_id, Sequence after) {
  std::vector<std::string> found;
  for (const Cell& cell : store->cells().read(queue_id, after, kAll)) {
    found.emplace_back(cell.bytes.begin(), cell.bytes.end());
  }
  return found;
}

}  // namespace bisik::storage
