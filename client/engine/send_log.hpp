// What relays have taken from us in the last hours, and in sessions that nobody has answered in the
// weeks after the first time, so that a message can be sent again to somebody who could not read
// it. A row for each cell; the text is that of the message's own row.
#pragma once

#include "client/engine/state.hpp"

namespace bisik::client {

class SendLog {
 public:
  explicit SendLog(State& state) : state_{state} {}

  // The relay has it.
  void remember(Step& step, const proto::pb::OutboxRow& cell);

  // What an envelope of ours carried, and what went to the same account after it.
  struct Since {
    crypto::Transcript session;  // that the envelope was sealed in
    std::vector<std::uint64_t> numbers;
  };
  [[nodiscard]] std::optional<Since> since_envelope(const Step& step,
                                                    const crypto::AccountId& account,
                                                    const std::string& envelope_id) const;
  // Numbers of all the messages that are known.
  [[nodiscard]] std::vector<std::uint64_t> all(const Step& step,
                                               const crypto::AccountId& account) const;

  // Of the messages that were sealed in this session.
  [[nodiscard]] std::vector<std::uint64_t> sent_in(const Step& step,
                                                   const crypto::AccountId& account,
                                                   const crypto::Transcript& session) const;

  // Numbers of the chat have become higher by so much.
  void renumber(Step& step, const crypto::AccountId& account, std::uint64_t shift) const;
  void forget(Step& step, const crypto::AccountId& account);
  void forget_old(Step& step);

 private:
  struct Orders {
    std::uint64_t first;
    std::uint64_t next;
  };
  [[nodiscard]] bool is_forgotten(const Step& step, const proto::pb::SentRow& row) const;
  [[nodiscard]] Orders& orders_of(const crypto::AccountId& account);
  [[nodiscard]] std::vector<proto::pb::SentRow> rows_of(const Step& step,
                                                        const crypto::AccountId& account) const;
  void forget_old(Step& step, const crypto::AccountId& account);

  State& state_;
  std::map<crypto::AccountId, Orders> orders_;  // of those that were written to in this process
};

}  // namespace bisik::client
