#include "tests/model/history.hpp"

#include <sodium.h>

#include <stdexcept>

#include "crypto/hash.hpp"

namespace bisik::model {
namespace {

using crypto::Ratchet;
using crypto::SessionKeys;

// Where Ratchet::write() says whose turn it is, and in our turn whether they have a KEM key (6.7).
constexpr std::size_t kTurnAt = 3 * 32;
constexpr std::size_t kTheirKemAt = kTurnAt + 1 + 32 + 4;

Bytes state_of(const Ratchet& ratchet) {
  crypto::SecretBuffer out;
  ratchet.write(out);
  const auto bytes = out.expose();
  return {bytes.begin(), bytes.end()};
}

SessionKeys keys_of(const Json& history) {
  return {secret_of<crypto::RootKey>(history, "root"),
          secret_of<crypto::HeaderKey>(history, "initiator_header"),
          secret_of<crypto::HeaderKey>(history, "responder_next_header")};
}

crypto::DhSecretKey signed_prekey_of(const Json& history) {
  return secret_of<crypto::DhSecretKey>(history, "signed_prekey");
}

Ratchet alice_of(const Json& history) {
  const NamedRandomness drawing{history.at("draws"), kFirstDraws};
  const auto theirs = crypto::DhKeyPair::from(signed_prekey_of(history)).public_key;
  return Ratchet::initiate(keys_of(history), theirs).value();
}

crypto::UnixTime time_of(const Json& event) {
  return crypto::UnixTime{std::chrono::seconds{event.at("now").get<std::int64_t>()}};
}

std::size_t who_of(const Json& event) {
  return event.at("who").get_ref<const std::string&>() == kWho[0] ? 0 : 1;
}

}  // namespace

std::vector<Draw> draws_of(ByteView state) {
  std::vector<Draw> draws;
  if (state[kTurnAt] == 0) {
    draws = {{"dh_private", 32}, {"kem_seed", 64}};
    if (state[kTheirKemAt] == 1) draws.push_back({"kem_coins", 32});
  }
  for (const Draw each : {Draw{"header_nonce", 24}, {"kem_nonce", 24}, {"salt", 16}}) {
    draws.push_back(each);
  }
  return draws;
}

HistoryPlay::HistoryPlay(Json& history) : history_{history} {
  ends_[0].sends_as = bytes_of(history, "from_alice");
  ends_[1].sends_as = bytes_of(history, "from_bob");
  ends_[0].ratchet = alice_of(history);
  ends_[0].state = state_of(*ends_[0].ratchet);
  history["alice_state"] = to_json(ends_[0].state);
}

std::size_t HistoryPlay::receiver_of(std::size_t message) const { return 1 - senders_.at(message); }

void HistoryPlay::play(Json& event) {
  const auto who = who_of(event);
  auto& end = ends_[who];
  const auto& what = event.at("do").get_ref<const std::string&>();
  if (what == "send") {
    send(end, event);
    senders_.push_back(who);
  } else if (what == "skip") {
    skip(end, event);
  } else if (what == "open") {
    open(who, event);
  } else if (what == "restore") {
    restore(end, after_.at(event.at("to").get<std::size_t>()));
  } else {
    throw std::runtime_error{what + " is no event"};
  }
  end.state = end.ratchet ? state_of(*end.ratchet) : Bytes{};
  after_.push_back(end.state);
  ++played_;
  event["state"] = to_json(crypto::sha256(end.state));
}

void HistoryPlay::send(End& end, Json& event) {
  const NamedRandomness drawing{event.at("draws"), draws_of(end.state)};
  wires_.push_back(end.ratchet.value().seal(end.sends_as, bytes_of(event, "content"),
                                            event.at("size").get<std::size_t>()));
  event["wire"] = to_json(wires_.back());
}

// Their randomness is in nothing that anybody keeps.
void HistoryPlay::skip(End& end, const Json& event) {
  auto& ratchet = end.ratchet.value();
  for (auto left = event.at("count").get<std::size_t>(); left > 0; --left) {
    static_cast<void>(ratchet.seal(end.sends_as, {}, ratchet.next_overhead()));
  }
}

void HistoryPlay::open(std::size_t who, Json& event) {
  auto wire = event.contains("message") ? wires_.at(event.at("message").get<std::size_t>())
                                        : bytes_of(event, "wire");
  if (event.contains("edit")) wire = edited(std::move(wire), event.at("edit"));
  put_outcome(event, opened(who, wire, time_of(event)));
}

crypto::Result<Bytes> HistoryPlay::opened(std::size_t who, ByteView wire, crypto::UnixTime now) {
  auto& end = ends_[who];
  const auto& associated = ends_[1 - who].sends_as;
  if (end.ratchet) return end.ratchet->open(associated, wire, now);
  auto accepted =
      Ratchet::accept(keys_of(history_), signed_prekey_of(history_), associated, wire, now);
  if (!accepted) return accepted.error();
  end.ratchet = std::move(accepted->ratchet);
  return std::move(accepted->content);
}

void HistoryPlay::restore(End& end, ByteView state) {
  end.ratchet.reset();
  if (state.empty()) return;
  crypto::SecretBuffer buffer;
  buffer.append(state);
  crypto::SecretReader in{buffer};
  end.ratchet = Ratchet::read(in).value();
  if (!in.finish()) throw std::runtime_error{"a state has bytes left over"};
}

void play_history(Json& history) {
  HistoryPlay play{history};
  for (auto& event : history.at("events")) play.play(event);
}

}  // namespace bisik::model
