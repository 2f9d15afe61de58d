// Alice has an old account, P0, and a new one, P2; Bob, P1, has the old one as a contact. The words
// that the stories of moving to another account key are written in.
#pragma once

#include <gtest/gtest.h>

#include "tests/simulation/member.hpp"
#include "tests/simulation/relay_party.hpp"

namespace bisik::simulation {

class Moving : public testing::Test {
 protected:
  explicit Moving(const server::Limits& limits = {}) : relay_{world_, Defect::none, limits} {
    relay_.attach(network_);
    alice_ = &newcomer();
    bob_ = &newcomer();
    fresh_ = &newcomer();
    bob_->add(alice_->invite());
    pass(std::chrono::seconds{10});
    expect_arrives(*bob_, *alice_, "before");
    expect_arrives(*alice_, *bob_, "answer");
  }

  void pass(Duration time) { world_.run_until(world_.now() + time); }
  // With everybody switched off, so that it costs nothing.
  void sleep(Duration time);
  Member& member();
  Member& newcomer();
  Member& linked(Member& primary);
  void expect_arrives(Member& from, Member& to, const std::string& text);

  // What the new profile gives back for what the old one shows.
  static std::string code(Member& old, Member& fresh);
  static proto::pb::ApiReply move(Member& old, const std::string& link, bool confirmed = true);
  // All of it, and time for everybody to hear.
  void move(Member& old, Member& fresh);
  static proto::pb::ApiReply accept(Member& who, const std::string& name);
  static proto::pb::ApiReply refuse(Member& who, const std::string& name);
  static proto::pb::ApiReply trust(Member& who, const std::string& name);

  static proto::pb::ContactEntry entry(Member& of, const std::string& name);
  static std::vector<std::string> texts(Member& of, const std::string& chat);
  static proto::pb::Sent::Recipient send(Member& from, const std::string& to,
                                         const std::string& text);
  // How often something like it was told.
  static std::ptrdiff_t told(const Member& who, const std::string& part);

  World world_{1};
  RelayParty relay_;
  Network network_{world_, relay_};
  std::vector<std::unique_ptr<Member>> members_;
  Member* alice_ = nullptr;
  Member* bob_ = nullptr;
  Member* fresh_ = nullptr;
};

}  // namespace bisik::simulation
