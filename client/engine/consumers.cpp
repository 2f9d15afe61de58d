#include "client/engine/consumers.hpp"

#include "client/consumer_name.hpp"
#include "client/engine/sentences.hpp"

namespace bisik::client {
namespace {

RowId consumer_id(const std::string& name) { return {Consumers::group(name), 0}; }

}  // namespace

Consumers::Consumers(State& state) : state_{state} {
  for (const auto& value : state_.rows.all(RowKind::consumer)) {
    const auto row = parse_row<proto::pb::ConsumerRow>(value);
    begun_.emplace(row.name(), row.begun_ms());
  }
}

std::optional<proto::pb::Failure> Consumers::begin(Step& step, const std::string& name,
                                                   std::uint64_t since) {
  if (knows(name)) return std::nullopt;
  if (const auto why_not = why_no_consumer_name(name)) return failure(Exit::user, *why_not);
  if (begun_.size() >= kMaxConsumers) {
    return failure(Exit::rate, "There are " + std::to_string(kMaxConsumers) +
                                   " consumers already: bisik consumers remove NAME.");
  }
  proto::pb::ConsumerRow row;
  row.set_name(name);
  row.set_begun_ms(step.now_ms());
  step.put(RowKind::consumer, consumer_id(name), row);
  begun_.emplace(name, row.begun_ms());
  const auto first = since == UINT64_MAX ? UINT64_MAX : since + 1;
  each_row(state_.rows, RowKind::inbox, {}, first, [&](const StoredRow& stored) {
    const auto entry = parse_row<proto::pb::InboxRow>(stored.value);
    step.put(RowKind::inbox, {group(name), entry.order()}, entry);
    return true;
  });
  return std::nullopt;
}

void Consumers::take_in(Step& step, const proto::pb::InboxRow& entry) const {
  step.put(RowKind::inbox, {{}, entry.order()}, entry);
  for (const auto& [name, begun] : begun_) {
    step.put(RowKind::inbox, {group(name), entry.order()}, entry);
  }
}

void Consumers::forget(Step& step, const proto::pb::MessageRow& row) const {
  if (row.inbox() != 0) step.erase(RowKind::inbox, {{}, row.inbox()});
  const auto order = row.arrived() != 0 ? row.arrived() : row.inbox();
  if (order == 0) return;
  for (const auto& [name, begun] : begun_) step.erase(RowKind::inbox, {group(name), order});
}

void Consumers::list(Step& step, CommandId command) const {
  for (const auto& [name, begun] : begun_) {
    proto::pb::ApiReply reply;
    auto& entry = *reply.mutable_consumer();
    entry.set_name(name);
    entry.set_begun_ms(begun);
    each_row(state_.rows, RowKind::inbox, group(name), 0, [&](const StoredRow&) {
      entry.set_waiting(entry.waiting() + 1);
      return true;
    });
    step.answer(command, std::move(reply));
  }
}

void Consumers::remove(Step& step, const std::string& name) {
  each_row(state_.rows, RowKind::inbox, group(name), 0, [&](const StoredRow& stored) {
    step.erase(RowKind::inbox, {group(name), stored.order});
    return true;
  });
  step.erase(RowKind::consumer, consumer_id(name));
  begun_.erase(name);
}

std::vector<crypto::Bytes> inbox_groups(const RowSource& rows) {
  std::vector<crypto::Bytes> groups{{}};
  for (const auto& value : rows.all(RowKind::consumer)) {
    groups.push_back(Consumers::group(parse_row<proto::pb::ConsumerRow>(value).name()));
  }
  return groups;
}

}  // namespace bisik::client
