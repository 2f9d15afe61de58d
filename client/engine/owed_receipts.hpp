// What contacts are to hear of the messages that they have written: that they arrived, and that
// they were read, as far as the person lets that contact know. It is kept until a cell says it, and
// leaves in batches, a random while later, so that nobody learns from a receipt when somebody looks
// at his screen.
//
// Nothing is owed to a stranger, nor for what cannot be shown; whoever is blocked meanwhile hears
// nothing.
#pragma once

#include <deque>

#include "client/engine/state.hpp"

namespace bisik::client {

class OwedReceipts {
 public:
  explicit OwedReceipts(State& state) : state_{state} {}
  void load(const Step& step);

  // A message of theirs is kept, and is shown from now on.
  void arrived(Step& step, const Contact& contact, const std::string& content_id);
  // These were read.
  void read(Step& step, const Contact& contact, const std::vector<std::string>& content_ids);
  // What a cell has said that nobody may be able to open.
  void owe_again(Step& step, const Contact& contact, const proto::pb::Receipt& receipt);
  void forget(Step& step, const crypto::AccountId& account);
  // Of what is owed, what this contact is not to hear any more.
  void leave_out(Step& step, const Contact& contact);

  // Those to whom something is due; until take() or the next while is over it is due no more.
  [[nodiscard]] std::vector<crypto::AccountId> take_due(const Step& step);
  // What is owed to this contact, at most what fits into one message; said by a cell that is kept
  // in the same commit. Empty: nothing.
  [[nodiscard]] proto::pb::Receipt take(Step& step, const Contact& contact);
  [[nodiscard]] std::optional<Time> wake_at() const;

 private:
  struct Owed {
    std::deque<proto::pb::ReceiptRow> rows;
    Time due{};
  };
  [[nodiscard]] bool hears(const Contact& contact) const;
  void owe(Step& step, const Contact& contact, proto::pb::ReceiptRow row);

  State& state_;
  std::map<crypto::AccountId, Owed> owed_;
};

}  // namespace bisik::client
