// The own connection to the own relay: registration, what this account asks of its relay, and its
// two queues, mailbox and knock queue, whose cells are acknowledged after the commit that stored
// what was in them.
#pragma once

#include <deque>

#include "client/engine/incoming.hpp"

namespace bisik::client {

class Mailbox {
 public:
  // An operation and who is told how it went; `failure` when the line could not be had.
  using OnAnswer = std::function<void(Step&, const proto::pb::Response*,
                                      const std::optional<proto::pb::Failure>& failure)>;

  Mailbox(State& state, Incoming& incoming) : state_{state}, incoming_{incoming} {}

  // Sent once the line is up; the signatures that bind a Register, PublishList or AddDevice to it
  // are made then.
  void ask(Step& step, proto::pb::Request request, OnAnswer on_answer);

  void pump(Step& step, bool reading);
  void line_up(Step& step, const LineFacts& facts);
  void line_down(Step& step, LineEnd why, bool was_up);
  // True: it has opened, for the first time.
  bool push(Step& step, const proto::pb::Cell& cell);

  // Everything that waited at the relay when we came is here and stored; or the relay says that
  // more waits, and has sent nothing of it for kAnswerWithin.
  [[nodiscard]] bool drained(Time now) const;
  // The same of the mailbox alone, and nothing else.
  [[nodiscard]] bool has_all() const noexcept {
    return mailbox_.subscription == Subscription::standing && !mailbox_.is_due();
  }
  [[nodiscard]] std::optional<Time> wake_at(Time now) const;
  // Why the relay cannot be reached now, if it cannot.
  [[nodiscard]] const std::optional<proto::pb::Failure>& unreachable() const noexcept {
    return unreachable_;
  }
  // What the relay has said on this connection of whether it knows this device.
  enum class Registration { unknown, known, refused };
  [[nodiscard]] Registration registration() const noexcept { return registration_; }
  [[nodiscard]] bool wants_line(bool reading) const;
  [[nodiscard]] std::optional<LineKey> line_key() const;
  // While the line is up: the relay's clock, and ours minus it.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> relay_time(const Step& step) const;
  [[nodiscard]] std::optional<seconds> clock_offset(const Step& step) const;

 private:
  enum class Subscription { none, asked, standing };
  // One of our queues, on this connection.
  struct Reading {
    Subscription subscription = Subscription::none;
    std::uint64_t waiting_up_to = 0;  // the last sequence that waited when we subscribed
    std::uint64_t processed_up_to = 0;
    Time last_arrival{};
    std::vector<proto::pb::Acknowledge::Item> to_acknowledge = {};
    Time not_before{};  // the relay had no time for what we asked about it
    [[nodiscard]] bool is_put_off(Time now) const noexcept {
      return now < not_before && (subscription == Subscription::none || !to_acknowledge.empty());
    }
    [[nodiscard]] bool is_due() const noexcept {
      return subscription == Subscription::standing && processed_up_to < waiting_up_to;
    }
    [[nodiscard]] bool drained(Time now) const noexcept {
      return subscription == Subscription::standing &&
             (!is_due() || now - last_arrival >= kAnswerWithin);
    }
  };
  struct Question {
    proto::pb::Request request;
    OnAnswer on_answer;
  };
  // Whether the relay has asked to be asked again, and then from when on.
  static bool put_off(const Step& step, const proto::pb::Response& response, Reading& reading);
  void hear_of_registration(proto::pb::Status status);
  void subscribe(Step& step, Line& line, const OwnQueue& queue, Reading& reading);
  static void acknowledge(Step& step, Line& line, const OwnQueue& queue, Reading& reading);
  static void acknowledge_some(Step& step, Line& line, const OwnQueue& queue, Reading& reading);
  void bind(proto::pb::Register& registration, const LineFacts& facts) const;
  void bind(proto::pb::PublishList& request, const LineFacts& facts) const;
  void bind(proto::pb::AddDevice& request, const LineFacts& facts) const;

  State& state_;
  Incoming& incoming_;
  std::deque<Question> questions_;
  Reading mailbox_;
  Reading knock_;
  std::optional<proto::pb::Failure> unreachable_;
  Registration registration_ = Registration::unknown;
};

}  // namespace bisik::client
