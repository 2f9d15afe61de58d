// One program that speaks JSON-RPC 2.0 with one account, or several: what it said and what the
// owners of the profiles answered go in; what is to be asked of the owners, and what is to be said
// to the program, come out. No I/O, no clock.
//
// Requests run at the same time and are answered in the order in which they end. A message counts
// as received once what shows it was written: whoever does the I/O says so. Memory is bounded by
// kMaxInFlight requests, one line of others and kReceiveWindow messages for each account, as long
// as nobody calls hear() while wants_input() is false.
#pragma once

#include "client/rpc/linking.hpp"
#include "client/rpc/method.hpp"
#include "client/rpc/party.hpp"
#include "client/rpc/reply_book.hpp"

namespace bisik::client::rpc {

class Conversation {
 public:
  struct Options {
    bool receives = true;                      // messages come as notifications from the beginning
    bool may_subscribe = true;                 // or once that is asked for
    std::vector<std::string> accounts = {""};  // what the command line called each
    std::string only_for = {};                 // of which account messages come; empty: of all
    Delivery::Wish first = {};                 // how they come, from the beginning
    std::string relay = {};  // the profile may have no account yet: it is linked at this one
  };
  explicit Conversation(Options options);
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // One line or body.
  void hear(std::string_view text);
  // One was longer than kMaxLineBytes.
  void hear_too_long();
  // To a request of ours, under the number that it had, by the owner of this account's profile.
  void reply(const proto::pb::ApiReply& reply, std::size_t party = 0) {
    parties_[party].asking.reply(reply);
  }
  // That profile is not served any more, which is no end of the others.
  void lost(std::size_t party, const std::string& why);
  // It is served again. Messages come by themselves where they came so from the beginning.
  void found(std::size_t party);
  // So many of all that was ever said are with the program.
  void written(std::uint64_t count);
  // Nothing more begins and no message is handed out; what runs is still answered.
  void stop();

  [[nodiscard]] std::vector<proto::pb::ApiRequest> take_requests(std::size_t party = 0) {
    return parties_[party].asking.take_requests();
  }
  // Numbers of requests that were taken earlier.
  [[nodiscard]] std::vector<std::uint64_t> take_cancels(std::size_t party = 0) {
    return parties_[party].asking.take_cancels();
  }
  // Each is one line of JSON, without its end.
  [[nodiscard]] std::vector<std::string> take_output() { return output_.take(); }

  [[nodiscard]] bool wants_input() const;
  // Every request was answered, and every acknowledgement heard. A subscription does not count.
  [[nodiscard]] bool idle() const;
  // Whose profiles these are is known, and messages come from here on, unless there is a refusal().
  [[nodiscard]] bool has_begun() const;
  // Why none come as it was wished for from the beginning: of no account that is served here, or
  // under a name that is none.
  [[nodiscard]] std::optional<Error> refusal() const;

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
    std::vector<std::size_t> parties;  // who is asked
  };

  void begin_waiting();
  void begin(Call call, const Request& request);
  // Nothing: the call is kept.
  [[nodiscard]] std::optional<Step> first_step(Call& call, const Request& request);
  [[nodiscard]] std::optional<Step> special_step(const Call& call, const Method& method,
                                                 const Params& params, bool names_account);
  [[nodiscard]] std::optional<Step> link(const Call& call, OfConversation what,
                                         const Params& params);
  [[nodiscard]] Step list_accounts() const;
  [[nodiscard]] Step receive_once(const Call& call, const Method& method, const Params& params);
  [[nodiscard]] Step subscribe(const Params& params, const std::vector<std::size_t>& parties);
  [[nodiscard]] Step unsubscribe(const Params& params);
  void proceed(const Call& call, Step step);
  void run(const Call& call, Ask ask);
  void take(std::uint64_t running, std::size_t place, const proto::pb::ApiReply& reply);

  // --- conversation_parties.cpp ---
  void ask_for_account(std::size_t party);
  void know_account(std::size_t party, const proto::pb::ApiReply& reply);
  [[nodiscard]] bool is_for(std::size_t party) const;
  [[nodiscard]] bool knows_accounts() const;
  // There are several accounts, and it is not said whose cursor it is.
  [[nodiscard]] static Error cursor_of_nobody();
  [[nodiscard]] std::variant<std::size_t, Error> party_named(const std::string& name) const;
  // Puts into `call` which account it is about.
  [[nodiscard]] std::optional<Error> choose_party(Call& call, const Method& method,
                                                  const std::string& name) const;
  [[nodiscard]] std::vector<std::size_t> parties_that_receive() const;
  void acknowledge(const std::vector<Shown>& all);

  Options options_;
  Output output_;
  ReplyBook replies_{output_};
  std::deque<Party> parties_;  // at least one; they stay where they are
  std::optional<Linking> linking_;

  std::deque<Waiting> waiting_;
  std::map<std::uint64_t, Running> running_;
  std::uint64_t last_running_ = 0;
  std::uint64_t next_subscription_ = 0;
};

}  // namespace bisik::client::rpc
