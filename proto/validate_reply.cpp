#include "crypto/bundle.hpp"
#include "crypto/one_time_keys.hpp"
#include "proto/fields.hpp"
#include "proto/validate.hpp"

namespace bisik::proto {
namespace {

bool right(const pb::Cell& cell) {
  return is_id(cell.queue()) && is_sequence(cell.sequence()) &&
         has_size(cell.envelope_id(), kEnvelopeIdBytes) && is_cell_size(cell.cell().size());
}

bool right(const pb::GroupCells& page) {
  return is_list_of(page.cells(), kMaxGroupCells, [](const pb::Cell& cell) { return right(cell); });
}

bool right(const pb::Subscribed& subscribed) {
  return subscribed.waiting_cells() <= kMaxStoredInteger &&
         subscribed.last_sequence() <= kMaxStoredInteger;
}

bool right(const pb::Bundles::Device& device) {
  return is_between(device.number(), 1U, crypto::kMaxDeviceNumber) &&
         has_size(device.bundle(), crypto::Bundle::kSize) &&
         is_absent_or(device.one_time_key(), crypto::OneTimeKeyEntry::kSize) &&
         is_absent_or(device.pq_one_time_key(), crypto::PqOneTimeKeyEntry::kSize);
}

bool right(const pb::Bundles& bundles) {
  return is_list_of(bundles.device_lists(), kMaxDeviceLists, is_device_list) &&
         is_list_of(bundles.devices(), static_cast<int>(crypto::kMaxDevices),
                    [](const pb::Bundles::Device& device) { return right(device); });
}

bool right(const pb::Rows::Field& field) {
  return is_text(field.name(), kMaxRowNameBytes) && is_text(field.value(), kMaxRowValueBytes);
}

bool right(const pb::Rows::Row& row) {
  return is_text(row.table(), kMaxRowNameBytes) &&
         is_list_of(row.fields(), kMaxRowFields,
                    [](const pb::Rows::Field& field) { return right(field); });
}

bool right(const pb::Rows& rows) {
  return is_list_of(rows.rows(), kMaxRows, [](const pb::Rows::Row& row) { return right(row); });
}

bool right(const pb::Limits& limits) {
  return is_list_of(limits.limits(), kMaxLimits, [](const pb::Limits::Limit& limit) {
    return is_text(limit.name(), kMaxRowNameBytes) && is_text(limit.unit(), kMaxRowNameBytes) &&
           is_text(limit.reason(), kMaxLimitTextBytes);
  });
}

bool right(const pb::Stats& stats) {
  return is_list_of(stats.counts(), kMaxLimits, [](const pb::Stats::Count& count) {
    return is_text(count.name(), kMaxRowNameBytes) && is_text(count.unit(), kMaxRowNameBytes) &&
           is_text(count.meaning(), kMaxLimitTextBytes);
  });
}

bool right(const pb::Response& response) {
  if (!pb::Status_IsValid(response.status())) return false;
  if (response.status() == pb::STATUS_UNSPECIFIED) return false;
  switch (response.result_case()) {
    case pb::Response::kSubscribed:
      return right(response.subscribed());
    case pb::Response::kBundles:
      return right(response.bundles());
    case pb::Response::kRows:
      return right(response.rows());
    case pb::Response::kLimits:
      return right(response.limits());
    case pb::Response::kGroupCells:
      return right(response.group_cells());
    case pb::Response::kStats:
      return right(response.stats());
    case pb::Response::kStateEpoch:
      return is_absent_or(response.state_epoch().epoch(), kStateEpochBytes);
    case pb::Response::kOneTimeKeyCount:
    case pb::Response::RESULT_NOT_SET:
      break;
  }
  return true;
}

}  // namespace

bool valid(const pb::FromRelay& message) {
  switch (message.message_case()) {
    case pb::FromRelay::kResponse:
      return right(message.response());
    case pb::FromRelay::kPush:
      return right(message.push());
    case pb::FromRelay::MESSAGE_NOT_SET:
      break;
  }
  return false;
}

bool is_cell_size(std::size_t bytes) {
  return std::ranges::find(kCellBytes, bytes) != kCellBytes.end();
}

}  // namespace bisik::proto
