// Sessions that are given up, and in which one of those that are begun instead both sides go on.
#include "client/engine/limits.hpp"
#include "client/engine/session_book.hpp"

namespace bisik::client {

template <class Predicate>
void SessionBook::archive_if(Step& step, Predicate wanted) {
  for (auto& [transcript, held] : sessions_) {
    if (held.role == Role::archived || !wanted(held.session)) continue;
    held.role = Role::archived;
    held.archived_ms = step.now_ms();
    save(step, held);
  }
}

void SessionBook::archive(Step& step, const crypto::Transcript& session) {
  archive_if(step, [&](const auto& each) { return each.transcript() == session; });
}

void SessionBook::archive_all(Step& step, const crypto::DeviceAddress& peer) {
  archive_if(step, [&](const auto& each) { return each.theirs() == peer; });
}

void SessionBook::archive_all(Step& step, const crypto::AccountId& account) {
  archive_if(step, [&](const auto& each) { return each.theirs().account == account; });
}

void SessionBook::archive_all(Step& step) {
  archive_if(step, [](const auto&) { return true; });
}

bool SessionBook::has_parted(const crypto::Transcript& session) const {
  const auto found = sessions_.find(session);
  if (found == sessions_.end() || found->second.role != Role::archived) return false;
  const auto& peer = found->second.session.theirs();
  return can_send(peer) && !is_unanswered(sending_in(peer));
}

void SessionBook::archive_all_beside(Step& step, const crypto::Transcript& session) {
  archive_all(step, crypto::DeviceAddress{sessions_.at(session).session.theirs()});
}

bool SessionBook::is_to_be_told(Step& step, const crypto::Transcript& session, milliseconds after) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end() || found->second.role != Role::archived) return false;
  auto& held = found->second;
  const bool is_time =
      step.has_passed(held.archived_ms, after) && step.has_passed(held.told_ms, after);
  if (!is_time) return false;
  held.told_ms = step.now_ms();
  save(step, held);
  return true;
}

bool SessionBook::is_place_to_be_told(Step& step, const crypto::Transcript& session,
                                      milliseconds after) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end() || !step.has_passed(found->second.place_told_ms, after))
    return false;
  found->second.place_told_ms = step.now_ms();
  save(step, found->second);
  return true;
}

std::uint64_t SessionBook::given_up_ms(const crypto::Transcript& session) const {
  const auto& held = sessions_.at(session);
  return held.role == Role::archived ? held.archived_ms : kNever;
}

void SessionBook::take_over(Step& step, const crypto::Transcript& session) {
  if (!is_good(session)) return;
  auto& held = sessions_.at(session);
  archive_if(step, [&](const auto& each) {
    return each.theirs() == held.session.theirs() && each.transcript() != session;
  });
  held.role = Role::preferred;
  save(step, held);
}

// Ours stays to receive in: if they have got it, they will answer in it, and both go on there. If
// they had it and lost it, or cannot start it, nobody tells us; but theirs they can read.
void SessionBook::begin_anew(Step& step, const crypto::Transcript& session) {
  if (!is_good(session)) return;
  auto& theirs = sessions_.at(session);
  const auto* crosses = crossing(theirs);
  if (crosses == nullptr) return take_over(step, session);
  auto& ours = sessions_.at(crosses->session.transcript());
  archive_if(step, [&](const auto& each) {
    return each.theirs() == theirs.session.theirs() && &each != &theirs.session &&
           &each != &ours.session;
  });
  ours.role = Role::spare;
  save(step, ours);
  theirs.role = Role::preferred;
  save(step, theirs);
}

// The session that we have begun when we gave up all others, as they have begun this one. If each
// side went on in the other's for good, each would send in one that nobody answers in, and no key
// would be replaced. So the smaller EK decides, as between any two that both have started, and only
// once: what they begin after that they begin because they do not have ours.
const SessionBook::Held* SessionBook::crossing(const Held& theirs) {
  const auto& peer = theirs.session.theirs();
  const Held* ours = theirs.preferred() ? abandoned(peer) : preferred(peer);
  if (ours == nullptr || ours->started_ms == 0 || ours->session.confirmed()) return nullptr;
  if (theirs.session.origin().ephemeral < ours->session.origin().ephemeral) return nullptr;
  bool gave_up = false;
  for (const auto& [transcript, held] : sessions_) {
    if (held.session.theirs() != theirs.session.theirs()) continue;
    if (held.role == Role::archived) gave_up = true;
    const bool another = &held != &theirs && held.started_ms == 0;
    if (another && held.role != Role::archived) return nullptr;
  }
  return gave_up ? ours : nullptr;
}

}  // namespace bisik::client
