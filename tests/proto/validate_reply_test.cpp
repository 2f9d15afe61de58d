#include <gtest/gtest.h>

#include "proto/validate.hpp"
#include "tests/proto/messages.hpp"

namespace bisik::proto {
namespace {

TEST(ValidateReply, AMessageIsRequired) { EXPECT_FALSE(valid(pb::FromRelay{})); }

TEST(ValidateReply, EveryResponseHasAKnownStatus) {
  auto message = response();
  EXPECT_TRUE(valid(message));
  message.mutable_response()->set_status(pb::STATUS_UNSPECIFIED);
  EXPECT_FALSE(valid(message));
  message.mutable_response()->set_status(static_cast<pb::Status>(99));
  EXPECT_FALSE(valid(message));
}

TEST(ValidateReply, PushedCellsAreComplete) {
  for (const std::size_t size : {4096U, 16384U, 61440U}) EXPECT_TRUE(valid(push(size)));
  EXPECT_FALSE(valid(push(4095)));
  auto message = push();
  message.mutable_push()->set_sequence(0);
  EXPECT_FALSE(valid(message));
  message = push();
  message.mutable_push()->set_queue(filled(31));
  EXPECT_FALSE(valid(message));
  message = push();
  message.mutable_push()->clear_envelope_id();
  EXPECT_FALSE(valid(message));
}

TEST(ValidateReply, CellsOfAGroupAreCompleteAndAsManyAsFit) {
  EXPECT_TRUE(valid(group_cells(0)));
  EXPECT_TRUE(valid(group_cells(kMaxGroupCells)));
  EXPECT_FALSE(valid(group_cells(kMaxGroupCells + 1)));
  auto message = group_cells();
  message.mutable_response()->mutable_group_cells()->mutable_cells(1)->clear_envelope_id();
  EXPECT_FALSE(valid(message));
  EXPECT_LE(group_cells(kMaxGroupCells).ByteSizeLong(), kMaxFrameBytes);
}

TEST(ValidateReply, SequencesFitIntoADatabase) {
  auto message = response();
  message.mutable_response()->mutable_subscribed()->set_last_sequence(kMaxStoredInteger);
  EXPECT_TRUE(valid(message));
  message.mutable_response()->mutable_subscribed()->set_last_sequence(kMaxStoredInteger + 1);
  EXPECT_FALSE(valid(message));
}

TEST(ValidateReply, AStateEpochIsWholeOrThereIsNone) {
  auto message = response();
  auto& epoch = *message.mutable_response()->mutable_state_epoch();
  EXPECT_TRUE(valid(message));
  epoch.set_epoch(filled(32));
  EXPECT_TRUE(valid(message));
  for (const std::size_t size : {1U, 31U, 33U}) {
    epoch.set_epoch(filled(size));
    EXPECT_FALSE(valid(message)) << size;
  }
}

class ValidateBundles : public testing::Test {
 protected:
  pb::FromRelay message_ = response();
  pb::Bundles& bundles_ = *message_.mutable_response()->mutable_bundles();

  pb::Bundles::Device& add_device() {
    auto& device = *bundles_.add_devices();
    device.set_number(1);
    device.set_bundle(filled(crypto::Bundle::kSize));
    return device;
  }
};

TEST_F(ValidateBundles, OneTimeKeysMayBeUsedUp) {
  auto& device = add_device();
  EXPECT_TRUE(valid(message_));
  device.set_one_time_key(filled(crypto::OneTimeKeyEntry::kSize));
  device.set_pq_one_time_key(filled(crypto::PqOneTimeKeyEntry::kSize));
  EXPECT_TRUE(valid(message_));
  device.set_one_time_key(filled(1));
  EXPECT_FALSE(valid(message_));
}

TEST_F(ValidateBundles, BundlesHaveTheirSize) {
  add_device().set_bundle(filled(crypto::Bundle::kSize + 1));
  EXPECT_FALSE(valid(message_));
}

TEST_F(ValidateBundles, AnAccountHasAtMostEightDevices) {
  for (int i = 0; i < 8; ++i) add_device();
  EXPECT_TRUE(valid(message_));
  add_device();
  EXPECT_FALSE(valid(message_));
}

TEST_F(ValidateBundles, DeviceListsAreBoundedInSizeAndNumber) {
  for (int i = 0; i < 64; ++i) bundles_.add_device_lists(filled(crypto::DeviceList::kFixedSize));
  EXPECT_TRUE(valid(message_));
  bundles_.set_device_lists(0, filled(crypto::DeviceList::kMaxSize + 1));
  EXPECT_FALSE(valid(message_));
  bundles_.set_device_lists(0, filled(crypto::DeviceList::kMaxSize));
  EXPECT_TRUE(valid(message_));
  bundles_.add_device_lists(filled(crypto::DeviceList::kFixedSize));
  EXPECT_FALSE(valid(message_));
}

TEST(ValidateReply, RowsAreBoundedText) {
  auto message = response();
  auto& row = *message.mutable_response()->mutable_rows()->add_rows();
  row.set_table("queues");
  auto& field = *row.add_fields();
  field.set_name("cells");
  field.set_value("17");
  EXPECT_TRUE(valid(message));
  field.set_value(filled(kMaxRowValueBytes + 1));
  EXPECT_FALSE(valid(message));
  field.set_value("\xff");
  EXPECT_FALSE(valid(message));
  field.set_value("");
  while (row.fields_size() <= kMaxRowFields) row.add_fields();
  EXPECT_FALSE(valid(message));
}

TEST(ValidateReply, LimitsAreBoundedText) {
  auto message = response();
  auto& limits = *message.mutable_response()->mutable_limits();
  limits.add_limits()->set_reason("because");
  EXPECT_TRUE(valid(message));
  limits.mutable_limits(0)->set_reason(filled(kMaxLimitTextBytes + 1));
  EXPECT_FALSE(valid(message));
  limits.mutable_limits(0)->set_reason("");
  while (limits.limits_size() <= kMaxLimits) limits.add_limits();
  EXPECT_FALSE(valid(message));
}

}  // namespace
}  // namespace bisik::proto
