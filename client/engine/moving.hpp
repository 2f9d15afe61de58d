// This account goes on under another key (docs/protocol.md, 7.5). The two keys meet by two links
// that the person carries: `bisik move` shows the old account's, `bisik successor` in the new
// profile signs and shows the new one's, and with that `bisik move` signs too and tells every
// contact. Each side needs nothing more of the other.
#pragma once

#include "client/engine/joining.hpp"
#include "crypto/safety_number.hpp"

namespace bisik::client {

class Moving {
 public:
  Moving(State& state, Joining& joining, Outgoing& outgoing, Copies& copies)
      : state_{state}, joining_{joining}, outgoing_{outgoing}, copies_{copies} {}

  // In the new profile: signs, and makes a link that the old account's contacts can write to.
  void succeed(Step& step, CommandId command, const proto::pb::SuccessorCommand& request);
  // In the old one.
  void move(Step& step, CommandId command, const proto::pb::MoveCommand& request);
  // On the account's other devices, when the primary tells.
  void told(Step& step, const proto::pb::Successor& said);

 private:
  void show(Step& step, CommandId command) const;
  void begin(Step& step, const proto::pb::Successor& said);
  [[nodiscard]] std::uint32_t contacts() const;

  State& state_;
  Joining& joining_;
  Outgoing& outgoing_;
  Copies& copies_;
};

// A link by which the new account follows the old one, for whoever asked for it.
[[nodiscard]] proto::pb::Succession to_api(const proto::Link& link);
// 60 digits in groups of five, as people read them to each other.
[[nodiscard]] std::string grouped_digits(const crypto::SafetyNumber& number);

}  // namespace bisik::client
