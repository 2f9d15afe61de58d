// A program that speaks JSON-RPC in lines over two descriptors: moves bytes between them, a
// conversation and the owners of the profiles, and decides nothing.
//
// A program that does not read is not read from either, and its answers wait at the owner; what is
// held here stays below kMaxUnwrittenBytes and one answer.
#pragma once

#include "client/door/outlet.hpp"
#include "client/door/owner_side.hpp"
#include "client/door/program.hpp"
#include "client/rpc/lines.hpp"

namespace bisik::client {

class Link final : public Program {
 public:
  // Whether the other end may be a browser that a page made connect: its first line is then no
  // JSON, and nothing that follows is heard.
  enum class Caution { none, browsers };
  // `in` and `out` may be of any kind, and are not made non-blocking: others may share them.
  Link(Tenants& tenants, Descriptor in, Descriptor out, rpc::Conversation::Options options,
       Caution caution = Caution::none);

  void add_waits(std::vector<pollfd>& waits) const override;
  void go_on() override;
  void stop() override;
  [[nodiscard]] bool over() const override;

 private:
  [[nodiscard]] bool wants_bytes() const;
  [[nodiscard]] bool read();
  [[nodiscard]] bool hear();
  [[nodiscard]] bool take_replies();
  [[nodiscard]] bool write();
  void take_output();

  Descriptor in_;
  Outlet outlet_;
  rpc::Conversation conversation_;
  OwnerSide owner_;
  rpc::Lines lines_;
  Caution caution_;
  bool input_over_ = false;
  bool hung_up_ = false;
};

}  // namespace bisik::client
