// Linking this profile, which has no account yet, to one: what `bisik link RELAY` does with a
// person at the terminal, a program does for a person who looks at its screen.
//
// startLink answers the code. When the first device has read it, the program hears six digits, in a
// notification, and a person types them there. Nothing is taken from anybody before it was said
// here, too, whose device this becomes: by a person, in acceptLink, or by the program, which knows
// the account beforehand and names it in finishLink. Whoever has seen the code could otherwise make
// this a device of his own account.
//
// An attempt lives as long as the conversation, and one replaces another.
#pragma once

#include <functional>

#include "client/rpc/account.hpp"
#include "client/rpc/asking.hpp"
#include "client/rpc/params.hpp"
#include "client/rpc/reply_book.hpp"

namespace bisik::client::rpc {

class Linking {
 public:
  struct Ways {
    std::function<void(const Call&, Step)> settle;  // a call that was kept has come to its end
    std::function<void()> linked;                   // the profile has an account
  };

  Linking(Asking& asking, Output& output, const Account& account, Ways ways)
      : asking_{asking}, output_{output}, account_{account}, ways_{std::move(ways)} {}

  // Nothing: the call is kept until it can be answered. `relay`: where none is named.
  [[nodiscard]] std::optional<Step> start(const Call& call, const Params& params,
                                          const std::string& relay);
  [[nodiscard]] std::optional<Step> finish(const Call& call, const Params& params);
  [[nodiscard]] Step accept(const Params& params);

  // No call is kept.
  [[nodiscard]] bool idle() const noexcept { return !starting_ && !finishing_; }

 private:
  struct Attempt {
    std::uint64_t asked;        // the request that links
    std::string uri = {};       // once it is made
    Account claimed = {};       // whose first device has answered; not joined: none has
    std::string expected = {};  // whose it has to be
    std::optional<Step> end = {};
  };
  void take(const proto::pb::ApiReply& reply);
  void show_code(const std::string& code);
  void show_digits(const proto::pb::LinkDigits& digits);
  void accept_expected();
  void end(Step step);
  [[nodiscard]] bool is_of(const Params& params) const;

  Asking& asking_;
  Output& output_;
  const Account& account_;
  Ways ways_;
  std::optional<Attempt> attempt_;
  std::optional<Call> starting_;
  std::optional<Call> finishing_;
};

}  // namespace bisik::client::rpc
