// Two devices that meet: the handshake, two sealed first messages, and the first answer.
//
// A meeting is a JSON object (tests/vectors/README.md). Played, it drives the real Session and adds
// what came out: records, T, every cell, what each opening gave, the states, the safety number, and
// how Bob refuses the first messages that are offered to him before. Playing one that has all that
// already gives the same bytes, or the program or the file has a defect.
#pragma once

#include <array>

#include "crypto/session.hpp"
#include "tests/model/named_randomness.hpp"

namespace bisik::model {

// What Alice draws when she starts the session, then for each first message; then Bob's answer.
inline constexpr std::array kStartDraws{Draw{"ephemeral_private", 32}, Draw{"handshake_coins", 32},
                                        Draw{"dh_private", 32}};
inline constexpr std::array kFirstMessageDraws{Draw{"header_nonce", 24}, Draw{"kem_nonce", 24},
                                               Draw{"salt", 16}, Draw{"seal_private", 32},
                                               Draw{"seal_coins", 32}};
inline constexpr std::array kAnswerDraws{Draw{"dh_private", 32}, Draw{"kem_seed", 64},
                                         Draw{"header_nonce", 24}, Draw{"kem_nonce", 24},
                                         Draw{"salt", 16}};

// Alice or Bob, from "account_seed", "signing_seed", "identity_private", "device" and "created".
struct Person {
  crypto::AccountKey account;
  crypto::Device device;

  [[nodiscard]] static Person read(const Json& person);
};

// Bob's prekeys that Alice uses, with their private halves.
struct Prekeys {
  crypto::SignedPrekey signed_prekey;
  std::optional<crypto::OneTimeKey> one_time_key;
  std::variant<crypto::PqSignedPrekey, crypto::PqOneTimeKey> pq_prekey;
  crypto::SealKey seal;

  [[nodiscard]] static Prekeys read(const Json& meeting);
  [[nodiscard]] crypto::PeerPrekeys published(const crypto::DeviceRecord& record) const;
  [[nodiscard]] crypto::OurPrekeys ours(const crypto::Device& device) const;
};

// What Bob does with a first message for which he has no session.
[[nodiscard]] crypto::Result<crypto::Session::Accepted> accept(const Prekeys& prekeys,
                                                               const crypto::Device& bob,
                                                               ByteView cell, crypto::UnixTime now);

// Without "offers" and "bad_starts": up to the cells of "first_messages".
void play_start(Json& meeting);
// All of it.
void play_meeting(Json& meeting);

}  // namespace bisik::model
