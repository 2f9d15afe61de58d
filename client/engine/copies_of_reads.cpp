// What was read on this device, as the others hear of it (docs/protocol.md 9.2).
#include "client/engine/copies.hpp"
#include "proto/limits.hpp"

namespace bisik::client {

// Who reads on and on is not waited for. What is read now is on disk after this step, and sealed no
// sooner.
void Copies::read(Step& step, const crypto::AccountId& chat, std::uint64_t number) {
  if (!anybody()) return;
  proto::pb::CopyRow row;
  row.set_about(to_string(chat.bytes));
  row.set_number(number);
  row.set_last(number);
  row.set_reads(true);
  if (join_waiting(step, row, step.now() + milliseconds{1})) return;
  add(step, std::move(row), some_delay());
}

// As much as fits; `row` then begins behind it.
proto::pb::Reads Copies::what_was_read(proto::pb::CopyRow& row) const {
  constexpr auto kMost = static_cast<int>(proto::kMaxReads);
  proto::pb::Reads reads;
  reads.set_account(row.about());
  const auto chat = crypto::AccountId::parse(crypto::as_bytes(row.about())).value();
  for (; row.number() <= row.last() && reads.reads_size() < kMost;
       row.set_number(row.number() + 1)) {
    const auto message = state_.message(chat, row.number());
    if (!message || message->ours() || message->read_ms() == 0) continue;
    auto& read = *reads.add_reads();
    read.set_id(message->content_id());
    read.set_read_ms(message->read_ms());
  }
  return reads;
}

}  // namespace bisik::client
