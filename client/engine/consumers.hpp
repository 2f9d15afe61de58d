// Those who receive under a name of their own, each with its own inbox: a message stays in it until
// this consumer has acknowledged it, whatever others do. Cursors are the same in all of them.
#pragma once

#include "client/engine/state.hpp"

namespace bisik::client {

class Consumers {
 public:
  // Throws std::runtime_error if the rows do not decode.
  explicit Consumers(State& state);

  [[nodiscard]] bool knows(const std::string& name) const { return begun_.contains(name); }
  // A name that is new begins with what nobody has received yet and stands behind the cursor.
  // Nothing: it is there.
  [[nodiscard]] std::optional<proto::pb::Failure> begin(Step& step, const std::string& name,
                                                        std::uint64_t since);
  // The group of its inbox rows; of nobody's where the name is empty.
  [[nodiscard]] static crypto::Bytes group(const std::string& name) {
    return {name.begin(), name.end()};
  }

  // Into everybody's inbox.
  void take_in(Step& step, const proto::pb::InboxRow& entry) const;
  // The message goes.
  void forget(Step& step, const proto::pb::MessageRow& row) const;

  void list(Step& step, CommandId command) const;
  void remove(Step& step, const std::string& name);

 private:
  State& state_;
  std::map<std::string, std::uint64_t> begun_;  // by name: when, in milliseconds
};

// The groups of all inboxes that are on disk.
[[nodiscard]] std::vector<crypto::Bytes> inbox_groups(const RowSource& rows);

}  // namespace bisik::client
