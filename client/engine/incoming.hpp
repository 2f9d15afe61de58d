// What arrives: a cell is opened by the session it belongs to, or starts one; its content becomes a
// message, a contact or a request. Everything a cell changes goes into one commit, and only then is
// it acknowledged to the relay.
#pragma once

#include "client/engine/outgoing.hpp"
#include "client/engine/readers.hpp"
#include "proto/content.pb.h"

namespace bisik::client {

class Incoming {
 public:
  Incoming(State& state, Outgoing& outgoing, Readers& readers)
      : state_{state}, outgoing_{outgoing}, readers_{readers} {}

  // Never fails: what cannot be opened is set aside, so that it does not block the queue.
  // `knocks`: it came by the knock queue, so whoever wrote it does not know how to write to us.
  void receive(Step& step, const proto::pb::Cell& cell, bool knocks);

  // What is older than kSeenLifetime cannot come again.
  void forget_seen(Step& step) const;

  [[nodiscard]] std::uint64_t unreadable() const noexcept { return unreadable_; }

 private:
  void accept(Step& step, const OpenedCell& opened, bool knocks);
  Contact* introduce(Step& step, const OpenedCell& opened, const proto::pb::Content& content);
  void watch(Step& step, Contact& contact, const proto::pb::Content& content);
  void learn(Step& step, Contact& contact, const proto::pb::Content& content);
  [[nodiscard]] bool is_new(Step& step, const Contact& contact, const proto::pb::Content& content);
  void store(Step& step, Contact& contact, const proto::pb::Content& content);
  [[nodiscard]] bool is_back(Step& step, Contact& contact, const proto::pb::Content& content);
  [[nodiscard]] bool invited(const Step& step, const proto::pb::Introduction& introduction) const;

  State& state_;
  Outgoing& outgoing_;
  Readers& readers_;
  std::uint64_t unreadable_ = 0;
};

}  // namespace bisik::client
