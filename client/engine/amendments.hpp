// What is said about messages that are kept: reactions, edits and deletions, and how far ours came.
// It changes the message that it is about; what comes before that message waits for it. What each
// side has said last counts, by its own dates, in whatever order it comes and however often.
//
// Nobody changes what somebody else has written: that is refused, and leaves nothing behind.
#pragma once

#include "client/engine/readers.hpp"
#include "proto/content.pb.h"

namespace bisik::client {

class Amendments {
 public:
  // A message is known to have come further: one of ours was delivered, or read; or one of theirs
  // was read on another device.
  using OnFurther = std::function<void(Step&, const Outcome&)>;

  Amendments(State& state, OnFurther on_further)
      : state_{state}, on_further_{std::move(on_further)} {}

  // A message that says something of another one, before it is kept under its number. False: it is
  // nobody's to say, and is not kept.
  [[nodiscard]] bool take(Step& step, Contact& chat, proto::pb::MessageRow& event);
  // A message, before it is kept: what was said of it already.
  void arrived(Step& step, Contact& chat, proto::pb::MessageRow& message);
  // A message goes from this device, and nobody is told. It and its edits, as they were.
  [[nodiscard]] std::vector<proto::pb::MessageRow> delete_here(
      Step& step, const proto::pb::MessageRow& message);
  // Another device of the account has read this message of theirs, at that time by its clock. Of
  // several times the first counts.
  void read_elsewhere(Step& step, Contact& chat, const std::string& content_id,
                      std::uint64_t read_ms);
  // What a contact says of messages of ours.
  void heard(Step& step, Contact& contact, const proto::pb::Receipt& receipt);

 private:
  void note(Step& step, Contact& contact, const std::string& content_id, bool read);
  void wait(Step& step, Contact& chat, const std::string& content_id,
            const std::function<void(proto::pb::EarlyRow&)>& change);
  [[nodiscard]] bool take_early(Step& step, Contact& chat, proto::pb::MessageRow& event);
  void erase_edits(Step& step, const crypto::AccountId& chat, std::uint64_t number);

  State& state_;
  OnFurther on_further_;
};

// Whether a message is one by itself: not only something said about another one.
[[nodiscard]] bool is_of_its_own(const proto::pb::MessageRow& row);
// Whether what it is about was written on this side of the chat.
[[nodiscard]] inline bool is_about_ours(const proto::pb::MessageRow& row) {
  return row.ours() != row.about().of_other();
}

// What never came is forgotten after kSeenLifetime; of a contact who goes, at once.
void forget_early(Step& step, State& state);
void forget_early(Step& step, const State& state, const crypto::AccountId& account);

}  // namespace bisik::client
