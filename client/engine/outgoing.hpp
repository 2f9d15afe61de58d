// Messages on their way out. A message waits as text until the line to its relay is up and its
// receiver's devices are known; then it becomes one cell for each device, committed together with
// the ratchets that made them, and the same cells are sent until the relay has them on its disk.
//
// Nothing is encrypted before there is a connection, so that a send without a network leaves
// nothing behind. Per receiver, first in is first out.
#pragma once

#include <deque>
#include <set>

#include "client/engine/fetches.hpp"
#include "client/engine/knocks.hpp"
#include "client/engine/outbox_row.hpp"
#include "client/engine/owed_receipts.hpp"
#include "client/engine/planned.hpp"
#include "client/engine/send_log.hpp"

namespace bisik::client {

// How it went with one message, for whoever waits. `failure` is there when it will not be sent, and
// when it is UNCONFIRMED: it stays in the outbox, but who waits for it need not.
struct Outcome {
  crypto::AccountId account;
  std::uint64_t number;
  proto::pb::MessageState state;
  std::optional<proto::pb::Failure> failure;
};

class Outgoing {
 public:
  using OnOutcome = std::function<void(Step&, const Outcome&)>;
  // A message of ours is on disk from now on: it is part of the conversation.
  using OnKept = std::function<void(Step&, Contact&, const proto::pb::MessageRow&)>;

  Outgoing(State& state, OnOutcome on_outcome, OnKept on_kept, Fetches::OnLearned on_learned,
           Fetches::OnAlarm on_alarm);
  void load(Step& step);

  // A message of ours: numbered, timestamped, with its text. With row.queued() it is on disk from
  // now on, without only once it is encrypted.
  void add(Step& step, Contact& contact, proto::pb::MessageRow row);
  // The same, with row.at_ms(): kept from now on, and added when that has come.
  void plan(Step& step, Contact& contact, const proto::pb::MessageRow& row);
  // A cell without anything to show, so that the contact learns how to write to us.
  void greet(const Contact& contact);
  // A message to this account itself: kept, and told to its other devices as a copy. Nothing of it
  // goes to anybody else.
  void note(Step& step, Contact& own, proto::pb::MessageRow row);
  // Said for a moment, to contacts who are accepted; nobody hears whether it went.
  void type(const Step& step, const Contact& contact, bool stopped);
  [[nodiscard]] bool owes_words(const Contact& contact) const;
  // Messages that the relay had before, in the order of their numbers, before what waits.
  void send_again(Step& step, Contact& contact, std::vector<std::uint64_t> numbers);
  // Gives a message up: true if it was never encrypted, so that nothing is left of it.
  bool withdraw(Step& step, const crypto::AccountId& account, std::uint64_t number);

  // Nothing goes there for now: whoever waits is told why. What is kept stays.
  void halt(Step& step, Contact& contact, const proto::pb::Failure& why);
  void halt_all(Step& step, const proto::pb::Failure& why);
  // What was answered to it may be gone with the state that it came to: there may be another one.
  void forget_knock(const Step& step, Contact& contact);
  // The contact's new write secret, or a new link, is here.
  void door_opened(const Step& step, const crypto::AccountId& account);
  // Numbers of the chat have become higher by so much.
  void renumber(Step& step, const crypto::AccountId& account, std::uint64_t shift);
  // What waits for `old` waits for `fresh` now, as texts, under the numbers that it had.
  void follow(Step& step, const crypto::AccountId& old, const crypto::AccountId& fresh);
  // A contact goes: nothing more is sent, and nobody is told.
  void forget(Step& step, const crypto::AccountId& account);

  [[nodiscard]] std::size_t waiting(const crypto::AccountId& account) const;
  // What waits for its time.
  [[nodiscard]] std::size_t planned(const crypto::AccountId& account) const {
    return planned_.count(account);
  }
  [[nodiscard]] bool is_planned(const crypto::AccountId& account, std::uint64_t number) const {
    return planned_.holds(account, number);
  }
  // What the relay has not confirmed, oldest first; then what waits for its time.
  [[nodiscard]] std::vector<proto::pb::MessageRow> unsent(const crypto::AccountId& account) const;
  // The text that waits under this idempotency key and is not on disk yet.
  [[nodiscard]] std::optional<std::uint64_t> find_key(const crypto::AccountId& account,
                                                      const std::string& key) const;
  // Neither confirmed nor refused yet.
  [[nodiscard]] bool holds(const crypto::AccountId& account, std::uint64_t number) const;
  // Kept as a text, as some command was promised.
  [[nodiscard]] bool is_queued(const crypto::AccountId& account, std::uint64_t number) const;
  [[nodiscard]] bool has_work(const crypto::AccountId& account) const;
  // Somebody waits now for what is on its way to this contact.
  void hurry(const Step& step, const Contact& contact);

  void pump(Step& step);
  void line_failed(Step& step, const LineKey& key, LineEnd why);
  void add_wanted(Lines::Wanted& wanted, Time now) const;
  [[nodiscard]] std::optional<Time> wake_at(Time now) const;
  // Nothing that could be done now without waiting for a back-off is left.
  [[nodiscard]] bool settled(Time now) const;

