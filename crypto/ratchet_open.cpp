// Receiving: which key opens the header decides what a message may be; the rest is computed on
// locals and committed after the body has authenticated.
#include <cassert>

#include "crypto/message_key.hpp"
#include "crypto/ratchet.hpp"

namespace bisik::crypto {

struct Ratchet::Incoming {
  ByteView associated;
  ByteView wire;
  UnixTime now;

  [[nodiscard]] SealedHeader sealed_header() const { return wire.first<kSealedHeaderBytes>(); }
  [[nodiscard]] ByteView kem_part(const Header& header) const {
    return wire.subspan(kSealedHeaderBytes, kem_part_bytes(header.carries));
  }
  // malformed, beside what open_header says: too short for what its flags promise.
  [[nodiscard]] Result<Header> open_header(const HeaderKey& key) const;
  [[nodiscard]] Result<Bytes> open_body(const MessageKey& key, const Header& header) const;
};

// What one message adds to a chain: everything that its acceptance changes there.
struct Ratchet::Advance {
  SkippedKeys skipped;
  ChainKey next;
  Bytes content;
};

// What the first message to arrive of a new chain brings.
struct Ratchet::Turn {
  RootKey root;
  HeaderKey next_header;
  std::optional<KemPublicKey> their_kem;
  ReceivingChain chain;
  Bytes content;
};

Result<Header> Ratchet::Incoming::open_header(const HeaderKey& key) const {
  if (wire.size() < kSealedHeaderBytes) return Errc::no_header_key;
  auto header = crypto::open_header(key, sealed_header());
  if (header && wire.size() < message_overhead(header->carries)) return Errc::malformed;
  return header;
}

Result<Bytes> Ratchet::Incoming::open_body(const MessageKey& key, const Header& header) const {
  const auto part = kem_part(header);
  return crypto::open_body(key, {associated, sealed_header(), part},
                           wire.subspan(kSealedHeaderBytes + part.size()));
}

Result<Ratchet::Advance> Ratchet::advance(const ChainKey& key, std::uint32_t from,
                                          const Incoming& message, const Header& header) {
  auto skipped = skip(key, from, header.index, message.now);
  auto [next, message_key] = step(skipped.next);
  auto content = message.open_body(message_key, header);
  if (!content) return content.error();
  return Advance{std::move(skipped.keys), std::move(next), std::move(*content)};
}

Result<Ratchet::Turn> Ratchet::turn(const RootKey& root, const HeaderKey& header_key,
                                    const TurnKeys& ours, const Incoming& message,
                                    const Header& header) {
  std::optional<KemPublicKey> their_kem;
  std::optional<KemSharedSecret> shared_kem;
  if (header.carries != KemContents::nothing) {
    const auto offer = open_kem_part(header_key, message.sealed_header(), message.kem_part(header));
    if (!offer) return offer.error();
    their_kem = offer->key;
    if (offer->ciphertext) shared_kem = decapsulate(*ours.kem, *offer->ciphertext);
  }
  const auto shared_dh = agree(ours.dh, header.dh);
  if (!shared_dh) return shared_dh.error();

  auto [next_root, chain, next_header] = step(root, *shared_dh, shared_kem);
  auto advance = Ratchet::advance(chain, 0, message, header);
  if (!advance) return advance.error();
  return Turn{std::move(next_root), std::move(next_header), their_kem,
              ReceivingChain{
                  {header_key.duplicate(), header.dh, header.carries, std::move(advance->skipped)},
                  std::move(advance->next),
                  header.index + 1},
              std::move(advance->content)};
}

Result<Ratchet::Accepted> Ratchet::accept(SessionKeys&& keys, const DhSecretKey& signed_prekey,
                                          ByteView associated, ByteView wire, UnixTime now) {
  const Incoming message{associated, wire, now};
  const auto header = message.open_header(keys.initiator_header);
  if (!header) return header.error();
  if (header->carries != KemContents::nothing || header->previous_length != 0) {
    return Errc::malformed;
  }
  if (header->index > kMaxSkip) return Errc::too_many_skipped;
  auto turn =
      Ratchet::turn(keys.root, keys.initiator_header, {signed_prekey, nullptr}, message, *header);
  if (!turn) return turn.error();

  Ratchet ratchet{std::move(turn->root), std::move(keys.responder_next_header),
                  std::move(turn->next_header), OurTurn{header->dh, turn->their_kem, 0}};
  ratchet.receiving_ = std::move(turn->chain);
  return Accepted{std::move(ratchet), std::move(turn->content)};
}

// The specification tries the keys of past chains first. At most one can fit, so the order is free;
// this one makes the usual message the cheapest.
Result<Bytes> Ratchet::open(ByteView associated, ByteView wire, UnixTime now) {
  const Incoming message{associated, wire, now};
  Result<Header> header = Errc::no_header_key;
  const auto opens_under = [&](const HeaderKey& key) {
    header = message.open_header(key);
    return header || header.error() != Errc::no_header_key;
  };

  if (receiving_ && opens_under(receiving_->known.header_key)) {
    return header ? open_in_present_chain(message, *header) : header.error();
  }
  if (opens_under(next_receiving_header_)) {
    return header ? open_in_next_chain(message, *header) : header.error();
  }
  for (auto& past : past_) {
    if (opens_under(past.known.header_key)) {
      return header ? open_skipped(past.known, message, *header) : header.error();
    }
  }
  return Errc::no_header_key;
}

Result<Bytes> Ratchet::open_in_present_chain(const Incoming& message, const Header& header) {
  auto& chain = *receiving_;
  if (header.index < chain.next_index) return open_skipped(chain.known, message, header);
  if (!chain.known.fits(header)) return Errc::malformed;
  if (header.index - chain.next_index > kMaxSkip) return Errc::too_many_skipped;
  auto advance = Ratchet::advance(chain.key, chain.next_index, message, header);
  if (!advance) return advance.error();

  chain.known.skipped.absorb(std::move(advance->skipped));
  chain.key = std::move(advance->next);
  chain.next_index = header.index + 1;
  forget(message.now);
  return std::move(advance->content);
}

Result<void> Ratchet::may_begin_chain(const TheirTurn& ours, const Header& header) const {
  if (header.carries != (ours.kem ? KemContents::key_and_ciphertext : KemContents::key)) {
    return Errc::malformed;
  }
  const auto received = receiving_ ? receiving_->next_index : 0;
  if (header.previous_length < received) return Errc::malformed;
  if (!receiving_ && header.previous_length != 0) return Errc::malformed;
  const auto missing = header.previous_length - received;
  if (missing > kMaxSkip || header.index > kMaxSkip - missing) return Errc::too_many_skipped;
  return {};
}

Result<Bytes> Ratchet::open_in_next_chain(const Incoming& message, const Header& header) {
  const auto* ours = std::get_if<TheirTurn>(&turn_);
  // They answer a chain of ours that we know nothing of: our state is older than theirs.
  if (ours == nullptr) return Errc::unknown_chain;
  if (auto may = may_begin_chain(*ours, header); !may) return may.error();
  auto turn =
      Ratchet::turn(root_, next_receiving_header_,
                    {ours->dh.secret_key, ours->kem ? &ours->kem->ours : nullptr}, message, header);
  if (!turn) return turn.error();
  if (receiving_) end_present_chain(header.previous_length, message.now);

  receiving_ = std::move(turn->chain);
  root_ = std::move(turn->root);
  next_receiving_header_ = std::move(turn->next_header);
  turn_ = OurTurn{header.dh, turn->their_kem, ours->next_index};  // wipes DHs, KEMs and CKs
  forget(message.now);
  return std::move(turn->content);
}

void Ratchet::end_present_chain(std::uint32_t length, UnixTime now) {
  auto missing = skip(receiving_->key, receiving_->next_index, length, now);
  past_.reserve(past_.size() + 1);  // may throw; nothing below does
  receiving_->known.skipped.absorb(std::move(missing.keys));
  past_.push_back({std::move(receiving_->known), now});
}

Result<Bytes> Ratchet::open_skipped(KnownChain& chain, const Incoming& message,
                                    const Header& header) {
  if (!chain.fits(header)) return Errc::malformed;
  const auto* key = chain.skipped.find(header.index, message.now);
  if (key == nullptr) return Errc::message_key_unavailable;
  auto content = message.open_body(*key, header);
  if (!content) return content.error();

  chain.skipped.use_up(header.index);
  forget(message.now);
  return content;
}

// Brings the state back within its limits; the oldest goes first, it is the least likely to come.
void Ratchet::forget(UnixTime now) noexcept {
  std::erase_if(past_,
                [now](const PastChain& past) { return now - past.ended > kSkippedKeyLifetime; });
  if (past_.size() > kMaxPastChains) {
    past_.erase(past_.begin(), past_.end() - kMaxPastChains);
  }

  std::size_t kept = 0;
  const auto expire = [&kept, now](SkippedKeys& keys) {
    keys.forget_expired(now);
    kept += keys.size();
  };
  const auto drop = [&kept](SkippedKeys& keys) {
    if (kept <= kMaxSkippedKeys) return;
    const auto before = keys.size();
    keys.forget_oldest(kept - kMaxSkippedKeys);
    kept -= before - keys.size();
  };
  for (auto& past : past_) expire(past.known.skipped);
  if (receiving_) expire(receiving_->known.skipped);
  for (auto& past : past_) drop(past.known.skipped);
  if (receiving_) drop(receiving_->known.skipped);
}

}  // namespace bisik::crypto
