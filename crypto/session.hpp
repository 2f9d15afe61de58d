// One conversation of two devices: a ratchet, and what it is bound to (docs/protocol.md 5 and 6).
//
//     initiate() -> Session, unanswered --the first message that opens--> Session, confirmed
//     respond()  -> Session, confirmed
//
// While it is unanswered, each of its messages repeats the handshake under a seal of its own. A
// Session owns its whole state. The caller stores what write() writes, sealed, in the same commit
// as the cell that seal() returned or the content that open() returned, and only then acts (I4).
// After an error nothing has changed (I5). One object, one thread.
#pragma once

#include "crypto/handshake.hpp"
#include "crypto/seal.hpp"

namespace bisik::crypto {

// The handshakes that were accepted before, kept until their SPK's private half is wiped.
class AcceptedTranscripts {
 public:
  virtual ~AcceptedTranscripts() = default;
  [[nodiscard]] virtual bool contains(const Transcript& transcript) const = 0;
};

class Session {
 public:
  struct Accepted;

  // Errors of initiate_handshake, and non_contributory_key for SEAL.
  [[nodiscard]] static Result<Session> initiate(const Device& ours, const PeerPrekeys& theirs);

  // Runs the handshake of a first message whose origin names no session of ours, with the prekeys
  // that its ids name, and opens it. replayed: accepted before. bad_signature: the record. Errors
  // of respond_handshake and of open(). The caller deletes the one-time keys in the commit that
  // stores session and content.
  [[nodiscard]] static Result<Accepted> respond(const OurPrekeys& ours, const FirstMessage& first,
                                                const AcceptedTranscripts& accepted, UnixTime now);

  // A cell of exactly `cell_bytes`, and the state advanced. content.size() <= capacity(cell_bytes).
  [[nodiscard]] Bytes seal(std::size_t cell_bytes, ByteView content);
  // How much content the next cell of this size takes.
  [[nodiscard]] std::size_t capacity(std::size_t cell_bytes) const;

  // A cell, or the ratchet message in a first message whose origin is this session's.
  // no_header_key: not of this session, try the next. message_key_unavailable: this place in the
  // chain was received before, or its key is gone. Anything else: of this session, but damaged.
  [[nodiscard]] Result<Bytes> open(ByteView message, UnixTime now);

  // Something was received in it.
  [[nodiscard]] bool confirmed() const noexcept { return !unanswered_.has_value(); }
  [[nodiscard]] const SessionOrigin& origin() const noexcept { return origin_; }
  [[nodiscard]] const Transcript& transcript() const noexcept { return transcript_; }
  [[nodiscard]] const DeviceAddress& ours() const noexcept { return ours_; }
  [[nodiscard]] const DeviceAddress& theirs() const noexcept { return theirs_; }

  void write(SecretBuffer& out) const;
  // malformed, or the error of the key that is not one. The reader may go on behind it.
  [[nodiscard]] static Result<Session> read(SecretReader& in);

 private:
  // What repeats until the first answer.
  struct Unanswered {
    HandshakeFields handshake;
    SealKey::Public seal;

    [[nodiscard]] static Result<Unanswered> read(SecretReader& in);
  };

  Session(Ratchet ratchet, const Transcript& transcript, const SessionOrigin& origin,
          const DeviceAddress& ours, const DeviceAddress& theirs,
          std::optional<Unanswered> unanswered);

  Ratchet ratchet_;
  Transcript transcript_;  // T
  SessionOrigin origin_;   // EK, ids
  DeviceAddress ours_;
  DeviceAddress theirs_;
  std::optional<Unanswered> unanswered_;
  AssociatedData sending_;    // AD(we send)
  AssociatedData receiving_;  // AD(they send)
};

struct Session::Accepted {
  Session session;
  DeviceRecord theirs;
  Bytes content;
};

}  // namespace bisik::crypto
