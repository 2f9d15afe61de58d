// Every session of the profile: which one a message to a device goes through, and which one an
// arriving cell belongs to.
//
// A peer device has at most one session that we send in, the preferred one, and a few more that we
// only receive in: both sides may start at once, and a peer may start anew. One that was found to
// be broken or that was lost to the peer is archived: nothing is ever sealed in it again.
#pragma once

#include <limits>
#include <map>
#include <memory>
#include <optional>

#include "client/engine/key_ring.hpp"
#include "crypto/session.hpp"

namespace bisik::client {

// What a cell turned out to be.
struct OpenedCell {
  crypto::DeviceAddress peer;
  crypto::VerifyKey account_key;  // of a session that this cell has started; otherwise zeros
  bool starts_session;
  crypto::Bytes content;
  crypto::Transcript session;
};

// A cell that stays closed. `session`: that of ours which it belongs to, where a header key of it
// opened the header.
struct Unopened {
  struct Session {
    crypto::DeviceAddress peer;
    crypto::Transcript transcript;
    bool archived;
  };
  boost::system::error_code why;
  std::optional<Session> session;
  // Of a first message whose session cannot come to be: the device that it says it is from, which
  // anybody may say.
  std::optional<crypto::DeviceAddress> claimed = {};
};

// All zero, which no session has, where it is none.
[[nodiscard]] crypto::Transcript transcript_in(const std::string& bytes);

class SessionBook final : public crypto::AcceptedTranscripts {
 public:
  // What a row keeps before its session: version, role, used, started, mutual, archived,
  // told of that, told of a place.
  static constexpr std::size_t kBytesBeforeSession = 1 + 1 + 8 + 8 + 1 + 8 + 8 + 8;

  void load(const RowSource& rows);

  [[nodiscard]] bool can_send(const crypto::DeviceAddress& peer) const;
  // A session that we have initiated: the one that we send in from now on.
  void add(Step& step, crypto::Session session);
  // A cell of the smallest size that holds `content`; can_send(peer) must hold.
  [[nodiscard]] crypto::Bytes seal(Step& step, const crypto::DeviceAddress& peer,
                                   crypto::ByteView content);

  // message_key_unavailable in a session: this cell, or another at its place, was received before.
  // Every other error there: it is damaged, or one of the two states is not what it was. An error
  // changes nothing.
  [[nodiscard]] boost::system::result<OpenedCell, Unopened> open(Step& step,
                                                                 const Identity& identity,
                                                                 KeyRing& key_ring,
                                                                 crypto::ByteView cell);
  // A stranger whom we do not even keep as a request.
  void forget(Step& step, const crypto::AccountId& account);
  // A device that its account has removed.
  void forget(Step& step, const crypto::DeviceAddress& peer);
  // At most so many sessions of this account; the least recently used ones go.
  void limit(Step& step, const crypto::AccountId& account, std::size_t most);
  // No session can be started with this SPK any more, so none can be replayed.
  void forget_prekey(Step& step, crypto::PrekeyId signed_prekey);
  // The session that we send in, if it was never answered: another one is to be started.
  void abandon(Step& step, const crypto::DeviceAddress& peer);
  // The session that we send in is one that was never answered, for so long.
  [[nodiscard]] bool is_overdue(const Step& step, const crypto::DeviceAddress& peer,
                                std::chrono::milliseconds after) const;
  // Beside the session that we send in there is one that we have started within that time, and that
  // nobody has answered either.
  [[nodiscard]] bool has_tried(const Step& step, const crypto::DeviceAddress& peer,
                               std::chrono::milliseconds within) const;
  // One that was abandoned may serve again, for as long as the first time: there are no keys to
  // start another with.
  [[nodiscard]] bool can_resume(const crypto::DeviceAddress& peer) const;
  void resume(Step& step, const crypto::DeviceAddress& peer);
  // From now on only received in; so are all of one device or account, or of everybody.
  void archive(Step& step, const crypto::Transcript& session);
  void archive_all(Step& step, const crypto::DeviceAddress& peer);
  void archive_all(Step& step, const crypto::AccountId& account);
  void archive_all(Step& step);
  // The peer has lost the others: we send in this one, and they are archived.
  void take_over(Step& step, const crypto::Transcript& session);
  // The same; but where we have given up ours at once, both go on in the one that we began, as soon
  // as they answer in it.
  void begin_anew(Step& step, const crypto::Transcript& session);
  // It is archived, and what we send in instead is none in which the peer could still hear that:
  // where he says here that he has given up all others, each has given up the other's.
  [[nodiscard]] bool has_parted(const crypto::Transcript& session) const;
  // This one and all others with the same device.
  void archive_all_beside(Step& step, const crypto::Transcript& session);
  // The peer goes on in one that was archived so long ago: it does not know. Once in that time.
  [[nodiscard]] bool is_to_be_told(Step& step, const crypto::Transcript& session,
                                   std::chrono::milliseconds after);
  // The peer has sealed twice in one place of it: he hears so once in that time.
  [[nodiscard]] bool is_place_to_be_told(Step& step, const crypto::Transcript& session,
                                         std::chrono::milliseconds after);
  // Since when it is archived; kNever: it is not.
  static constexpr auto kNever = std::numeric_limits<std::uint64_t>::max();
  [[nodiscard]] std::uint64_t given_up_ms(const crypto::Transcript& session) const;
  // Nothing more has come in an archived one for so long that nothing will.
  void forget_archived(Step& step);
  [[nodiscard]] bool has(const crypto::Transcript& session) const {
    return sessions_.contains(session);
  }
  // What was sealed in this session may be opened: it is there, and not archived.
  [[nodiscard]] bool is_good(const crypto::Transcript& session) const;
  // Nobody has answered in it, and we send in another one: perhaps it never came to be.
  [[nodiscard]] bool is_passed_over(const crypto::Transcript& session) const;
  // We have started it, and nothing has come in it.
  [[nodiscard]] bool is_unanswered(const crypto::Transcript& session) const;
  // The other side has shown that it has read something of ours in it, or it is not known here.
  [[nodiscard]] bool has_been_read(const crypto::Transcript& session) const;
  // All others with the same device.
  [[nodiscard]] std::vector<crypto::Transcript> beside(const OpenedCell& opened) const;
  // can_send(peer) must hold.
  [[nodiscard]] const crypto::Transcript& sending_in(const crypto::DeviceAddress& peer) const;
  // Something of theirs was received in the session that we send in.
  [[nodiscard]] bool confirmed(const crypto::DeviceAddress& peer) const;

