// The client's logic: (state, event, now) -> effects. Every decision of a profile is made here and
// in the files beside it; nothing here does I/O. See effects.hpp for the contract with the driver.
//
// One engine per profile. It keeps keys, contacts, sessions and the outbox in memory and reads
// messages from the RowSource, which must stay alive and reflect every commit of its effects.
#pragma once

#include <memory>

#include "client/engine/effects.hpp"
#include "crypto/dh.hpp"
#include "proto/api.pb.h"

namespace bisik::client {

class Engine {
 public:
  // Throws std::runtime_error if the rows do not decode, and whatever `rows` throws.
  explicit Engine(const RowSource& rows);
  ~Engine();

  // Once, after loading: dials what the outbox needs.
  [[nodiscard]] Effects start(Now now);

  // A request of client/api. Its answers come with `command`, now or later.
  [[nodiscard]] Effects command(CommandId command, const proto::pb::ApiRequest& request, Now now);
  // Whoever asked has gone: no more answers. What was kept stays kept.
  [[nodiscard]] Effects cancel(CommandId command, Now now);

  [[nodiscard]] Effects line_up(LineId line, const LineFacts& facts, Now now);
  [[nodiscard]] Effects line_down(LineId line, LineEnd why, Now now);
  [[nodiscard]] Effects frame(LineId line, crypto::ByteView frame, Now now);

  // The driver calls tick() no later than wake_at(), and may call it at any time.
  [[nodiscard]] Effects tick(Now now);
  [[nodiscard]] std::optional<Time> wake_at() const;

  // No command waits and no request is unanswered: a one-shot owner may end here. Those who listen
  // for messages do so at the next owner.
  [[nodiscard]] bool idle(Time now) const;
  // DN, for LineKind::own. Null until a join has begun.
  [[nodiscard]] const crypto::DhKeyPair* network_key() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace bisik::client
