#include "client/engine/repairs.hpp"

#include "client/engine/sentences.hpp"

namespace bisik::client {
std::uint64_t told_again_since(const Step& step) {
  constexpr auto kSpan = static_cast<std::uint64_t>(milliseconds{kToldAgain}.count());
  return step.now_ms() - std::min(step.now_ms(), kSpan);
}

bool Repairs::unopened(Step& step, const proto::pb::Cell& cell, const Unopened& how,
                       bool set_aside) {
  if (how.claimed) return cannot_start(step, cell, *how.claimed);
  if (!how.session) {
    const bool unknown = how.why == crypto::Errc::no_header_key;
    if (unknown && set_aside) {
      set_aside_.keep(step, cell);
      begin_unanswered_anew(step);
    }
    return unknown && set_aside;
  }
  // The header is authentic. So is one that contradicts the chain that it belongs to: then there
  // are two chains in one place.
  const bool used =
      how.why == crypto::Errc::message_key_unavailable || how.why == crypto::Errc::malformed;
  if (used && opened_.contains(crypto::as_bytes(cell.cell()))) return true;  // the very same
  auto* contact = state_.contacts.find(how.session->peer.account);
  if (contact == nullptr || !contact->may_be_written_to()) return false;
  if (contact->is_own()) {
    tell_own_device(step, *contact, *how.session, used);
  } else if (used) {
    say_index_used(step, *contact, *how.session);
  } else {
    ask_again(step, *contact, cell, *how.session);
  }
  contact->save(step);
  // Once for a session: it was archived just now.
  const bool is_news = !how.session->archived && !state_.sessions.is_good(how.session->transcript);
  if (is_news && how.why == crypto::Errc::unknown_chain) {
    on_copy_(step, contact->is_own() ? Witness::own_device : Witness::contact, SessionBook::kNever);
  }
  return true;
}

// Whoever wrote it cannot know: nobody answers in a session that was started with a key which is
// used up. That he wrote it is only said, so that nothing of his is changed and nobody is asked
// often.
bool Repairs::cannot_start(Step& step, const proto::pb::Cell& cell,
                           const crypto::DeviceAddress& claimed) {
  if (opened_.contains(crypto::as_bytes(cell.cell()))) return true;  // the very same
  auto* contact = state_.contacts.find(claimed.account);
  if (contact == nullptr || !contact->may_be_written_to()) return false;
  // Our own record is known to everybody, and no device writes to itself.
  if (claimed == crypto::DeviceAddress::of(state_.identity->device.record)) return false;
  if (!may_begin_anew(step, *contact, claimed.device)) return false;
  if (!contact->is_own()) {
    outgoing_.send_again(step, *contact, sent_beside(step, *contact, {claimed, {}, {}, {}, {}}));
  }
  state_.sessions.archive_all(step, claimed);
  if (contact->is_own()) {
    proto::pb::Repair repair;
    repair.mutable_sessions_lost()->set_since_ms(told_again_since(step));
    copies_.say(step, claimed.device, repair);
  } else {
    contact->row.mutable_repair()->mutable_retry_request()->set_envelope_id(cell.envelope_id());
    say_sessions_lost(*contact);
    readers_.notice(step, *contact, asked_again(contact->row.name()));
  }
  contact->save(step);
  return true;
}

// Of the account's own devices each has to be heard: nobody else says what it says.
bool Repairs::may_begin_anew(const Step& step, Contact& contact, crypto::DeviceNumber device) {
  const auto asked =
      contact.is_own() ? contact.own_device(device).anew_asked_ms() : contact.row.anew_asked_ms();
  if (!step.has_passed(asked, kBeginAnewAgain)) return false;
  if (contact.is_own()) {
    contact.own_device(device).set_anew_asked_ms(step.now_ms());
  } else {
    contact.row.set_anew_asked_ms(step.now_ms());
  }
  return true;
}

// Somebody may write to keys that this state does not have; and who does not have those that we
// write to cannot say so either, where he is a copy as well.
void Repairs::begin_unanswered_anew(Step& step) {
  for (auto& [account, contact] : state_.contacts.all()) {
    // Whoever has never heard from us has lost nothing.
    const bool knows_us = contact.is_own() || !contact.row.write_secret().empty();
    if (contact.is_stranger() || !contact.may_be_written_to() || !knows_us) continue;
    for (const auto& device : contact.row.devices()) {
      const crypto::DeviceAddress peer{account, device.number()};
      if (!state_.sessions.is_overdue(step, peer, kBeginAnewAgain)) continue;
      if (state_.sessions.has_tried(step, peer, kTryOnceMoreAgain)) continue;
      begin_once_more(step, contact, peer);
    }
  }
}

// In the session that we send in nobody has answered, and perhaps nobody can read what we have sent
// there: with the keys of today.
void Repairs::begin_once_more(Step& step, Contact& contact, const crypto::DeviceAddress& peer) {
  const auto session = state_.sessions.sending_in(peer);
  if (state_.sessions.is_unanswered(session)) {
    state_.sessions.abandon(step, peer);
  } else {
    state_.sessions.archive_all(step, peer);
  }
  if (contact.is_own()) {
    proto::pb::Repair repair;
    repair.mutable_sessions_lost()->set_since_ms(told_again_since(step));
    copies_.say(step, peer.device, repair);
    return copies_.again(step, peer.device, told_again_since(step));
  }
  outgoing_.send_again(step, contact, outgoing_.send_log().sent_in(step, contact.id, session));
  say_sessions_lost(contact);
  contact.save(step);
}

// It may be archived for another reason, of which the other side knows; and who is put back once
// more has heard nothing.
bool Repairs::is_used_anew(Step& step, const Unopened::Session& session) {
  state_.sessions.archive(step, session.transcript);
  return state_.sessions.is_place_to_be_told(step, session.transcript, kRetryAgain);
}

// In a new session: what the contact was put back to may not read in this one.
void Repairs::say_index_used(Step& step, Contact& contact, const Unopened::Session& session) {
  if (!is_used_anew(step, session)) return;
  contact.row.mutable_repair()->mutable_index_used()->set_session(to_string(session.transcript));
  outgoing_.greet(contact);
}

// What was damaged may be our state as well as the cell: the request goes in a new session.
void Repairs::ask_again(Step& step, Contact& contact, const proto::pb::Cell& cell,
                        const Unopened::Session& session) {
  if (session.archived) return;  // asked already, by that
  if (!step.has_passed(contact.row.retry_asked_ms(), kRetryAgain)) return;
  contact.row.set_retry_asked_ms(step.now_ms());
  state_.sessions.archive(step, session.transcript);
  contact.row.mutable_repair()->mutable_retry_request()->set_envelope_id(cell.envelope_id());
  outgoing_.greet(contact);
  readers_.notice(step, contact, asked_again(contact.row.name()));
}

void Repairs::say_sessions_lost(Contact& contact) {
  contact.row.mutable_repair()->mutable_sessions_lost();
  outgoing_.greet(contact);
}

bool Repairs::may_send_again(const Step& step, Contact& contact) {
  if (step.has_passed(contact.row.repairs_since_ms(), kRetryAgain)) {
    contact.row.set_repairs_since_ms(step.now_ms());
    contact.row.set_repairs(0);
  }
  if (contact.row.repairs() >= kMaxRepairs) return false;
  contact.row.set_repairs(contact.row.repairs() + 1);
  return true;
}

void Repairs::heard(Step& step, Contact& contact, const crypto::Transcript& session,
                    const proto::pb::Repair& repair) {
  if (contact.is_stranger()) return;
  if (!contact.may_be_written_to() || !may_send_again(step, contact)) {
    return heard_in_silence(step, contact, session);
  }
  if (state_.successor) {  // what was lost may have told of it
    contact.row.clear_successor_told();
    outgoing_.greet(contact);
  }
  auto& log = outgoing_.send_log();
  if (repair.has_retry_request()) {
    const auto& envelope = repair.retry_request().envelope_id();
    if (const auto since = log.since_envelope(step, contact.id, envelope)) {
      const bool news = state_.sessions.is_good(since->session);
      if (since->session != session) go_on_in(step, session, news);
      outgoing_.send_again(step, contact, since->numbers);
    }
  }
  if (repair.has_index_used()) heard_used(step, contact, session, repair.index_used());
  if (repair.has_sessions_lost()) {
    if (parts(step, session)) say_sessions_lost(contact);
    state_.sessions.begin_anew(step, session);
    outgoing_.send_again(step, contact, log.all(step, contact.id));
    readers_.notice(step, contact, began_anew(contact.row.name()));
  }
}

// What it was that he could not read we may know as little as he does: it was sealed by a copy that
// knew as much as this one, and was put back since.
void Repairs::heard_used(Step& step, Contact& contact, const crypto::Transcript& session,
                         const proto::pb::IndexUsed& said) {
  const auto used = transcript_in(said.session());
  if (!state_.sessions.has(used)) return;
  const bool is_news = state_.sessions.is_good(used);
  const auto given_up_ms = state_.sessions.given_up_ms(used);
  if (used != session) go_on_in(step, session, is_news);
  outgoing_.send_again(step, contact, outgoing_.send_log().all(step, contact.id));
  if (is_news) say_sessions_lost(contact);
  on_copy_(step, Witness::contact, given_up_ms);
}

// Where what he asks for is of a session that we have given up too, our words of that may have
// crossed his, in a session of ours: then both choose the same one of the two.
void Repairs::go_on_in(Step& step, const crypto::Transcript& session, bool is_news) {
  if (is_news) return state_.sessions.take_over(step, session);
  state_.sessions.begin_anew(step, session);
}

// He would be read only until the session is forgotten. Where he says there that he has given up
// all others, that is also the one which we would say it in: both go on in a new one.
void Repairs::spoken_in(Step& step, Contact& contact, const OpenedCell& opened,
                        const proto::pb::Content& content) {
  if (contact.is_stranger() || !contact.may_be_written_to()) return;
  if (!state_.sessions.is_to_be_told(step, opened.session, kBeginAnewAgain)) return;
  if (is_unread(step, opened.peer)) return begin_once_more(step, contact, opened.peer);
  if (content.repair().has_sessions_lost()) state_.sessions.archive_all(step, opened.peer);
  if (contact.is_own()) {
    proto::pb::Repair repair;
    repair.mutable_sessions_lost()->set_since_ms(told_again_since(step));
    return copies_.say(step, opened.peer.device, repair);
  }
  say_sessions_lost(contact);
  contact.save(step);
}

// He has not read anything in the session that we send in, for a day where we have begun it; and
// where he has, he may have been put back since.
bool Repairs::is_unread(const Step& step, const crypto::DeviceAddress& peer) const {
  const auto& sessions = state_.sessions;
  if (sessions.is_overdue(step, peer, kBeginAnewAgain)) return true;
  return sessions.confirmed(peer) && !sessions.has_been_read(sessions.sending_in(peer));
}

// A copy of their device does not know of the sessions that came after it: in a new one it would
// not be told what it cannot open in those. Nor do we know what they say in one that cannot start.
void Repairs::began(Step& step, Contact& contact, const OpenedCell& opened) {
  if (contact.is_stranger() || contact.is_own()) return;
  auto numbers = sent_beside(step, contact, opened);
  if (numbers.empty()) return;
  if (contact.may_be_written_to() && may_send_again(step, contact)) {
    outgoing_.send_again(step, contact, std::move(numbers));
  } else {
    contact.row.set_owes_again(true);
  }
  contact.save(step);
}

std::vector<std::uint64_t> Repairs::sent_beside(const Step& step, const Contact& contact,
                                                const OpenedCell& opened) {
  std::vector<std::uint64_t> numbers;
  for (const auto& session : state_.sessions.beside(opened)) {
    const auto sent = outgoing_.send_log().sent_in(step, contact.id, session);
    numbers.insert(numbers.end(), sent.begin(), sent.end());
  }
  return numbers;
}

// Whoever says it goes on in this session and may not be able to read the others. Nobody is
// answered who is blocked, has changed or asks too often: what he may have missed has time until
// that is over.
void Repairs::heard_in_silence(Step& step, Contact& contact, const crypto::Transcript& session) {
  state_.sessions.begin_anew(step, session);
  contact.row.set_owes_again(true);
  contact.save(step);
}

// It may be a copy, or we are one: either way it tells us again what we could not read. Whoever
// damages every cell on the way shall not make us start sessions without end.
void Repairs::tell_own_device(Step& step, Contact& own, const Unopened::Session& session,
                              bool used) {
  if (used) {
    if (!is_used_anew(step, session)) return;
  } else {
    if (session.archived) return;  // told already, by that
    if (!step.has_passed(own.row.retry_asked_ms(), kRetryAgain)) return;
    own.row.set_retry_asked_ms(step.now_ms());
    own.save(step);
    state_.sessions.archive(step, session.transcript);
  }
  proto::pb::Repair repair;
  repair.mutable_sessions_lost()->set_since_ms(told_again_since(step));
  if (used) repair.mutable_index_used()->set_session(to_string(session.transcript));
  copies_.say(step, session.peer.device, repair);
}

void Repairs::heard(Step& step, crypto::DeviceNumber device, const crypto::Transcript& session,
                    const proto::pb::Repair& repair) {
  const auto used = transcript_in(repair.index_used().session());
  if (state_.sessions.has(used)) {
    on_copy_(step, Witness::own_device, state_.sessions.given_up_ms(used));
  }
  if (!repair.has_sessions_lost()) return;
  if (parts(step, session)) {
    proto::pb::Repair ours;
    ours.mutable_sessions_lost()->set_since_ms(told_again_since(step));
    copies_.say(step, device, ours);
  }
  state_.sessions.begin_anew(step, session);
  copies_.again(step, device, repair.sessions_lost().since_ms());
  copies_.introduce_again(step, device);
  copies_.ask_again(step, device, session);
}

// He has given up all others, among them that which we go on in: so nobody would be read. Both go
// on in a new one.
bool Repairs::parts(Step& step, const crypto::Transcript& session) {
  if (!state_.sessions.has_parted(session)) return false;
  state_.sessions.archive_all_beside(step, session);
  return true;
}

void Repairs::send_again(Step& step, Contact& contact) {
  if (contact.is_stranger()) return;
  contact.row.set_owes_again(true);
  contact.save(step);
}

void Repairs::begin(Step& step, Contact& contact) {
  state_.sessions.archive_all(step, contact.id);
  try_set_aside_again(step);
  // Whoever is blocked or has changed hears it when that is over.
  if (contact.is_stranger()) return;
  say_sessions_lost(contact);
  contact.save(step);
}

std::optional<proto::pb::SetAsideRow> Repairs::next_to_try(Step& step) {
  if (!try_at_ || step.now() < *try_at_) return std::nullopt;
  auto row = set_aside_.from(next_try_);
  if (!row) try_at_.reset();
  return row;
}

void Repairs::tried(Step& step, const proto::pb::SetAsideRow& row, bool gone) {
  next_try_ = row.order() + 1;
  if (gone) SetAside::erase(step, row.order());
}

void Repairs::forget_old(Step& step) {
  opened_.forget_old(step);
  set_aside_.forget_old(step);
  outgoing_.send_log().forget_old(step);
  state_.sessions.forget_archived(step);
}

}  // namespace bisik::client
