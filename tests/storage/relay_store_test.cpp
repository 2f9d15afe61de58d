#include "storage/relay_store.hpp"

#include <algorithm>

#include "tests/storage/relay_store_contract.hpp"

namespace bisik::storage {
namespace {

class RelayStoreTest : public RelayStoreContract {
 protected:
  // All values of a view, for looking a key up in it.
  [[nodiscard]] bool shows(const std::vector<ViewRow>& view, std::string_view table,
                           std::string_view column, std::string_view value) {
    return std::any_of(view.begin(), view.end(), [&](const ViewRow& row) {
      return row.table == table &&
             std::any_of(row.columns.begin(), row.columns.end(), [&](const auto& found) {
               return found.first == column && found.second == value;
             });
    });
  }

  static std::string hex(std::string_view digits) {
    std::string text;
    for (int i = 0; i < 32; ++i) text += digits;
    return text;
  }
};

TEST_P(RelayStoreTest, ABatchThatIsNotCommittedChangesNothing) {
  make_queue(mailbox);
  {
    Batch batch{*store};
    store->accounts().create(alice, kToday);
    store->queues().remove(mailbox);
    EXPECT_TRUE(store->accounts().find(alice)) << "the batch sees its own writes";
  }
  EXPECT_FALSE(store->accounts().find(alice));
  EXPECT_TRUE(store->queues().find(mailbox));
}

TEST_P(RelayStoreTest, ACommittedBatchHoldsManyOperations) {
  {
    Batch batch{*store};
    store->accounts().create(alice, kToday);
    store->accounts().create(bob, kToday);
    batch.commit();
  }
  EXPECT_TRUE(store->accounts().find(alice));
  EXPECT_TRUE(store->accounts().find(bob));
}

TEST_P(RelayStoreTest, MetaKeepsSmallValuesByName) {
  EXPECT_FALSE(store->meta("policy"));
  committed([&] { store->set_meta("policy", bytes("1")); });
  committed([&] { store->set_meta("policy", bytes("2")); });
  committed([&] { store->set_meta("nothing", {}); });
  EXPECT_EQ(store->meta("policy"), bytes("2"));
  EXPECT_EQ(store->meta("nothing"), Bytes{});
}

TEST_P(RelayStoreTest, TheServerViewShowsEveryRowOfTheAccountAndNoOther) {
  committed([&] {
    for (const Id& account : {alice, bob}) {
      store->accounts().create(account, kToday);
      store->accounts().add_device(id(account[0] + 1), account, 1);
      store->bundles().publish_list(account, 1, bytes("list"));
      store->bundles().publish_bundle(account, 1, 1, Bytes(2000));
      store->bundles().replace_one_time_keys({account, 1, OneTimeKind::x25519}, 2, bytes("aabb"));
      store->queues().create(id(account[0] + 2), {account, id(0x77), 1});
      store->queues().put_write_key(id(account[0] + 2), id(account[0] + 3), {});
    }
  });
  push(id(0xA3), envelope(0xA5), "cell");
  push(id(0xA3), envelope(0xA6), "gone");
  push(id(0xB2), envelope(0xB5), "cell");
  push(id(0xB2), envelope(0xB6), "gone");
  acknowledge(id(0xA3), 2, envelope(0xA6));
  acknowledge(id(0xB2), 2, envelope(0xB6));

  const std::vector<ViewRow> view = store->server_view(alice);
  EXPECT_EQ(view.size(), 11U) << "one row of each of ten tables, and a second envelope";
  EXPECT_TRUE(shows(view, "accounts", "account_id", hex("a1")));
  EXPECT_TRUE(shows(view, "devices", "network_key", hex("a2")));
  EXPECT_TRUE(shows(view, "device_lists", "bytes", "6c697374"));
  EXPECT_TRUE(shows(view, "bundles", "bytes", "2000 bytes"));
  EXPECT_TRUE(shows(view, "one_time_keys", "entries", "61616262"));
  EXPECT_TRUE(shows(view, "queues", "queue_id", hex("a3")));
  EXPECT_TRUE(shows(view, "write_keys", "key_hash", hex("a4")));
  EXPECT_TRUE(shows(view, "cells", "arrival_day", std::to_string(kToday)));
  EXPECT_TRUE(shows(view, "envelopes", "sequence", "1"));
  EXPECT_TRUE(shows(view, "envelopes", "sequence", "2"));
  EXPECT_TRUE(shows(view, "departed", "forget_day", std::to_string(kToday + kEnvelopeMemoryDays)));
}

TEST_P(RelayStoreTest, TheServerViewOfAStrangerIsEmpty) {
  committed([&] { store->accounts().create(alice, kToday); });
  EXPECT_TRUE(store->server_view(bob).empty());
}

TEST_P(RelayStoreTest, TheTotalsCountWhatIsThere) {
  const auto size = store->totals().database_bytes;
  EXPECT_EQ(store->totals(), (Totals{0, 0, 0, 0, 0, size}));
  committed([&] {
    store->accounts().create(alice, kToday);
    store->accounts().add_device(id(0xA4), alice, 1);
    store->accounts().add_device(id(0xA5), alice, 2);
  });
  make_queue(mailbox);
  push(mailbox, envelope(1), "cell");
  push(mailbox, envelope(2), "another");
  EXPECT_EQ(store->totals(), (Totals{1, 2, 1, 2, 11, store->totals().database_bytes}));
  EXPECT_GE(store->totals().database_bytes, size);
  acknowledge(mailbox, 1, envelope(1));
  EXPECT_EQ(store->totals().cells, 1);
  EXPECT_EQ(store->totals().cell_bytes, 7);
}

TEST_P(RelayStoreTest, ASoundStoreHasNoFault) {
  make_queue(mailbox);
  push(mailbox, envelope(1), "cell");
  EXPECT_EQ(store->integrity_check(), std::nullopt);
  store->release_space(100);
  EXPECT_EQ(texts(mailbox), std::vector<std::string>{"cell"});
}

INSTANTIATE_TEST_SUITE_P(EveryStore, RelayStoreTest, testing::ValuesIn(every_store()), store_name);

}  // namespace
}  // namespace bisik::storage
