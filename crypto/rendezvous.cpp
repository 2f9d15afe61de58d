#include "crypto/rendezvous.hpp"

#include "crypto/kdf.hpp"
#include "crypto/message_key.hpp"
#include "crypto/random.hpp"

namespace bisik::crypto {
namespace {

constexpr std::size_t kQueueBytes = QueueId::kSize + 2 * Capability::kSize + MessageKey::kSize;

RendezvousQueue take_queue(SecretReader& in) {
  const QueueId id{in.take_array<QueueId::kSize>()};
  const auto read_key = Capability::parse(in.take(Capability::kSize)).value();
  const auto write_key = Capability::parse(in.take(Capability::kSize)).value();
  return {id, read_key, write_key, in.take_secret<MessageKey>()};
}

}  // namespace

Rendezvous Rendezvous::of(const Capability& secret) {
  SecretBuffer derived(2 * kQueueBytes);
  hkdf_sha256(secret.bytes(), {}, label::kLinkingRendezvous.bytes(), derived.expose_mutable());
  SecretReader in{derived};
  auto offer = take_queue(in);
  return {std::move(offer), take_queue(in)};
}

Bytes seal_rendezvous_cell(const MessageKey& key, ByteView associated, std::size_t cell_bytes,
                           ByteView content) {
  Bytes cell(cell_bytes);
  seal_body(key.duplicate(), {associated, {}, {}}, random_array<sizeof(BodySalt)>(), content, cell);
  return cell;
}

Result<Bytes> open_rendezvous_cell(const MessageKey& key, ByteView associated, ByteView cell) {
  return open_body(key, {associated, {}, {}}, cell);
}

}  // namespace bisik::crypto
