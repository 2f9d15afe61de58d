#include "crypto/session.hpp"

#include <cassert>

namespace bisik::crypto {

Session::Session(Ratchet ratchet, const Transcript& transcript, const SessionOrigin& origin,
                 const DeviceAddress& ours, const DeviceAddress& theirs,
                 std::optional<Unanswered> unanswered)
    : ratchet_{std::move(ratchet)},
      transcript_{transcript},
      origin_{origin},
      ours_{ours},
      theirs_{theirs},
      unanswered_{std::move(unanswered)},
      sending_{associated_data(transcript, ours, theirs)},
      receiving_{associated_data(transcript, theirs, ours)} {}

Result<Session> Session::initiate(const Device& ours, const PeerPrekeys& theirs) {
  if (!is_contributory(theirs.seal.dh)) return Errc::non_contributory_key;
  auto handshake = initiate_handshake(ours, theirs);
  if (!handshake) return handshake.error();
  auto ratchet = Ratchet::initiate(std::move(handshake->keys), theirs.signed_prekey.key);
  if (!ratchet) return ratchet.error();
  return Session{std::move(*ratchet),
                 handshake->transcript,
                 handshake->fields.origin,
                 DeviceAddress::of(ours.record),
                 DeviceAddress::of(theirs.record),
                 Unanswered{handshake->fields, theirs.seal}};
}

Result<Session::Accepted> Session::respond(const OurPrekeys& ours, const FirstMessage& first,
                                           const AcceptedTranscripts& accepted, UnixTime now) {
  const auto t = crypto::transcript(first.handshake, ours);
  if (accepted.contains(t)) return Errc::replayed;
  const auto record = DeviceRecord::parse(first.handshake.record);
  if (!record) return record.error();
  auto keys = respond_handshake(ours, first.handshake, *record, t);
  if (!keys) return keys.error();

  const auto our_address = DeviceAddress::of(ours.device.record);
  const auto their_address = DeviceAddress::of(*record);
  auto opened =
      Ratchet::accept(std::move(*keys), ours.signed_prekey.pair.secret_key,
                      associated_data(t, their_address, our_address), first.ratchet_message, now);
  if (!opened) return opened.error();
  return Accepted{Session{std::move(opened->ratchet), t, first.handshake.origin, our_address,
                          their_address, std::nullopt},
                  *record, std::move(opened->content)};
}

Bytes Session::seal(std::size_t cell_bytes, ByteView content) {
  assert(content.size() <= capacity(cell_bytes));
  if (!unanswered_) return ratchet_.seal(sending_, content, cell_bytes);
  return seal_first_message(unanswered_->seal, unanswered_->handshake,
                            ratchet_.seal(sending_, content, cell_bytes - kFirstMessageOverhead));
}

std::size_t Session::capacity(std::size_t cell_bytes) const {
  const auto overhead = ratchet_.next_overhead() + (unanswered_ ? kFirstMessageOverhead : 0);
  return cell_bytes > overhead ? cell_bytes - overhead : 0;
}

Result<Bytes> Session::open(ByteView message, UnixTime now) {
  auto content = ratchet_.open(receiving_, message, now);
  if (content) unanswered_.reset();
  return content;
}

}  // namespace bisik::crypto
