// A connection between client and relay from its first byte to its channel, without I/O:
// docs/protocol.md 3. Noise (proto/handshake.hpp) carries the negotiation of versions; the opening
// carries a MAC that only who knows the relay's address can make.
//
//     client   call_anonymous -> opening, AwaitingAnswer      --finish(answer)--> ClientConnection
//              call_own       -> opening, OwnAwaitingAnswer   --finish(answer)--> identity, the
//              same
//     relay    Reception.check(opening)                       --receive--> answer, RelayConnection
//                                                 or answer, AwaitingIdentity --finish(identity)-->
//
// Messages here are what stands after the two bytes of length. Every state is used up by the step
// that leaves it. All failures of the handshake look alike to the other side: it is closed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>

#include "crypto/hash.hpp"
#include "crypto/sign.hpp"
#include "proto/channel.hpp"
#include "proto/handshake.hpp"
#include "proto/opening.hpp"

namespace bisik::proto {

inline constexpr std::uint32_t kVersion = 1;

struct ClientConnection {
  Channel channel;
  crypto::Hash handshake_hash;  // names this connection: what AK signs is bound to it
  std::uint32_t version;
  crypto::VerifyKey relay_signing_key;  // RS; the client pins it
  std::chrono::sys_seconds relay_time;  // so that a client can say that its own clock is off
};

struct RelayConnection {
  Channel channel;
  crypto::Hash handshake_hash;
  std::uint32_t version;
  std::optional<crypto::DhPublicKey> network_key;  // DN; absent on an anonymous connection
};

// --- client --------------------------------------------------------------------------------------

class [[nodiscard]] AwaitingAnswer {
 public:
  explicit AwaitingAnswer(NkAwaitingAnswer noise) : noise_{std::move(noise)} {}

  // handshake_failed: whoever answers has not the relay's key. malformed. wrong_version.
  [[nodiscard]] Result<ClientConnection> finish(ByteView answer) &&;

 private:
  NkAwaitingAnswer noise_;
};

class [[nodiscard]] OwnAwaitingAnswer {
 public:
  explicit OwnAwaitingAnswer(XkAwaitingAnswer noise) : noise_{std::move(noise)} {}

  struct Finished {
    Bytes identity;  // to be sent before any record; records may follow at once
    ClientConnection connection;
  };
  [[nodiscard]] Result<Finished> finish(ByteView answer) &&;

 private:
  XkAwaitingAnswer noise_;
};

struct AnonymousCall {
  Bytes opening;
  AwaitingAnswer state;
};
struct OwnCall {
  Bytes opening;
  OwnAwaitingAnswer state;
};

// handshake_failed: the key is no key that a relay can have.
[[nodiscard]] Result<AnonymousCall> call_anonymous(const crypto::DhPublicKey& relay_key);
[[nodiscard]] Result<OwnCall> call_own(const crypto::DhPublicKey& relay_key,
                                       const crypto::DhKeyPair& network_key);

// --- relay ---------------------------------------------------------------------------------------

class [[nodiscard]] AwaitingIdentity {
 public:
  AwaitingIdentity(XkAwaitingIdentity noise, std::uint32_t version)
      : noise_{std::move(noise)}, version_{version} {}

  [[nodiscard]] Result<RelayConnection> finish(ByteView identity) &&;

 private:
  XkAwaitingIdentity noise_;
  std::uint32_t version_;
};

// What a relay is towards strangers; made once, used for every connection.
class Reception {
 public:
  Reception(crypto::DhKeyPair relay_key, const crypto::VerifyKey& signing_key);

  // The pattern of a genuine opening. No DH and no allocation: this is what a stranger can cost.
  [[nodiscard]] std::optional<Pattern> check(ByteView opening) const {
    return opening_mac_.check(opening);
  }

  struct Reply {
    Bytes answer;                                                // to be sent, whatever comes next
    std::variant<Errc, RelayConnection, AwaitingIdentity> next;  // Errc: wrong_version, then close
  };
  // handshake_failed, malformed: close without a word.
  [[nodiscard]] Result<Reply> receive(ByteView opening, std::chrono::sys_seconds now) const;

  [[nodiscard]] const crypto::DhPublicKey& key() const noexcept { return relay_key_.public_key; }

 private:
  template <class Received>
  [[nodiscard]] Result<Reply> answer(Result<Received> received, std::chrono::sys_seconds now) const;

  crypto::DhKeyPair relay_key_;
  crypto::VerifyKey signing_key_;
  OpeningMac opening_mac_;
};

}  // namespace bisik::proto