  [[nodiscard]] bool contains(const crypto::Transcript& transcript) const override {
    return accepted_.contains(transcript);
  }

 private:
  // On disk.
  enum class Role : std::uint8_t { spare = 0, preferred = 1, archived = 2 };
  struct Held {
    crypto::Session session;
    Role role;
    std::uint64_t used_ms;
    std::uint64_t started_ms;         // by us; 0: by the peer
    bool mutual = false;              // each of the two has read something of the other's in it
    std::uint64_t archived_ms = 0;    // since when
    std::uint64_t told_ms = 0;        // when the peer last heard that it is
    std::uint64_t place_told_ms = 0;  // when he last heard that a place of it was used
    [[nodiscard]] bool preferred() const noexcept { return role == Role::preferred; }
  };
  using Opening = boost::system::result<OpenedCell, Unopened>;
  using Sessions = std::map<crypto::Transcript, Held>;

  [[nodiscard]] Held* preferred(const crypto::DeviceAddress& peer);
  [[nodiscard]] std::vector<Held*> most_recent_first();
  [[nodiscard]] Opening open_in(Step& step, Held& held, crypto::ByteView message);
  [[nodiscard]] Opening open_first(Step& step, const Identity& identity, KeyRing& key_ring,
                                   crypto::ByteView cell);
  [[nodiscard]] Opening respond(Step& step, const Identity& identity, KeyRing& key_ring,
                                const crypto::FirstMessage& first);
  [[nodiscard]] bool prefer_new(const Held* present, const crypto::Session& fresh) const;
  [[nodiscard]] const Held* crossing(const Held& theirs);
  [[nodiscard]] const Held* abandoned(const crypto::DeviceAddress& peer) const;
  void insert(Step& step, Held held);
  template <class Predicate>
  void archive_if(Step& step, Predicate wanted);
  void trim(Step& step, const crypto::DeviceAddress& peer);
  void speaks_in(Step& step, Held& held);
  [[nodiscard]] static Unopened cannot_start(const crypto::FirstMessage& first,
                                             boost::system::error_code why);
  static void save(Step& step, const Held& held);

  Sessions sessions_;
  std::map<crypto::Transcript, crypto::PrekeyId> accepted_;  // with which SPK
};

}  // namespace bisik::client
