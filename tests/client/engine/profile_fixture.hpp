// Alice's profile in memory, with an account, and whoever she has as contacts.
#pragma once

#include <gtest/gtest.h>

#include "client/engine/state.hpp"
#include "crypto/sodium.hpp"
#include "tests/client/engine/memory_rows.hpp"

namespace bisik::client {

class ProfileTest : public testing::Test {
 protected:
  ProfileTest() {
    Step step{{}};
    state_.identity = Identity::create("Alice", link_, step);
    state_.identity->invite.reset();
  }

  [[nodiscard]] Identity person(const std::string& name) const {
    Step step{{}};
    return Identity::create(name, link_, step);
  }
  Contact& add_contact(const std::string& name) { return add_contact(person(name)); }
  Contact& add_contact(const Identity& other) {
    Step step{{}};
    auto& contact = state_.contacts.add(other.account_key, other.name, step);
    *contact.row.mutable_relay() = to_proto(link_.relay);
    return contact;
  }

  const proto::Link link_ = some_link();
  MemoryRows rows_;
  State state_{rows_};

 private:
  static proto::Link some_link() {
    crypto::initialise();
    return {.relay = {"relay.example", 7443, crypto::DhKeyPair::generate().public_key},
            .invite = crypto::Capability::random(),
            .contact = {}};
  }
};

}  // namespace bisik::client
