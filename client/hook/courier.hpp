// Hands what comes to this account to a program or an address: a consumer of the inbox like any
// other, under a name. A message is acknowledged once its errand has succeeded, and comes again,
// after whatever was killed, until one has: at least once, in order within its chat.
//
// Keeps the cursors of what waits and the messages that are being handed over, no others.
#pragma once

#include <functional>
#include <set>

#include "client/api/session.hpp"
#include "client/door/program.hpp"
#include "client/hook/errand.hpp"
#include "client/hook/schedule.hpp"

namespace bisik::client {

class Courier final : public Program {
 public:
  struct Options {
    std::string consumer;
    std::size_t parallel;
    std::chrono::milliseconds takes;  // at most, one message
    // Of a message to this account, as its 32 bytes.
    std::function<std::string(const proto::pb::Message&, const std::string& account)> to_json;
    std::function<void(const std::string&)> say;  // what failed, as a sentence
  };
  Courier(Gate& gate, std::unique_ptr<Errands> errands, Options options);

  void add_waits(std::vector<pollfd>& waits) const override;
  [[nodiscard]] std::optional<Clock::time_point> wakes_at() const override;
  void go_on() override;

  void stop() override { stopped_ = true; }
  [[nodiscard]] bool over() const override;

 private:
  struct Running {
    std::string id;
    std::unique_ptr<Errand> errand;  // none: the message is being fetched
  };

  void learn();
  void ask_for_account();
  void take_replies();
  void take(const proto::pb::ApiReply& reply);
  void take_message(std::uint64_t cursor, const proto::pb::ApiReply& reply);
  void pause(const std::string& sentence);
  void begin();
  void move_on();
  void end(std::uint64_t cursor, const std::string& id, const Errand::Ending& ending);
  void acknowledge();

  Session session_;
  std::unique_ptr<Errands> errands_;
  Options options_;
  Schedule schedule_;
  bool stopped_ = false;

  std::string account_;               // to which messages come; empty: not known yet
  std::uint64_t asking_account_ = 0;  // the request; 0: none
  std::uint64_t learning_ = 0;        // the request that tells of messages; 0: none
  std::uint64_t last_cursor_ = 0;
  std::map<std::uint64_t, std::uint64_t> fetching_;  // cursors, by the request
  std::map<std::uint64_t, Running> running_;         // by cursor
  std::set<std::uint64_t> done_;                     // cursors that nobody has acknowledged yet
  std::uint64_t acknowledging_ = 0;                  // the request; 0: none
  std::vector<std::uint64_t> acknowledged_;          // what it names
  Clock::time_point not_before_{};                   // something was refused
};

}  // namespace bisik::client
