// Alice has an old account, P0, and a new one, P2; Bob, P1, has the old one as a contact. The words
// that the stories of moving to another account key are written in.
#pragma once

#include <gtest/gtest.h>

#include "tests/simulation/device_story.hpp"

namespace bisik::simulation {

class Moving : public DeviceStory {
 protected:
  explicit Moving(const server::Limits& limits = {}) : DeviceStory{limits} {
    fresh_ = &newcomer();
    expect_arrives(*bob_, *alice_, "before");
    expect_arrives(*alice_, *bob_, "answer");
  }

  // What the new profile gives back for what the old one shows.
  static std::string code(Member& old, Member& fresh);
  static proto::pb::ApiReply move(Member& old, const std::string& link, bool confirmed = true);
  // All of it, and time for everybody to hear.
  void move(Member& old, Member& fresh);
  static proto::pb::ApiReply accept(Member& who, const std::string& name);
  static proto::pb::ApiReply refuse(Member& who, const std::string& name);
  static proto::pb::ApiReply trust(Member& who, const std::string& name);

  static proto::pb::ContactEntry entry(Member& of, const std::string& name);
  static proto::pb::Sent::Recipient send(Member& from, const std::string& to,
                                         const std::string& text);
  // How often something like it was told.
  static std::ptrdiff_t told(const Member& who, const std::string& part);

  Member* fresh_ = nullptr;
};

}  // namespace bisik::simulation
