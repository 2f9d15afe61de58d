#include "client/engine/session_book.hpp"

#include <algorithm>
#include <stdexcept>

#include "client/engine/limits.hpp"
#include "proto/limits.hpp"

namespace bisik::client {
namespace {

constexpr std::uint8_t kVersion = 4;
// Without told_ms and place_told_ms.
constexpr std::uint8_t kBeforeTold = 3;
// Without archived_ms either.
constexpr std::uint8_t kBeforeArchived = 2;
// Without the two fields after used_ms either.
constexpr std::uint8_t kBeforeMutual = 1;
// More than both sides starting at once, twice over; bounds the work for a cell (protocol, 6).
constexpr std::size_t kMaxSessionsPerDevice = 8;

RowId row_of(const crypto::Transcript& transcript) {
  return {{transcript.begin(), transcript.end()}, 0};
}

}  // namespace

crypto::Transcript transcript_in(const std::string& bytes) {
  crypto::Transcript transcript{};
  if (bytes.size() == transcript.size()) {
    std::ranges::copy(crypto::as_bytes(bytes), transcript.begin());
  }
  return transcript;
}

void SessionBook::load(const RowSource& rows) {
  for (const auto& row : rows.all(RowKind::session)) {
    crypto::SecretReader in{row};
    const auto version = in.take_int<std::uint8_t>();
    const auto role = in.take_int<std::uint8_t>();
    const auto used_ms = in.take_int<std::uint64_t>();
    const bool old = version == kBeforeMutual;
    const auto started_ms = old ? used_ms : in.take_int<std::uint64_t>();
    const auto mutual = old ? std::uint8_t{0} : in.take_int<std::uint8_t>();
    const auto archived_ms = version > kBeforeArchived ? in.take_int<std::uint64_t>() : 0;
    const auto told_ms = version > kBeforeTold ? in.take_int<std::uint64_t>() : 0;
    const auto place_told_ms = version > kBeforeTold ? in.take_int<std::uint64_t>() : 0;
    auto session = crypto::Session::read(in);
    const bool known = version >= kBeforeMutual && version <= kVersion &&
                       role <= static_cast<std::uint8_t>(Role::archived) && mutual <= 1;
    if (!known || !session || !in.finish()) {
      throw std::runtime_error{"a session of the profile does not decode"};
    }
    const auto transcript = session->transcript();
    const bool both = old ? session->confirmed() : mutual != 0;
    sessions_.emplace(transcript, Held{std::move(*session), Role{role}, used_ms, started_ms, both,
                                       archived_ms, told_ms, place_told_ms});
  }
  for (const auto& row : rows.all(RowKind::replay)) {
    crypto::SecretReader in{row};
    const auto transcript = in.take_array<sizeof(crypto::Transcript)>();
    accepted_.emplace(transcript, in.take_int<crypto::PrekeyId>());
    if (!in.finish()) throw std::runtime_error{"a replay of the profile does not decode"};
  }
}

void SessionBook::save(Step& step, const Held& held) {
  crypto::SecretBuffer row;
  row.append_int(kVersion)
      .append_int(static_cast<std::uint8_t>(held.role))
      .append_int(held.used_ms)
      .append_int(held.started_ms)
      .append_int(std::uint8_t{held.mutual})
      .append_int(held.archived_ms)
      .append_int(held.told_ms)
      .append_int(held.place_told_ms);
  held.session.write(row);
  step.put(RowKind::session, row_of(held.session.transcript()), std::move(row));
}

SessionBook::Held* SessionBook::preferred(const crypto::DeviceAddress& peer) {
  const auto found = std::ranges::find_if(sessions_, [&](const auto& entry) {
    return entry.second.preferred() && entry.second.session.theirs() == peer;
  });
  return found == sessions_.end() ? nullptr : &found->second;
}

bool SessionBook::can_send(const crypto::DeviceAddress& peer) const {
  return std::ranges::any_of(sessions_, [&](const auto& entry) {
    return entry.second.preferred() && entry.second.session.theirs() == peer;
  });
}

void SessionBook::add(Step& step, crypto::Session session) {
  insert(step, Held{std::move(session), Role::preferred, step.now_ms(), step.now_ms()});
}

void SessionBook::insert(Step& step, Held held) {
  const auto peer = held.session.theirs();
  if (auto* present = preferred(peer); held.preferred() && present != nullptr) {
    present->role = Role::spare;
    save(step, *present);
  }
  const auto transcript = held.session.transcript();
  const auto [place, inserted] = sessions_.insert_or_assign(transcript, std::move(held));
  save(step, place->second);
  trim(step, peer);
}

void SessionBook::trim(Step& step, const crypto::DeviceAddress& peer) {
  std::vector<Held*> of_peer;
  for (auto& [transcript, held] : sessions_) {
    if (held.session.theirs() == peer && !held.preferred()) of_peer.push_back(&held);
  }
  if (of_peer.size() < kMaxSessionsPerDevice) return;
  const auto oldest =
      (*std::ranges::min_element(of_peer, {}, &Held::used_ms))->session.transcript();
  step.erase(RowKind::session, row_of(oldest));
  sessions_.erase(oldest);
}

crypto::Bytes SessionBook::seal(Step& step, const crypto::DeviceAddress& peer,
                                crypto::ByteView content) {
  auto& held = *preferred(peer);
  const auto size = std::ranges::find_if(proto::kCellBytes, [&](std::size_t cell_bytes) {
    return held.session.capacity(cell_bytes) >= content.size();
  });
  assert(size != proto::kCellBytes.end());  // proto/limits.hpp proves it for every valid content
  auto cell = held.session.seal(*size, content);
  held.used_ms = step.now_ms();
  save(step, held);
  return cell;
}

std::vector<SessionBook::Held*> SessionBook::most_recent_first() {
  std::vector<Held*> order;
  order.reserve(sessions_.size());
  for (auto& [transcript, held] : sessions_) order.push_back(&held);
  std::ranges::stable_sort(order, std::greater{}, &Held::used_ms);
  return order;
}

SessionBook::Opening SessionBook::open(Step& step, const Identity& identity, KeyRing& key_ring,
                                       crypto::ByteView cell) {
  for (auto* held : most_recent_first()) {
    auto opened = open_in(step, *held, cell);
    if (opened) speaks_in(step, *held);
    if (opened || opened.error().session) return opened;
  }
  return open_first(step, identity, key_ring, cell);
}

SessionBook::Opening SessionBook::open_in(Step& step, Held& held, crypto::ByteView message) {
  const auto transcript = held.session.transcript();
  auto content = held.session.open(message, step.now_seconds());
  if (!content) {
    Unopened unopened{.why = content.error(), .session = {}};
    if (unopened.why != crypto::Errc::no_header_key) {
      unopened.session = {held.session.theirs(), transcript, held.role == Role::archived};
    }
    return unopened;
  }
  held.used_ms = step.now_ms();
  save(step, held);
  return OpenedCell{held.session.theirs(), {}, false, std::move(*content), transcript};
}

// A cell that is no first message: the peer has read something of ours in this session. Where that
// is so of no other, or not of the one that we send in, this is the one to send in.
void SessionBook::speaks_in(Step& step, Held& held) {
  auto* present = preferred(held.session.theirs());
  const bool was_mutual = std::exchange(held.mutual, true);
  const bool moves = held.role == Role::spare && (present == nullptr || !present->mutual);
  if (moves && present != nullptr) {
    present->role = Role::spare;
    save(step, *present);
  }
  if (moves) held.role = Role::preferred;
  if (moves || !was_mutual) save(step, held);
}

SessionBook::Opening SessionBook::open_first(Step& step, const Identity& identity,
                                             KeyRing& key_ring, crypto::ByteView cell) {
  for (const auto& generation : key_ring.generations()) {
    const auto first = crypto::open_first_message(generation.seal, cell);
    if (!first) continue;
    for (auto& [transcript, held] : sessions_) {
      if (held.session.origin() == first->handshake.origin) {
        return open_in(step, held, first->ratchet_message);
      }
    }
    return respond(step, identity, key_ring, *first);
  }
  return Unopened{.why = crypto::Errc::no_header_key, .session = {}};
}

SessionBook::Opening SessionBook::respond(Step& step, const Identity& identity, KeyRing& key_ring,
                                          const crypto::FirstMessage& first) {
  const auto& ids = first.handshake.origin.ids;
  const auto prekeys = key_ring.find(ids);
  if (!prekeys) return cannot_start(first, crypto::Errc::unknown_prekey);
  auto accepted =
      crypto::Session::respond(prekeys->of(identity.device), first, *this, step.now_seconds());
  if (!accepted) {
    const auto why = accepted.error();
    const bool never_starts =
        why == crypto::Errc::replayed || why == crypto::Errc::too_many_skipped;
    return never_starts ? cannot_start(first, why) : Unopened{.why = why, .session = {}};
  }

  key_ring.use(ids, step);
  const auto transcript = accepted->session.transcript();
  accepted_.emplace(transcript, ids.signed_prekey);
  crypto::SecretBuffer row;
  row.append(transcript).append_int(ids.signed_prekey);
  step.put(RowKind::replay, row_of(transcript), std::move(row));

  const auto peer = accepted->session.theirs();
  const auto role = prefer_new(preferred(peer), accepted->session) ? Role::preferred : Role::spare;
  insert(step, Held{std::move(accepted->session), role, step.now_ms(), 0});
  return OpenedCell{peer, accepted->theirs.account_key(), true, std::move(accepted->content),
                    transcript};
}

// The record in it is an account's, so that this may be somebody we know; that he has made the cell
// only the ratchet message could tell.
Unopened SessionBook::cannot_start(const crypto::FirstMessage& first,
                                   boost::system::error_code why) {
  Unopened unopened{.why = why, .session = {}};
  const auto record = crypto::DeviceRecord::parse(first.handshake.record);
  if (record) unopened.claimed = crypto::DeviceAddress::of(*record);
  return unopened;
}

// A mutual session stays. Where the peer starts another one although there is one of his, that one
// does not serve him. Between two that both sides started the smaller EK decides, which both see
// alike.
bool SessionBook::prefer_new(const Held* present, const crypto::Session& fresh) const {
  if (present == nullptr) return true;
  if (present->mutual) return false;
  if (present->started_ms == 0) return true;
  return fresh.origin().ephemeral < present->session.origin().ephemeral;
}

void SessionBook::forget(Step& step, const crypto::AccountId& account) {
  std::erase_if(sessions_, [&](const auto& entry) {
    if (entry.second.session.theirs().account != account) return false;
    step.erase(RowKind::session, row_of(entry.first));
    return true;
  });
}

void SessionBook::forget(Step& step, const crypto::DeviceAddress& peer) {
  std::erase_if(sessions_, [&](const auto& entry) {
    if (entry.second.session.theirs() != peer) return false;
    step.erase(RowKind::session, row_of(entry.first));
    return true;
  });
}

void SessionBook::limit(Step& step, const crypto::AccountId& account, std::size_t most) {
  std::size_t kept = 0;
  std::vector<crypto::Transcript> gone;
  for (const auto* held : most_recent_first()) {
    if (held->session.theirs().account != account) continue;
    if (++kept > most) gone.push_back(held->session.transcript());
  }
  for (const auto& transcript : gone) {
    step.erase(RowKind::session, row_of(transcript));
    sessions_.erase(transcript);
  }
}

void SessionBook::forget_prekey(Step& step, crypto::PrekeyId signed_prekey) {
  std::erase_if(accepted_, [&](const auto& entry) {
    if (entry.second != signed_prekey) return false;
    step.erase(RowKind::replay, row_of(entry.first));
    return true;
  });
}

// Its cells may have arrived after all, so what the peer answers in it has to be opened.
void SessionBook::abandon(Step& step, const crypto::DeviceAddress& peer) {
  auto* held = preferred(peer);
  if (held == nullptr || held->session.confirmed()) return;
  held->role = Role::spare;
  save(step, *held);
}

bool SessionBook::is_overdue(const Step& step, const crypto::DeviceAddress& peer,
                             milliseconds after) const {
  return std::ranges::any_of(sessions_, [&](const auto& entry) {
    const auto& held = entry.second;
    return held.preferred() && held.session.theirs() == peer && !held.session.confirmed() &&
           step.has_passed(held.started_ms, after);
  });
}

bool SessionBook::has_tried(const Step& step, const crypto::DeviceAddress& peer,
                            milliseconds within) const {
  return std::ranges::any_of(sessions_, [&](const auto& entry) {
    const auto& held = entry.second;
    return !held.preferred() && held.session.theirs() == peer && !held.session.confirmed() &&
           held.started_ms != 0 && !step.has_passed(held.started_ms, within);
  });
}

// The newest.
const SessionBook::Held* SessionBook::abandoned(const crypto::DeviceAddress& peer) const {
  const Held* newest = nullptr;
  for (const auto& [transcript, held] : sessions_) {
    if (held.role != Role::spare || held.session.theirs() != peer) continue;
    if (held.session.confirmed()) continue;
    if (newest == nullptr || held.started_ms > newest->started_ms) newest = &held;
  }
  return newest;
}

bool SessionBook::can_resume(const crypto::DeviceAddress& peer) const {
  return abandoned(peer) != nullptr;
}

void SessionBook::resume(Step& step, const crypto::DeviceAddress& peer) {
  auto& held = sessions_.at(abandoned(peer)->session.transcript());
  held.role = Role::preferred;
  held.started_ms = step.now_ms();
  save(step, held);
}

void SessionBook::forget_archived(Step& step) {
  constexpr auto kLifetime =
      static_cast<std::uint64_t>(milliseconds{kArchivedSessionLifetime}.count());
  std::erase_if(sessions_, [&](const auto& entry) {
    const auto& held = entry.second;
    if (held.role != Role::archived || held.used_ms + kLifetime > step.now_ms()) return false;
    step.erase(RowKind::session, row_of(entry.first));
    return true;
  });
}

bool SessionBook::is_good(const crypto::Transcript& session) const {
  const auto found = sessions_.find(session);
  return found != sessions_.end() && found->second.role != Role::archived;
}

bool SessionBook::is_passed_over(const crypto::Transcript& session) const {
  const auto found = sessions_.find(session);
  if (found == sessions_.end() || found->second.role != Role::spare) return false;
  return found->second.started_ms != 0 && !found->second.session.confirmed();
}

bool SessionBook::is_unanswered(const crypto::Transcript& session) const {
  const auto found = sessions_.find(session);
  return found != sessions_.end() && !found->second.session.confirmed();
}

bool SessionBook::has_been_read(const crypto::Transcript& session) const {
  const auto found = sessions_.find(session);
  return found == sessions_.end() || found->second.mutual;
}

std::vector<crypto::Transcript> SessionBook::beside(const OpenedCell& opened) const {
  std::vector<crypto::Transcript> others;
  for (const auto& [transcript, held] : sessions_) {
    const bool is_other = transcript != opened.session;
    if (is_other && held.session.theirs() == opened.peer) others.push_back(transcript);
  }
  return others;
}

const crypto::Transcript& SessionBook::sending_in(const crypto::DeviceAddress& peer) const {
  const auto found = std::ranges::find_if(sessions_, [&](const auto& entry) {
    return entry.second.preferred() && entry.second.session.theirs() == peer;
  });
  return found->first;
}

bool SessionBook::confirmed(const crypto::DeviceAddress& peer) const {
  return std::ranges::any_of(sessions_, [&](const auto& entry) {
    const auto& held = entry.second;
    return held.preferred() && held.session.theirs() == peer && held.session.confirmed();
  });
}

}  // namespace bisik::client
