// The effects of one event, while the parts of the engine work on it.
#pragma once

#include <google/protobuf/message_lite.h>

#include "client/engine/effects.hpp"

namespace bisik::client {

class Step {
 public:
  explicit Step(Now now) : now_{now} {}

  [[nodiscard]] Time now() const noexcept { return now_.steady; }
  [[nodiscard]] std::uint64_t now_ms() const noexcept {
    return static_cast<std::uint64_t>(now_.wall.time_since_epoch().count());
  }
  [[nodiscard]] std::chrono::sys_seconds now_seconds() const noexcept {
    return std::chrono::floor<std::chrono::seconds>(now_.wall);
  }

  // `time` from then on; also if somebody has set the clock back.
  [[nodiscard]] bool has_passed(std::uint64_t since_ms, std::chrono::milliseconds time) const {
    return since_ms > now_ms() || since_ms + static_cast<std::uint64_t>(time.count()) <= now_ms();
  }

  void put(RowKind kind, RowId id, crypto::SecretBuffer value) {
    effects_.rows.push_back({kind, std::move(id), std::move(value)});
  }
  void put(RowKind kind, RowId id, const google::protobuf::MessageLite& row);
  void erase(RowKind kind, RowId id) { effects_.rows.push_back({kind, std::move(id), {}}); }

  // What this step was to keep so far is not kept.
  void drop_rows() { effects_.rows.clear(); }

  // All that this step is to keep so far, in the order in which it was written.
  [[nodiscard]] const std::vector<RowWrite>& rows() const noexcept { return effects_.rows; }

  // Whether this step has written the row, which its source does not show before the commit.
  [[nodiscard]] bool has_put(RowKind kind, const RowId& id) const;
  // The last write to it in this step; null: none.
  [[nodiscard]] const RowWrite* written(RowKind kind, const RowId& id) const;

  void dial(Dial dial) { effects_.actions.emplace_back(std::move(dial)); }
  void hang_up(LineId line) { effects_.actions.emplace_back(HangUp{line}); }
  void transmit(LineId line, crypto::Bytes frame) {
    effects_.actions.emplace_back(Transmit{line, std::move(frame)});
  }
  void answer(CommandId command, proto::pb::ApiReply reply) {
    effects_.actions.emplace_back(Answer{command, std::move(reply)});
  }
  void finish(CommandId command, proto::pb::ApiReply reply) {
    reply.set_last(true);
    answer(command, std::move(reply));
  }
  void fail(CommandId command, proto::pb::Failure failure);
  void done(CommandId command);

  [[nodiscard]] Effects take() && { return std::move(effects_); }

 private:
  Now now_;
  Effects effects_;
};

// A row that the engine wrote itself; anything else in it is a defect of the disk or of ours.
template <class Row>
[[nodiscard]] Row parse_row(const crypto::SecretBuffer& value) {
  const auto bytes = crypto::SecretReader{value}.take(value.size());
  Row row;
  if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    throw std::runtime_error{"a row of the profile does not decode"};
  }
  return row;
}

// A row as it will be after this step.
template <class Row>
[[nodiscard]] std::optional<Row> latest(const Step& step, const RowSource& rows, RowKind kind,
                                        const RowId& id) {
  if (const auto* write = step.written(kind, id)) {
    return write->value ? std::optional{parse_row<Row>(*write->value)} : std::nullopt;
  }
  const auto kept = rows.get(kind, id);
  return kept ? std::optional{parse_row<Row>(*kept)} : std::nullopt;
}

[[nodiscard]] inline crypto::Bytes to_bytes(const std::string& text) {
  return {text.begin(), text.end()};
}
[[nodiscard]] inline std::string to_string(crypto::ByteView bytes) {
  return std::string{crypto::as_text(bytes)};
}

}  // namespace bisik::client
