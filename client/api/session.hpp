// A command's side of client/api: asks the owner of the profile and waits for answers. Blocking,
// for the thread that also writes the output: a reader that is slow holds up only itself.
//
// When the owner ends in the middle (its own command was done, or it was killed), the session finds
// or becomes the next one and repeats what was not answered to the end. Every request may be
// repeated: a send carries its idempotency key; whoever asked for messages drops those it has seen.
//
// An answer may take as long as it likes, but not that somebody is there: an owner that is stopped
// is found out when its profile is entered.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>

#include "client/api/frame.hpp"
#include "client/gate.hpp"
#include "proto/api.pb.h"

namespace bisik::client {

class Session {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Session(Gate& gate) : gate_{gate}, reader_{kMaxReplyBytes} {}

  // The request's number is chosen here and returned.
  std::uint64_t ask(proto::pb::ApiRequest request);
  // No more answers to this one are wanted.
  void cancel(std::uint64_t number);

  // The next reply to anything that was asked. Nothing: `until` passed. Throws Problem if no owner
  // can be found any more, and Interrupted.
  [[nodiscard]] std::optional<proto::pb::ApiReply> next(
      Clock::time_point until = Clock::time_point::max());
  // Whether next() would return at once.
  [[nodiscard]] bool has_reply();

  // For what has one answer. A Failure is thrown as a Problem.
  [[nodiscard]] proto::pb::ApiReply only(proto::pb::ApiRequest request);
  // For what has several, up to the last one. A Failure is thrown as a Problem.
  void each(proto::pb::ApiRequest request,
            const std::function<void(const proto::pb::ApiReply&)>& take);

  // For poll(); readable: try next(). Changes when the owner does.
  [[nodiscard]] int fd() const noexcept { return stream_.get(); }

 private:
  void enter();
  [[nodiscard]] bool is_answered();
  void lost();
  [[nodiscard]] bool write_all(crypto::ByteView bytes);
  [[nodiscard]] std::optional<proto::pb::ApiReply> take();
  void throw_if_broken() const;
  [[nodiscard]] bool read_some();
  void wait(Clock::time_point until);

  Gate& gate_;
  Descriptor stream_;
  FrameReader reader_;
  std::map<std::uint64_t, proto::pb::ApiRequest> unanswered_;
  std::uint64_t last_number_ = 0;
  Clock::time_point entered_;
  std::optional<Clock::time_point> losing_since_;  // owners go away without having answered
};

// Throws the failure, if this is one.
void throw_if_failed(const proto::pb::ApiReply& reply);

}  // namespace bisik::client
