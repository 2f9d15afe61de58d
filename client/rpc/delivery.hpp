// Messages that come by themselves, as notifications. They are asked for kReceiveWindow at a time,
// and more only once those are with the program: one that does not read keeps nothing in memory.
#pragma once

#include "client/rpc/account.hpp"
#include "client/rpc/asking.hpp"
#include "client/rpc/error.hpp"
#include "client/rpc/output.hpp"

namespace bisik::client::rpc {

class Delivery {
 public:
  // `party`: the place of the account among those of the conversation.
  Delivery(Asking& asking, Output& output, const Account& account, std::size_t party)
      : asking_{asking}, output_{output}, account_{account}, party_{party} {}

  struct Wish {
    std::optional<std::uint64_t> number = {};  // of the subscription; none: from the beginning
    bool keep = false;                         // somebody else acknowledges
    std::uint64_t since = 0;                   // a cursor
    std::string consumer = {};                 // under whose name; empty: nobody's
    bool bare = false;                         // without the frame of a notification
  };
  // Once at a time. `first`: what has to be done before; if that fails, nothing is handed out.
  void begin(const Wish& wish, std::vector<proto::pb::ApiRequest> first = {});
  void end();
  // The program is told why nothing more comes.
  void fail(const Error& error);
  // More may be handed out, if all that was said is written.
  void go_on();

  [[nodiscard]] bool active() const noexcept { return wish_.has_value(); }
  // What has to be done before is not done yet.
  [[nodiscard]] bool prepares() const noexcept { return wish_ && preparing_ != 0; }
  // Why it could not be done.
  [[nodiscard]] const std::optional<Error>& refused() const noexcept { return refused_; }
  // Of the subscription that is active, if it has one.
  [[nodiscard]] std::optional<std::uint64_t> number() const;

 private:
  void prepared(const proto::pb::ApiReply& reply);
  void take(const proto::pb::ApiReply& reply);
  void mention(Json received);
  void notify(Json received, Shown shown);

  Asking& asking_;
  Output& output_;
  const Account& account_;
  std::size_t party_;
  std::optional<Wish> wish_;   // its `since` is the last cursor that was handed out
  bool looks_ = false;         // next: at what the relay has, which may have taken some of it back
  std::size_t preparing_ = 0;  // requests that have no answer yet
  std::optional<Error> refused_;
  std::size_t mentioned_ = 0;  // beside messages, since all was written
  std::uint64_t asked_ = 0;    // the request that brings messages; 0: none
};

}  // namespace bisik::client::rpc
