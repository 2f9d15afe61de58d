// Noise_XK_25519_ChaChaPoly_SHA256 and Noise_NK_25519_ChaChaPoly_SHA256, revision 34 of the Noise
// specification, unmodified:
//
//     XK:  <- s  ...  -> e, es   <- e, ee   -> s, se        NK:  <- s  ...  -> e, es   <- e, ee
//
//     initiator   start_nk -> message 1, NkAwaitingAnswer   --finish(message 2)--> Channel
//                 start_xk -> message 1, XkAwaitingAnswer   --finish(message 2)--> message 3,
//                 Channel
//     responder   receive_nk(message 1) -> NkAnswering --answer--> message 2, Channel
//                 receive_xk(message 1) -> XkAnswering --answer--> message 2, XkAwaitingIdentity
//                                                      --finish(message 3)--> Channel
//
// Every state is used up by the step that leaves it, whether or not that step succeeds: there is no
// second try. Everything that can be wrong with a message (length, a key that is non-canonical or
// of low order, a tag) is the one error handshake_failed.
#pragma once

#include "crypto/dh.hpp"
#include "crypto/hash.hpp"
#include "proto/channel.hpp"
#include "proto/symmetric_state.hpp"

namespace bisik::proto {

// What a handshake begins with besides keys.
class HandshakeSetup {
 public:
  [[nodiscard]] static HandshakeSetup fresh();
  [[nodiscard]] static HandshakeSetup fixed_for_tests(ByteView prologue,
                                                      crypto::DhKeyPair ephemeral);

 private:
  friend class HandshakeState;
  HandshakeSetup(Bytes prologue, std::optional<crypto::DhKeyPair> ephemeral)
      : prologue_{std::move(prologue)}, ephemeral_{std::move(ephemeral)} {}

  Bytes prologue_;
  std::optional<crypto::DhKeyPair> ephemeral_;  // absent: generated when it is needed
};

// What all states below are made of: the variables of the specification's HandshakeState.
class HandshakeState {
 public:
  // rs is the responder's static public key; it is in both sides' first hash (<- s).
  HandshakeState(std::string_view protocol_name, HandshakeSetup setup,
                 const crypto::DhPublicKey& rs);

  void write_e(Bytes& message);
  [[nodiscard]] Result<void> read_e(ByteView& message);
  void write_s(const crypto::DhPublicKey& s, Bytes& message) { symmetric_.seal(s.bytes, message); }
  [[nodiscard]] Result<crypto::DhPublicKey> read_s(ByteView& message);
  [[nodiscard]] Result<void> mix_dh(const crypto::DhSecretKey& ours,
                                    const crypto::DhPublicKey& theirs);

  [[nodiscard]] const crypto::DhSecretKey& e() const { return e_->secret_key; }
  [[nodiscard]] const crypto::DhPublicKey& re() const { return *re_; }
  [[nodiscard]] SymmetricState& symmetric() noexcept { return symmetric_; }

 private:
  SymmetricState symmetric_;
  std::optional<crypto::DhKeyPair> e_;
  std::optional<crypto::DhPublicKey> re_;
};

// --- initiator -----------------------------------------------------------------------------------

class [[nodiscard]] NkAwaitingAnswer {
 public:
  struct Finished {
    Bytes payload;  // of message 2
    Channel channel;
    crypto::Hash handshake_hash;
  };
  [[nodiscard]] Result<Finished> finish(ByteView message) &&;

 private:
  friend Result<struct NkStarted> start_nk(const crypto::DhPublicKey&, ByteView, HandshakeSetup);
  explicit NkAwaitingAnswer(HandshakeState state) : state_{std::move(state)} {}

  HandshakeState state_;
};

class [[nodiscard]] XkAwaitingAnswer {
 public:
  struct Finished {
    Bytes payload;  // of message 2
    Bytes message;  // message 3, which carries `our_payload`
    Channel channel;
    crypto::Hash handshake_hash;
  };
  [[nodiscard]] Result<Finished> finish(ByteView message, ByteView our_payload = {}) &&;

 private:
  friend Result<struct XkStarted> start_xk(const crypto::DhPublicKey&, const crypto::DhKeyPair&,
                                           ByteView, HandshakeSetup);
  XkAwaitingAnswer(HandshakeState state, crypto::DhKeyPair s)
      : state_{std::move(state)}, s_{std::move(s)} {}

  HandshakeState state_;
  crypto::DhKeyPair s_;
};

struct NkStarted {
  Bytes message;
  NkAwaitingAnswer state;
};
struct XkStarted {
  Bytes message;
  XkAwaitingAnswer state;
};

[[nodiscard]] Result<NkStarted> start_nk(const crypto::DhPublicKey& rs, ByteView payload,
                                         HandshakeSetup setup = HandshakeSetup::fresh());
[[nodiscard]] Result<XkStarted> start_xk(const crypto::DhPublicKey& rs, const crypto::DhKeyPair& s,
                                         ByteView payload,
                                         HandshakeSetup setup = HandshakeSetup::fresh());

// --- responder -----------------------------------------------------------------------------------

class [[nodiscard]] NkAnswering {
 public:
  struct Answered {
    Bytes message;
    Channel channel;
    crypto::Hash handshake_hash;
  };
  [[nodiscard]] Result<Answered> answer(ByteView payload) &&;

 private:
  friend Result<struct NkReceived> receive_nk(const crypto::DhKeyPair&, ByteView, HandshakeSetup);
  explicit NkAnswering(HandshakeState state) : state_{std::move(state)} {}

  HandshakeState state_;
};

class [[nodiscard]] XkAwaitingIdentity {
 public:
  struct Finished {
    Bytes payload;           // of message 3
    crypto::DhPublicKey rs;  // the initiator's static key, which it has proved to hold
    Channel channel;
    crypto::Hash handshake_hash;
  };
  [[nodiscard]] Result<Finished> finish(ByteView message) &&;

 private:
  friend class XkAnswering;
  explicit XkAwaitingIdentity(HandshakeState state) : state_{std::move(state)} {}

  HandshakeState state_;
};

class [[nodiscard]] XkAnswering {
 public:
  struct Answered {
    Bytes message;
    XkAwaitingIdentity state;
  };
  [[nodiscard]] Result<Answered> answer(ByteView payload) &&;

 private:
  friend Result<struct XkReceived> receive_xk(const crypto::DhKeyPair&, ByteView, HandshakeSetup);
  explicit XkAnswering(HandshakeState state) : state_{std::move(state)} {}

  HandshakeState state_;
};

struct NkReceived {
  Bytes payload;
  NkAnswering state;
};
struct XkReceived {
  Bytes payload;
  XkAnswering state;
};

[[nodiscard]] Result<NkReceived> receive_nk(const crypto::DhKeyPair& s, ByteView message,
                                            HandshakeSetup setup = HandshakeSetup::fresh());
[[nodiscard]] Result<XkReceived> receive_xk(const crypto::DhKeyPair& s, ByteView message,
                                            HandshakeSetup setup = HandshakeSetup::fresh());

}  // namespace bisik::proto
