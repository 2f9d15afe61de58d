#include "server/bench/resident.hpp"

#include "crypto/network_binding.hpp"
#include "crypto/one_time_keys.hpp"
#include "server/problem.hpp"

namespace bisik::server::bench {
namespace {

crypto::UnixTime unix_now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

template <class Key, class Entry>
void add_entries(const crypto::Device& device, std::size_t count, std::string& entries) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto entry = Entry::create(device, Key::generate().public_half());
    entries.append(crypto::as_text(entry.bytes()));
  }
}

}  // namespace

Resident::Resident(const crypto::Capability& invite, OneTimeKeys keys)
    : device_{crypto::Device::create(account_, 1, unix_now())} {
  auto& wanted = *registration_.mutable_register_();
  put(*wanted.mutable_invite(), invite.bytes());
  const auto list = crypto::DeviceList::first(account_, unix_now(), device_.record);
  put(*wanted.mutable_device_list(), list.bytes());
  wanted.set_device(device_.number());
  put(*wanted.mutable_bundle(), bundle().bytes());
  wanted.mutable_one_time_keys();
  if (keys == OneTimeKeys::full_batches) add_one_time_keys(*wanted.mutable_one_time_keys());
  add_queue(mailbox_, pb::QUEUE_KIND_MAILBOX, wanted);
  add_queue(knock_, pb::QUEUE_KIND_KNOCK, wanted);
}

crypto::Bundle Resident::bundle() const {
  return crypto::Bundle::create(
      device_, {.sequence = crypto::Bundle::next_sequence(0, unix_now()),
                .created = unix_now(),
                .capabilities = 0,
                .mailbox = mailbox_,
                .knock = knock_,
                .seal = crypto::SealKey::generate().public_half(),
                .signed_prekey = crypto::SignedPrekey::generate().public_half(),
                .pq_signed_prekey = crypto::PqSignedPrekey::generate().public_half()});
}

void Resident::add_one_time_keys(pb::OneTimeKeys& keys) const {
  add_entries<crypto::OneTimeKey, crypto::OneTimeKeyEntry>(device_, crypto::kOneTimeKeyBatch,
                                                           *keys.mutable_classical());
  add_entries<crypto::PqOneTimeKey, crypto::PqOneTimeKeyEntry>(device_, crypto::kPqOneTimeKeyBatch,
                                                               *keys.mutable_post_quantum());
}

void Resident::add_queue(const crypto::QueueId& queue, pb::QueueKind kind,
                         pb::Register& wanted) const {
  auto& added = *wanted.add_queues();
  put(*added.mutable_queue(), queue.bytes);
  added.set_kind(kind);
  put(*added.mutable_read_key_hash(), read_key_.hash());
  put(*added.add_write_keys()->mutable_hash(), write_key_.hash());
}

pb::Request& Resident::registration(const crypto::Hash& handshake,
                                    const crypto::DhPublicKey& relay_key) {
  const crypto::NetworkBinding binding{.change = crypto::NetworkKeyChange::add,
                                       .network_key = network_.public_key,
                                       .device = device_.number(),
                                       .relay_key = relay_key,
                                       .handshake = handshake};
  put(*registration_.mutable_register_()->mutable_network_binding(), binding.sign(account_));
  return registration_;
}

pb::Request Resident::subscription() const {
  pb::Request request;
  put(*request.mutable_subscribe()->mutable_queue(), mailbox_.bytes);
  put(*request.mutable_subscribe()->mutable_read_key(), read_key_.bytes());
  return request;
}

pb::Request Resident::queue_for(std::uint32_t writers) {
  pb::Request request;
  auto& queue = *request.mutable_create_queue();
  put(*queue.mutable_queue(), crypto::QueueId::random().bytes);
  queue.set_kind(pb::QUEUE_KIND_MAILBOX);
  put(*queue.mutable_read_key_hash(), crypto::Capability::random().hash());
  for (std::uint32_t i = 0; i < writers; ++i) {
    put(*queue.add_write_keys()->mutable_hash(), crypto::Capability::random().hash());
  }
  return request;
}

pb::Request Resident::cell() const {
  pb::Request request;
  put(*request.mutable_send_cell()->mutable_queue(), mailbox_.bytes);
  put(*request.mutable_send_cell()->mutable_write_key(), write_key_.bytes());
  return request;
}

pb::Request Resident::acknowledgement() const {
  pb::Request request;
  put(*request.mutable_acknowledge()->mutable_queue(), mailbox_.bytes);
  return request;
}

boost::asio::awaitable<void> register_at(boost::asio::io_context& io, const RelayProcess& relay,
                                         Resident& resident) {
  Client client{io, relay};
  co_await client.connect(resident.network_key());
  const auto request = resident.registration(client.handshake_hash(), relay.key());
  const auto response = co_await client.ask(request);
  if (response.status() != pb::STATUS_OK) {
    throw Problem{Exit::relay, "The relay refuses to register an account."};
  }
  client.close();
}

}  // namespace bisik::server::bench
