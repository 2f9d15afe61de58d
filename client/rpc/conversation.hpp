// One program that speaks JSON-RPC 2.0 with this account: what it said and what the owner of the
// profile answered go in; what is to be asked of the owner, and what is to be said to the program,
// come out. No I/O, no clock.
//
// Requests run at the same time and are answered in the order in which they end. A message counts
// as received once what shows it was written: whoever does the I/O says so. Memory is bounded by
// kMaxInFlight requests, one line of others and kReceiveWindow messages, as long as nobody calls
// hear() while wants_input() is false.
#pragma once

#include "client/rpc/delivery.hpp"
#include "client/rpc/linking.hpp"
#include "client/rpc/method.hpp"
#include "client/rpc/reply_book.hpp"

namespace bisik::client::rpc {

class Conversation {
 public:
  struct Options {
    bool receives = true;       // messages come as notifications from the beginning
    bool may_subscribe = true;  // or once that is asked for
    bool bare = false;          // what comes is not framed as a notification
    std::string account = {};   // what the command line called it
    std::string only_for = {};  // of which account messages come; empty: whichever it is
    std::string relay = {};     // the profile may have no account yet: it is linked at this one
  };
  explicit Conversation(Options options);
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // One line or body.
  void hear(std::string_view text);
  // One was longer than kMaxLineBytes.
  void hear_too_long();
  // To a request of ours, under the number that it had.
  void reply(const proto::pb::ApiReply& reply) { asking_.reply(reply); }
  // So many of all that was ever said are with the program.
  void written(std::uint64_t count);
  // Nothing more begins and no message is handed out; what runs is still answered.
  void stop();

  [[nodiscard]] std::vector<proto::pb::ApiRequest> take_requests() {
    return asking_.take_requests();
  }
  [[nodiscard]] std::vector<std::uint64_t> take_cancels() { return asking_.take_cancels(); }
  // Each is one line of JSON, without its end.
  [[nodiscard]] std::vector<std::string> take_output() { return output_.take(); }

  [[nodiscard]] bool wants_input() const;
  // Every request was answered, and every acknowledgement heard. A subscription does not count.
  [[nodiscard]] bool idle() const;

 private:
  struct Waiting {
    std::uint64_t reply;
    Item item;
  };
  struct Running {
    Call call;
    Replies replies;
    std::size_t open;  // requests that are not answered to the end
    std::function<Step(const Replies&)> then;
    std::function<bool(const proto::pb::ApiReply&)> enough;
  };

  void begin_waiting();
  void begin(const Call& call, const Request& request);
  // Nothing: the call is kept.
  [[nodiscard]] std::optional<Step> first_step(const Call& call, const Request& request);
  [[nodiscard]] std::optional<Step> special_step(const Call& call, const Method& method,
                                                 const Params& params);
  [[nodiscard]] std::optional<Step> link(const Call& call, OfConversation what,
                                         const Params& params);
  [[nodiscard]] Step receive_once(const Method& method, const Params& params);
  [[nodiscard]] Step subscribe(const Params& params);
  [[nodiscard]] Step unsubscribe(const Params& params);
  void proceed(const Call& call, Step step);
  void run(const Call& call, Ask ask);
  void take(std::uint64_t running, std::size_t place, const proto::pb::ApiReply& reply);
  void ask_for_account();
  void know_account(const proto::pb::ApiReply& reply);
  void acknowledge(const std::vector<Shown>& all);

  Options options_;
  Account account_;
  bool account_known_ = false;  // before that nothing begins
  bool first_look_ = true;
  Asking asking_;
  Output output_;
  ReplyBook replies_{output_};
  Delivery delivery_{asking_, output_, account_};
  Linking linking_{
      asking_,
      output_,
      account_,
      {.settle = [this](const Call& call, Step step) { proceed(call, std::move(step)); },
       .linked = [this] { ask_for_account(); }}};

  std::deque<Waiting> waiting_;
  std::map<std::uint64_t, Running> running_;
  std::uint64_t last_running_ = 0;
  std::uint64_t next_subscription_ = 0;
  std::size_t acknowledging_ = 0;
  bool receiving_once_ = false;
};

}  // namespace bisik::client::rpc
