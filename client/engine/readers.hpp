// The inbox and those who read it: `receive`, `receive --follow`, `chat`. A message stays in the
// inbox until somebody acknowledges it, and in that of each named consumer until this one does;
// each reader is handed each message once. What is new is handed out once all that waited at the
// relay with it is here: that may have taken some of it back.
#pragma once

#include <deque>

#include "client/engine/consumers.hpp"
#include "client/engine/device_news.hpp"
#include "client/engine/outgoing.hpp"
#include "client/engine/shown_message.hpp"

namespace bisik::client {

class Readers {
 public:
  // A message of theirs was read here, for the first time.
  using OnRead = std::function<void(Step&, const crypto::AccountId& chat, std::uint64_t number)>;

  Readers(State& state, OwedReceipts& owed_receipts, OnRead on_read)
      : state_{state},
        owed_receipts_{owed_receipts},
        on_read_{std::move(on_read)},
        consumers_{state} {}

  // Hears everything but messages until start() is called for the same command.
  void wait(CommandId command, const proto::pb::ReceiveCommand& request);
  // `unreachable`: why what waits at the relay is not here, if it is not.
  void start(Step& step, CommandId command, const proto::pb::ReceiveCommand& request,
             const std::optional<proto::pb::Failure>& unreachable = {});
  void cancel(CommandId command);
  void acknowledge(Step& step, CommandId command, const proto::pb::AckCommand& request);
  void consumers(Step& step, CommandId command, const proto::pb::ConsumersCommand& request);

  // Something new: into the history and the inbox, and to be handed out.
  void take_in(Step& step, const Contact& contact, proto::pb::MessageRow row);
  // A stranger was accepted: what was written as a request, at most kMaxRequestMessages.
  void take_in_request(Step& step, const Contact& contact);
  // `all_is_here`: nothing waits at the relay, or nothing is heard from it.
  void hand_out(Step& step, bool all_is_here);
  // A message goes, whoever has not received it yet.
  void forget(Step& step, const proto::pb::MessageRow& row) const { consumers_.forget(step, row); }

  // For those who watch more than the inbox (ReceiveCommand.states).
  void kept(Step& step, const Contact& contact, const proto::pb::MessageRow& row) const;
  // One of ours that another device of the account has told of; of what was written before this
  // device was linked, nobody hears that it is new.
  void told(Step& step, const Contact& contact, const proto::pb::MessageRow& row) const;
  void state_changed(Step& step, const Outcome& outcome) const;
  void contact_changed(Step& step, const Contact& contact) const;
  // Until it is said that he has stopped, or he has written.
  void typing(Step& step, const Contact& contact, bool stopped, std::uint64_t timestamp_ms);
  void notice(Step& step, const Contact& contact, const std::string& sentence) const;
  void notice(Step& step, const std::string& sentence) const;  // about no chat in particular
  // Hears each notice from now on.
  [[nodiscard]] bool person_reads() const;
  // Told to the person, if one reads along, and else to the next one who does (device_news.hpp).
  void devices_changed(Step& step, Contact& contact, const DeviceChanges& changes);

  // `drained`: what the relay had is here. Ends those whose time is over.
  void expire(Step& step, bool drained, const std::optional<proto::pb::Failure>& unreachable);
  [[nodiscard]] bool any() const noexcept { return !readers_.empty(); }
  [[nodiscard]] std::optional<Time> wake_at() const;

 private:
  // In the inbox by this order; where it was then.
  struct Fresh {
    std::uint64_t order;
    crypto::AccountId account;
    std::uint64_t number;
  };
  [[nodiscard]] std::optional<proto::pb::MessageRow> find(const Step& step,
                                                          const Fresh& fresh) const;
  void offer(Step& step, const Fresh& fresh);
  struct Reader {
    CommandId command;
    proto::pb::ReceiveCommand request;
    std::uint32_t handed = 0;
    Time quiet_since;
    bool over = false;   // its time: it ends with the next word from the relay
    bool waits = false;  // for what is at the relay, before it is handed anything
    bool full() const { return request.max() != 0 && handed >= request.max(); }
  };
  void hand_what_is_here(Step& step, Reader& reader, bool is_new);
  static void end(Step& step, const Reader& reader,
                  const std::optional<proto::pb::Failure>& unreachable);
  static void say_not_looked_for(Step& step, const Reader& reader,
                                 const std::optional<proto::pb::Failure>& unreachable);
  // `order`: of its inbox row.
  void hand(Step& step, Reader& reader, const Contact& contact, const proto::pb::MessageRow& row,
            std::uint64_t order);
  using Wants = bool (*)(const proto::pb::ReceiveCommand&);
  // Those who want it, and read this chat; of no chat in particular all of them.
  void tell(Step& step, const Contact* about, const proto::pb::ApiReply& reply, Wants wants) const;
  [[nodiscard]] bool person_reads(const Contact* about) const;
  void tell_news(Step& step, Contact& contact);
  void acknowledge_up_to(Step& step, const proto::pb::AckCommand& request);
  void acknowledge_one(Step& step, const proto::pb::AckCommand& request,
                       const proto::pb::InboxRow& entry);
  void tell_what_was_read(Step& step);

  State& state_;
  OwedReceipts& owed_receipts_;
  OnRead on_read_;
  Consumers consumers_;
  std::map<crypto::AccountId, std::vector<std::string>> read_;  // by this acknowledgement
  std::map<crypto::AccountId, Time> typing_;                    // until when, if not longer
  std::vector<Reader> readers_;
  std::deque<Fresh> fresh_;  // not handed out yet, by order
};

}  // namespace bisik::client
