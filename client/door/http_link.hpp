// A program that speaks JSON-RPC over HTTP: one connection, whose requests are answered one after
// the other, or which becomes a stream of events. Decides nothing that rpc::plan() does not.
//
// A connection that sends no whole request in time is closed, whoever it is, and so is one behind
// the answer to a request without the token, where one is asked for.
#pragma once

#include "client/door/http_reader.hpp"
#include "client/door/outlet.hpp"
#include "client/door/owner_side.hpp"
#include "client/door/program.hpp"

namespace bisik::client {

class HttpLink final : public Program {
 public:
  struct Rules {
    std::optional<crypto::Capability> token;
    std::vector<std::string> accounts;  // what the command line called each
    bool receives = true;
  };
  // Both are the same connection. `rules` outlive it.
  HttpLink(Tenants& tenants, Descriptor in, Descriptor out, const Rules& rules);

  void add_waits(std::vector<pollfd>& waits) const override;
  [[nodiscard]] std::optional<Clock::time_point> wakes_at() const override;
  void go_on() override;
  void stop() override;
  [[nodiscard]] bool is_stranger() const override { return !is_known_; }
  [[nodiscard]] bool over() const override;

 private:
  // opening: what the profiles' owners say decides whether there will be a stream of events.
  enum class State { reading, calling, opening, streaming, closing };
  struct Talk {
    Talk(Tenants& tenants, rpc::Conversation::Options options)
        : conversation{std::move(options)}, owner{tenants, conversation} {}
    rpc::Conversation conversation;
    OwnerSide owner;
  };

  [[nodiscard]] bool wants_bytes() const;
  [[nodiscard]] bool is_waited_for() const;
  [[nodiscard]] bool read();
  [[nodiscard]] bool begin_request();
  void carry_out(const rpc::HttpRequest& request);
  void begin_call(const std::string& body);
  void begin_events(const rpc::HttpEvents& events);
  [[nodiscard]] bool open_events();
  [[nodiscard]] bool talk();
  void take_output();
  void answer(const rpc::HttpAnswer& answer);
  void answered(std::string_view response, std::uint64_t messages);
  [[nodiscard]] bool write();
  void look_at_clock();
  void wait_for_request();

  Tenants& tenants_;
  const Rules& rules_;
  Descriptor in_;
  Outlet outlet_;
  HttpReader reader_;
  State state_ = State::reading;
  bool is_known_;  // has shown the token, or none is asked for
  bool keep_alive_ = false;
  bool stopped_ = false;
  bool gone_ = false;
  std::unique_ptr<Talk> talk_;
  std::uint64_t written_before_ = 0;  // messages, before this talk began
  Clock::time_point deadline_;        // for a whole request, or for the next sign of life
};

}  // namespace bisik::client
