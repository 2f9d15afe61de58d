#include <gtest/gtest.h>

#include "proto/validate.hpp"
#include "tests/proto/messages.hpp"

namespace bisik::proto {
namespace {

// Fields of ids, hashes and keys have one size: anything else is refused.
template <class Set>
void expect_exact_size(pb::Request request, std::size_t size, Set set) {
  for (const std::size_t wrong : {std::size_t{0}, size - 1, size + 1}) {
    set(request, filled(wrong));
    EXPECT_FALSE(valid(request)) << wrong;
  }
  set(request, filled(size));
  EXPECT_TRUE(valid(request)) << size;
}

TEST(ValidateRequest, AnOperationIsRequired) { EXPECT_FALSE(valid(pb::Request{})); }

TEST(ValidateRequest, OperationsWithoutFieldsAreRight) {
  pb::Request request;
  request.mutable_ping();
  EXPECT_TRUE(valid(request));
  request.mutable_get_limits();
  EXPECT_TRUE(valid(request));
  request.mutable_server_view();
  EXPECT_TRUE(valid(request));
  request.mutable_count_one_time_keys();
  EXPECT_TRUE(valid(request));
}

TEST(ValidateRequest, RegisterHasEveryPartInItsSize) {
  const auto request = register_request();
  ASSERT_TRUE(valid(request));
  expect_exact_size(request, 32, [](auto& r, auto v) { r.mutable_register_()->set_invite(v); });
  expect_exact_size(request, 64,
                    [](auto& r, auto v) { r.mutable_register_()->set_network_binding(v); });
  expect_exact_size(request, crypto::Bundle::kSize,
                    [](auto& r, auto v) { r.mutable_register_()->set_bundle(v); });
}

TEST(ValidateRequest, RegisterNamesADeviceAndAtMostTwoQueues) {
  auto request = register_request();
  request.mutable_register_()->set_device(0);
  EXPECT_FALSE(valid(request));
  request.mutable_register_()->set_device(0x8000'0000);
  EXPECT_FALSE(valid(request));
  request = register_request();
  fill(*request.mutable_register_()->add_queues());
  EXPECT_FALSE(valid(request));
  request = register_request();
  request.mutable_register_()->set_device_list(filled(crypto::DeviceList::kMaxSize + 1));
  EXPECT_FALSE(valid(request));
}

TEST(ValidateRequest, OneTimeKeysAreWholeEntriesAndNoMoreThanABatch) {
  pb::Request request;
  auto& keys = *request.mutable_publish_one_time_keys()->mutable_keys();
  fill(keys);
  EXPECT_TRUE(valid(request));
  keys.set_classical(filled(101 * crypto::OneTimeKeyEntry::kSize));
  EXPECT_FALSE(valid(request));
  keys.set_classical(filled(crypto::OneTimeKeyEntry::kSize - 1));
  EXPECT_FALSE(valid(request));
  keys.clear_classical();
  EXPECT_TRUE(valid(request));
  keys.set_post_quantum(filled(33 * crypto::PqOneTimeKeyEntry::kSize));
  EXPECT_FALSE(valid(request));
}

TEST(ValidateRequest, AQueueHasAKnownKindAndBoundedWriteKeys) {
  pb::Request request;
  auto& queue = *request.mutable_create_queue();
  fill(queue);
  ASSERT_TRUE(valid(request));
  queue.set_kind(pb::QUEUE_KIND_UNSPECIFIED);
  EXPECT_FALSE(valid(request));
  queue.set_kind(static_cast<pb::QueueKind>(77));
  EXPECT_FALSE(valid(request));
  queue.set_kind(pb::QUEUE_KIND_RENDEZVOUS);
  EXPECT_TRUE(valid(request));
  queue.set_kind(pb::QUEUE_KIND_KNOCK);
  while (queue.write_keys_size() <= kMaxWriteKeysAtCreate) queue.add_write_keys()->set_hash(kId);
  EXPECT_FALSE(valid(request));
}

TEST(ValidateRequest, WriteKeysAreHashesWithABoundedLife) {
  pb::Request request;
  auto& operation = *request.mutable_add_write_key();
  operation.set_queue(kId);
  operation.mutable_key()->set_hash(kId);
  expect_exact_size(request, 32, [](auto& r, auto v) { r.mutable_add_write_key()->set_queue(v); });
  expect_exact_size(request, 32,
                    [](auto& r, auto v) { r.mutable_add_write_key()->mutable_key()->set_hash(v); });
  operation.mutable_key()->set_lifetime_seconds(kMaxLifetimeSeconds + 1);
  EXPECT_FALSE(valid(request));
}

TEST(ValidateRequest, RemovingAndSubscribingNameQueueAndKey) {
  pb::Request remove;
  remove.mutable_remove_write_key()->set_queue(kId);
  remove.mutable_remove_write_key()->set_hash(kId);
  expect_exact_size(remove, 32, [](auto& r, auto v) { r.mutable_remove_write_key()->set_hash(v); });
  pb::Request subscribe;
  subscribe.mutable_subscribe()->set_queue(kId);
  subscribe.mutable_subscribe()->set_read_key(kId);
  expect_exact_size(subscribe, 32, [](auto& r, auto v) { r.mutable_subscribe()->set_queue(v); });
  expect_exact_size(subscribe, 32, [](auto& r, auto v) { r.mutable_subscribe()->set_read_key(v); });
}

TEST(ValidateRequest, AcknowledgementsNameSequenceAndEnvelope) {
  pb::Request request;
  auto& operation = *request.mutable_acknowledge();
  operation.set_queue(kId);
  EXPECT_FALSE(valid(request)) << "of nothing";
  auto& item = *operation.add_items();
  item.set_sequence(1);
  expect_exact_size(request, 16, [](auto& r, auto v) {
    r.mutable_acknowledge()->mutable_items(0)->set_envelope_id(v);
  });
  item.set_envelope_id(filled(16));
  ASSERT_TRUE(valid(request));
  item.set_sequence(0);
  EXPECT_FALSE(valid(request));
  item.set_sequence(kMaxStoredInteger + 1);
  EXPECT_FALSE(valid(request)) << "SQLite could not keep it";
  item.set_sequence(kMaxStoredInteger);
  EXPECT_TRUE(valid(request));
  while (operation.items_size() <= kMaxAcknowledgements) *operation.add_items() = item;
  EXPECT_FALSE(valid(request));
}

TEST(ValidateRequest, CellsHaveOneOfThreeSizes) {
  for (const std::size_t size : {4096U, 16384U, 61440U}) EXPECT_TRUE(valid(send_request(size)));
  for (const std::size_t size : {0U, 4095U, 4097U, 16383U, 61439U, 61441U}) {
    EXPECT_FALSE(valid(send_request(size))) << size;
  }
}

TEST(ValidateRequest, ASendNamesQueueKeyAndEnvelope) {
  const auto request = send_request();
  expect_exact_size(request, 32, [](auto& r, auto v) { r.mutable_send_cell()->set_queue(v); });
  expect_exact_size(request, 32, [](auto& r, auto v) { r.mutable_send_cell()->set_write_key(v); });
  expect_exact_size(request, 16,
                    [](auto& r, auto v) { r.mutable_send_cell()->set_envelope_id(v); });
}

TEST(ValidateRequest, ASendHasAWriteKeyOrAStampAndNeverBoth) {
  EXPECT_TRUE(valid(knock_request()));
  auto neither = knock_request();
  neither.mutable_send_cell()->set_stamp(0);
  EXPECT_FALSE(valid(neither));
  auto both = knock_request();
  both.mutable_send_cell()->set_write_key(kId);
  EXPECT_FALSE(valid(both));
  auto cut = knock_request();
  cut.mutable_send_cell()->set_write_key(filled(31));
  EXPECT_FALSE(valid(cut));
}

TEST(ValidateRequest, AnInviteHasUsesAndALife) {
  pb::Request request;
  auto& operation = *request.mutable_create_invite();
  operation.set_token_hash(kId);
  operation.set_uses(1);
  operation.set_lifetime_seconds(1);
  ASSERT_TRUE(valid(request));
  operation.set_uses(0);
  EXPECT_FALSE(valid(request));
  operation.set_uses(1);
  operation.set_lifetime_seconds(0);
  EXPECT_FALSE(valid(request));
  operation.set_lifetime_seconds(0xffff'ffff);
  EXPECT_FALSE(valid(request));
}

TEST(ValidateRequest, GrantsAreDrawnByTheirHashesABoundedNumberAtOnce) {
  auto request = draw_grants_request();
  ASSERT_TRUE(valid(request));
  auto& hashes = *request.mutable_draw_grants()->mutable_hashes();
  hashes.Clear();
  EXPECT_FALSE(valid(request)) << "none";
  while (hashes.size() < kMaxGrantsAtOnce) *hashes.Add() = kId;
  EXPECT_TRUE(valid(request));
  *hashes.Add() = kId;
  EXPECT_FALSE(valid(request));
  request = draw_grants_request();
  expect_exact_size(request, 32,
                    [](auto& r, auto v) { r.mutable_draw_grants()->set_hashes(0, v); });
}

TEST(ValidateRequest, AGroupQueueIsMadeWithAGrantAndInNoOtherWay) {
  auto request = create_group_queue_request();
  ASSERT_TRUE(valid(request));
  expect_exact_size(request, 32,
                    [](auto& r, auto v) { r.mutable_create_group_queue()->set_grant(v); });
  request.mutable_create_group_queue()->mutable_queue()->set_kind(pb::QUEUE_KIND_MAILBOX);
  EXPECT_FALSE(valid(request));
  request.mutable_create_group_queue()->clear_queue();
  EXPECT_FALSE(valid(request));
  pb::Request owned;
  fill(*owned.mutable_create_queue());
  owned.mutable_create_queue()->set_kind(pb::QUEUE_KIND_GROUP);
  EXPECT_FALSE(valid(owned));
  auto registration = register_request();
  registration.mutable_register_()->mutable_queues(0)->set_kind(pb::QUEUE_KIND_GROUP);
  EXPECT_FALSE(valid(registration));
}

TEST(ValidateRequest, AGroupQueueIsReadWithItsKeyFromAPlace) {
  auto request = read_group_queue_request();
  expect_exact_size(request, 32,
                    [](auto& r, auto v) { r.mutable_read_group_queue()->set_queue(v); });
  expect_exact_size(request, 32,
                    [](auto& r, auto v) { r.mutable_read_group_queue()->set_read_key(v); });
  request = read_group_queue_request();
  request.mutable_read_group_queue()->set_after_sequence(0);
  EXPECT_TRUE(valid(request)) << "from the beginning";
  request.mutable_read_group_queue()->set_after_sequence(kMaxStoredInteger + 1);
  EXPECT_FALSE(valid(request));
}

TEST(ValidateRequest, AFetchNamesAnAccount) {
  pb::Request request;
  request.mutable_fetch_bundle();
  expect_exact_size(request, 32, [](auto& r, auto v) { r.mutable_fetch_bundle()->set_account(v); });
}

TEST(ValidateRequest, PublishedBundlesHaveTheirSize) {
  pb::Request request;
  request.mutable_publish_bundle();
  expect_exact_size(request, crypto::Bundle::kSize,
                    [](auto& r, auto v) { r.mutable_publish_bundle()->set_bundle(v); });
}

TEST(ValidateRequest, APublishedListHasOneToEightRecordsAndASignature) {
  pb::Request request;
  request.mutable_publish_list()->set_publication(filled(64));
  request.mutable_publish_list()->set_device_list(filled(crypto::DeviceList::kFixedSize - 1));
  EXPECT_FALSE(valid(request));
  request.mutable_publish_list()->set_device_list(filled(crypto::DeviceList::kMaxSize + 1));
  EXPECT_FALSE(valid(request));
  request.mutable_publish_list()->set_device_list(filled(crypto::DeviceList::kMaxSize));
  expect_exact_size(request, 64,
                    [](auto& r, auto v) { r.mutable_publish_list()->set_publication(v); });
}

TEST(ValidateRequest, AnAddedDeviceHasEveryPartInItsSize) {
  const auto request = add_device_request();
  ASSERT_TRUE(valid(request));
  expect_exact_size(request, 64,
                    [](auto& r, auto v) { r.mutable_add_device()->set_publication(v); });
  expect_exact_size(request, 32,
                    [](auto& r, auto v) { r.mutable_add_device()->set_network_key(v); });
  expect_exact_size(request, 64,
                    [](auto& r, auto v) { r.mutable_add_device()->set_network_binding(v); });
  for (const std::size_t size :
       {std::size_t{0}, crypto::DeviceList::kFixedSize - 1, crypto::DeviceList::kMaxSize + 1}) {
    auto wrong = request;
    wrong.mutable_add_device()->set_device_list(filled(size));
    EXPECT_FALSE(valid(wrong)) << size;
  }
  for (const std::uint32_t number : {0U, 0x8000'0000U}) {
    auto wrong = request;
    wrong.mutable_add_device()->set_device(number);
    EXPECT_FALSE(valid(wrong)) << number;
  }
}

TEST(ValidateRequest, AStateEpochHasItsSize) {
  pb::Request request;
  request.mutable_raise_state_epoch();
  expect_exact_size(request, 32,
                    [](auto& r, auto v) { r.mutable_raise_state_epoch()->set_epoch(v); });
}

}  // namespace
}  // namespace bisik::proto
