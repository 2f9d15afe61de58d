// A program that comes over TCP: the first line that it says is the token; what follows is a Link.
// Whoever says anything else, or nothing in time, is hung up.
#pragma once

#include "client/door/link.hpp"
#include "crypto/capability.hpp"

namespace bisik::client {

class TokenLink final : public Program {
 public:
  TokenLink(Tenants& tenants, Descriptor stream, crypto::Capability token,
            rpc::Conversation::Options options);

  void add_waits(std::vector<pollfd>& waits) const override;
  [[nodiscard]] std::optional<Clock::time_point> wakes_at() const override;
  void go_on() override;
  void stop() override;
  [[nodiscard]] bool is_stranger() const override { return !link_; }
  [[nodiscard]] bool over() const override;

 private:
  void read_token();
  void admit();

  Tenants& tenants_;
  Descriptor stream_;
  crypto::Capability token_;
  rpc::Conversation::Options options_;
  std::string said_;
  std::unique_ptr<Link> link_;  // once the token was said
  Clock::time_point deadline_;
  bool gone_ = false;
};

}  // namespace bisik::client