  [[nodiscard]] Fetches& fetches() noexcept { return fetches_; }
  [[nodiscard]] SendLog& send_log() noexcept { return send_log_; }
  [[nodiscard]] OwedReceipts& owed_receipts() noexcept { return owed_receipts_; }

 private:
  struct Cell {
    proto::pb::OutboxRow row;
    bool on_the_way = false;
    std::optional<crypto::Capability> write_key = {};  // that it went with last
  };
  struct Typing {
    bool stopped;
    Time until;
  };
  struct Text {
    proto::pb::MessageRow row;       // number 0: a hello
    std::uint64_t outbox_order = 0;  // of the row that keeps its place on disk; 0: only in memory
    bool again = false;              // the relay had it before; nobody waits for it
    bool receipts = false;           // number 0: says what is owed when it is encrypted
    std::optional<Typing> typing = {};
  };
  // The relay has asked for time. It refuses what follows for this mailbox on the same connection,
  // so that the cells keep their order: they go again together, on a new one.
  struct Pause {
    Time until{};
    LineId refused_on = 0;
    bool told = false;      // whoever waits
    bool knocking = false;  // until the contact answers
    bool fetching = false;  // until it is known whether the contact's devices are others now
  };
  struct Chat {
    std::deque<Cell> cells;
    std::deque<Text> texts;
    std::optional<Pause> pause;
    bool fetched_devices = false;  // since a relay has taken something
  };

  // What a device sends that was removed from its account nobody reads.
  [[nodiscard]] bool may_write_to(const Contact& contact) const {
    return contact.may_be_written_to() && !state_.is_gone();
  }
  void add_due(Step& step);
  void say_receipts(Step& step);
  // What a text without a number says; nothing: a hello.
  [[nodiscard]] proto::pb::Content take_aside(Step& step, const Contact& contact, const Text& text);
  void refresh(const Step& step, const Contact& contact, proto::pb::MessageRow& row) const;
  void pump(Step& step, Contact& contact, Chat& chat, Line& line);
  void keep(Step& step, const Contact& contact, const proto::pb::MessageRow& row) const;
  [[nodiscard]] std::deque<Text> take_texts(Step& step, const crypto::AccountId& account);
  [[nodiscard]] bool become_text(const Cell& cell, std::deque<Text>& texts) const;
  static void keep_place(Step& step, const Text& text);
  void make_anew(Step& step, Contact& contact, Chat& chat);
  void unseal(Step& step, Contact& contact, const Cell& cell, std::deque<Text>& texts);
  [[nodiscard]] static bool may_send_all_again(const Step& step, const Contact& contact);
  void send_all_again(Step& step, Contact& contact);
  void knock(Step& step, Contact& contact);
  void send_again_if_lost(Step& step, Contact& contact, const proto::pb::OutboxRow& cell);
  [[nodiscard]] bool sealed_in_good_session(const proto::pb::OutboxRow& cell) const;
  void encrypt(Step& step, Contact& contact, Chat& chat);
  [[nodiscard]] static std::optional<crypto::Capability> write_key_for(
      const Contact& contact, const proto::pb::OutboxRow& cell);
  void transmit(Step& step, const Contact& contact, Cell& cell, Line& line);
  void responded(Step& step, const crypto::AccountId& account, std::uint64_t order,
                 const proto::pb::Response* response);
  void acknowledged(Step& step, Contact& contact, std::uint64_t order);
  void note_reached(Step& step, const Contact& contact, std::uint64_t number);
  void say_sessions_lost_again(Step& step, Contact& contact);
  void take_back(Step& step, Contact& contact, Chat& chat,
                 const std::set<crypto::DeviceNumber>& devices);
  void learned(Step& step, Contact& contact, const DeviceChanges& changes);
  [[nodiscard]] bool wait_for_devices(Step& step, const Contact& contact, Chat& chat);
  void fetch_failed(Step& step, Contact& contact, const proto::pb::Failure& failure);
  static void pause(Chat& chat, Time until, LineId refused_on);
  void tell_of_pause(Step& step, Contact& contact, Chat& chat);
  [[nodiscard]] bool wait_for_new_key(Step& step, Contact& contact, Chat& chat);
  void resume(Step& step, const Contact& contact, Chat& chat);
  void refused(Step& step, Contact& contact, const Cell& refused);
  void erase(Step& step, Chat& chat, std::uint64_t order);
  void settle_message(Step& step, const Contact& contact, std::uint64_t number,
                      proto::pb::MessageState state, std::optional<proto::pb::Failure> failure);
  void fail_texts(Step& step, Contact& contact, const proto::pb::Failure& failure, bool all);

  State& state_;
  OnOutcome on_outcome_;
  OnKept on_kept_;
  Fetches::OnLearned on_learned_;
  Fetches fetches_;
  Knocks knocks_;
  SendLog send_log_;
  Planned planned_;
  OwedReceipts owed_receipts_;
  std::map<crypto::AccountId, Chat> chats_;
};

}  // namespace bisik::client
