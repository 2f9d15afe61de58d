#include "proto/connection.hpp"

#include <algorithm>
#include <array>

#include "proto/frame.hpp"

namespace bisik::proto {
namespace {

constexpr std::array kVersions{kVersion};  // that we speak

Bytes our_opening() {
  pb::Opening opening;
  for (const auto version : kVersions) opening.add_versions(version);
  return encode(opening);
}

// The highest version that both speak; 0: none.
std::uint32_t choose_version(const pb::Opening& opening) {
  std::uint32_t chosen = 0;
  for (const auto version : opening.versions()) {
    if (std::ranges::find(kVersions, version) != kVersions.end()) {
      chosen = std::max(chosen, version);
    }
  }
  return chosen;
}

// What follows our answer: requests at once, or first who they come from.
RelayConnection after(NkAnswering::Answered answered, std::uint32_t version) {
  return {std::move(answered.channel), answered.handshake_hash, version, std::nullopt};
}

AwaitingIdentity after(XkAnswering::Answered answered, std::uint32_t version) {
  return {std::move(answered.state), version};
}

Bytes our_answer(std::uint32_t version, const crypto::VerifyKey& signing_key,
                 std::chrono::sys_seconds now) {
  pb::Answer answer;
  answer.set_version(version);
  for (const auto ours : kVersions) answer.add_versions(ours);
  answer.set_relay_signing_key(signing_key.bytes.data(), signing_key.bytes.size());
  answer.set_unix_seconds(static_cast<std::uint64_t>(now.time_since_epoch().count()));
  return encode(answer);
}

Result<ClientConnection> accept_answer(ByteView payload, Channel&& channel,
                                       const crypto::Hash& handshake_hash) {
  const auto answer = decode_answer(payload);
  if (!answer) return answer.error();
  if (std::ranges::find(kVersions, answer->version()) == kVersions.end()) {
    return Errc::wrong_version;
  }
  crypto::VerifyKey signing_key;
  std::ranges::copy(crypto::as_bytes(answer->relay_signing_key()), signing_key.bytes.begin());
  const std::chrono::seconds time{static_cast<std::int64_t>(answer->unix_seconds())};
  return ClientConnection{std::move(channel), handshake_hash, answer->version(), signing_key,
                          std::chrono::sys_seconds{time}};
}

}  // namespace

Result<AnonymousCall> call_anonymous(const crypto::DhPublicKey& relay_key) {
  auto started = start_nk(relay_key, our_opening());
  if (!started) return started.error();
  return AnonymousCall{OpeningMac{relay_key}.wrap(Pattern::nk, started->message),
                       AwaitingAnswer{std::move(started->state)}};
}

Result<OwnCall> call_own(const crypto::DhPublicKey& relay_key,
                         const crypto::DhKeyPair& network_key) {
  auto started = start_xk(relay_key, network_key, our_opening());
  if (!started) return started.error();
  return OwnCall{OpeningMac{relay_key}.wrap(Pattern::xk, started->message),
                 OwnAwaitingAnswer{std::move(started->state)}};
}

Result<ClientConnection> AwaitingAnswer::finish(ByteView answer) && {
  auto finished = std::move(noise_).finish(answer);
  if (!finished) return finished.error();
  return accept_answer(finished->payload, std::move(finished->channel), finished->handshake_hash);
}

Result<OwnAwaitingAnswer::Finished> OwnAwaitingAnswer::finish(ByteView answer) && {
  auto finished = std::move(noise_).finish(answer);
  if (!finished) return finished.error();
  auto connection =
      accept_answer(finished->payload, std::move(finished->channel), finished->handshake_hash);
  if (!connection) return connection.error();
  return Finished{std::move(finished->message), std::move(*connection)};
}

Result<RelayConnection> AwaitingIdentity::finish(ByteView identity) && {
  if (identity.size() != kIdentityBytes) return Errc::malformed;
  auto finished = std::move(noise_).finish(identity);
  if (!finished) return finished.error();
  return RelayConnection{std::move(finished->channel), finished->handshake_hash, version_,
                         finished->rs};
}

Reception::Reception(crypto::DhKeyPair relay_key, const crypto::VerifyKey& signing_key)
    : relay_key_{std::move(relay_key)},
      signing_key_{signing_key},
      opening_mac_{relay_key_.public_key} {}

Result<Reception::Reply> Reception::receive(ByteView opening, std::chrono::sys_seconds now) const {
  const auto pattern = check(opening);
  if (!pattern) return Errc::handshake_failed;
  const auto message = OpeningMac::noise_message(opening);
  return *pattern == Pattern::nk ? answer(receive_nk(relay_key_, message), now)
                                 : answer(receive_xk(relay_key_, message), now);
}

template <class Received>
Result<Reception::Reply> Reception::answer(Result<Received> received,
                                           std::chrono::sys_seconds now) const {
  if (!received) return received.error();
  const auto theirs = decode_opening(received->payload);
  if (!theirs) return theirs.error();
  const auto version = choose_version(*theirs);
  auto answered = std::move(received->state).answer(our_answer(version, signing_key_, now));
  if (!answered) return answered.error();
  if (version == 0) return Reply{std::move(answered->message), Errc::wrong_version};
  auto message = std::move(answered->message);
  return Reply{std::move(message), after(std::move(*answered), version)};
}

}  // namespace bisik::proto
