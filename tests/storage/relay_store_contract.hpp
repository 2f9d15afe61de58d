// What every RelayStore must do. The tests are in accounts_, invites_, grants_, bundles_, queues_,
// cells_ and relay_store_test.cpp; an implementation joins by adding itself to every_store().
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/relay_store.hpp"
#include "tests/storage/temporary_folder.hpp"

namespace bisik::storage {

struct StoreUnderTest {
  std::string name;
  std::function<std::unique_ptr<RelayStore>(const TemporaryFolder&)> open;
};

[[nodiscard]] std::vector<StoreUnderTest> every_store();
[[nodiscard]] std::string store_name(const testing::TestParamInfo<StoreUnderTest>& info);
inline void PrintTo(const StoreUnderTest& store, std::ostream* out) { *out << store.name; }

// Keys that say in a debugger which one they are.
[[nodiscard]] Id id(std::uint8_t number);
[[nodiscard]] EnvelopeId envelope(std::uint8_t number);
[[nodiscard]] Bytes bytes(std::string_view text);

inline constexpr Day kToday = 19'000;

class RelayStoreContract : public testing::TestWithParam<StoreUnderTest> {
 protected:
  // Runs `change` in a batch of its own and commits it.
  template <class Change>
  auto committed(Change change) {
    Batch batch{*store};
    if constexpr (std::is_void_v<decltype(change())>) {
      change();
      batch.commit();
    } else {
      auto result = change();
      batch.commit();
      return result;
    }
  }

  // A mailbox of Alice's.
  void make_queue(const Id& queue_id);
  // The cell's hash is drawn from its text, as a real one would be.
  Pushed push(const Id& queue_id, const EnvelopeId& envelope_id, std::string_view text,
              Day expires_day = kToday + 30);
  bool acknowledge(const Id& queue_id, Sequence sequence, const EnvelopeId& envelope_id,
                   Day today = kToday);
  [[nodiscard]] std::vector<std::string> texts(const Id& queue_id, Sequence after = 0);

  const Id alice = id(0xA1);
  const Id bob = id(0xB0);
  const Id mailbox = id(0x10);

  TemporaryFolder folder;
  std::unique_ptr<RelayStore> store = GetParam().open(folder);
};

}  // namespace bisik::storage
