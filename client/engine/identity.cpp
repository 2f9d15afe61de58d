#include "client/engine/identity.hpp"

#include <stdexcept>

#include "client/engine/limits.hpp"

namespace bisik::client {
namespace {

constexpr std::uint8_t kIdentityVersion = 3;
// Bits of one byte.
constexpr std::uint8_t kEndsCurrent = 1;
constexpr std::uint8_t kFromClock = 2;

void write(crypto::SecretBuffer& out, const OwnQueue& queue) {
  out.append(queue.id.bytes).append(queue.read_key.bytes());
}

template <class T, class Errors>
T expect(boost::system::result<T, Errors> result) {
  if (!result) throw std::runtime_error{"the profile's identity does not decode"};
  return std::move(*result);
}

crypto::Capability read_capability(crypto::SecretReader& in) {
  return expect(crypto::Capability::parse(in.take(crypto::Capability::kSize)));
}

OwnQueue read_queue(crypto::SecretReader& in) {
  const auto id = expect(crypto::QueueId::parse(in.take(crypto::QueueId::kSize)));
  return {id, read_capability(in)};
}

std::optional<crypto::AccountKey> read_primary(crypto::SecretReader& in) {
  if (in.take_int<std::uint8_t>() == 0) return std::nullopt;
  return expect(crypto::AccountKey::read(in));
}

proto::RelayAddress read_relay(crypto::SecretReader& in) {
  proto::RelayAddress relay;
  relay.host = crypto::as_text(in.take_sized());
  relay.port = in.take_int<std::uint16_t>();
  relay.key.bytes = in.take_array<crypto::DhPublicKey::kSize>();
  return relay;
}

}  // namespace

OwnQueue OwnQueue::random() { return {crypto::QueueId::random(), crypto::Capability::random()}; }

proto::pb::WhoAmI to_api(const Identity& identity) {
  proto::pb::WhoAmI who;
  who.set_name(identity.name);
  who.set_account(to_string(identity.id().bytes));
  who.set_relay(proto::format_address(identity.relay));
  who.set_device(identity.device.number());
  who.set_list_sequence(identity.list_sequence);
  return who;
}

Identity Identity::create(std::string name, const proto::Link& link, Step& step) {
  auto account = crypto::AccountKey::generate();
  auto device = crypto::Device::create(account, 1, step.now_seconds());
  const auto list = crypto::DeviceList::first(account, step.now_seconds(), device.record);
  const auto account_key = account.verify_key();
  return Identity{
      .account_key = account_key,
      .primary = std::move(account),
      .device = std::move(device),
      .network_key = crypto::DhKeyPair::generate(),
      .mailbox = OwnQueue::random(),
      .knock = OwnQueue::random(),
      .write_secret = crypto::Capability::random(),
      .write_secret_sequence = 1,
      .next_write_secret = {},
      .old_write_secrets = {},
      .end_current_secret = false,
      .next_secret_from_clock = false,
      .name = std::move(name),
      .relay = link.relay,
      .relay_signing_key = {},
      .device_list = {list.bytes().begin(), list.bytes().end()},
      .next_device_list = {},
      .list_sequence = 1,
      .device_count = 1,
      .bundle_sequence = 0,
      .invite = link.invite,
      .setup = Setup::done,
      .last_number = 1,
  };
}

crypto::DeviceList Identity::list() const { return expect(crypto::DeviceList::parse(device_list)); }

crypto::Hash Identity::list_hash() const { return crypto::DeviceList::hash_of(device_list); }

void Identity::renew_list(Step& step) { sign_list(step, list().records()); }

void Identity::sign_list(Step& step, std::vector<crypto::DeviceRecord> records) {
  const auto next = list().next(*primary, step.now_seconds(), std::move(records));
  next_device_list.assign(next.bytes().begin(), next.bytes().end());
  save(step);
}

void Identity::take_list(Step& step, const crypto::DeviceList& list) {
  device_list.assign(list.bytes().begin(), list.bytes().end());
  next_device_list.clear();  // the relay takes it no more
  list_sequence = list.sequence();
  device_count = static_cast<std::uint8_t>(list.records().size());
  save(step);
}

void Identity::list_published(Step& step) {
  device_list = std::exchange(next_device_list, {});
  ++list_sequence;
  device_count = static_cast<std::uint8_t>(list().records().size());
  save(step);
}

void Identity::save(Step& step) const {
  crypto::SecretBuffer row;
  row.append_int(kIdentityVersion);
  row.append(account_key.bytes).append_int(std::uint8_t{primary.has_value()});
  if (primary) primary->write(row);
  device.write(row);
  row.append(network_key.secret_key);
  write(row, mailbox);
  write(row, knock);
  row.append(write_secret.bytes()).append_int(write_secret_sequence);
  row.append_sized(crypto::as_bytes(name));
  row.append_sized(crypto::as_bytes(relay.host)).append_int(relay.port).append(relay.key.bytes);
  row.append_int(std::uint8_t{relay_signing_key.has_value()});
  if (relay_signing_key) row.append(*relay_signing_key);
  row.append_sized(device_list).append_sized(next_device_list);
  row.append_int(list_sequence).append_int(device_count).append_int(bundle_sequence);
  row.append_int(std::uint8_t{invite.has_value()});
  if (invite) row.append(invite->bytes());
  row.append_int(static_cast<std::uint8_t>(setup)).append_int(last_number);
  row.append_int(std::uint8_t{next_write_secret.has_value()});
  if (next_write_secret) row.append(next_write_secret->bytes());
  row.append_int(static_cast<std::uint8_t>((end_current_secret ? kEndsCurrent : 0) |
                                           (next_secret_from_clock ? kFromClock : 0)));
  row.append_int(static_cast<std::uint8_t>(old_write_secrets.size()));
  for (const auto& old : old_write_secrets) row.append(old.secret.bytes()).append_time(old.until);
  step.put(RowKind::profile, {}, std::move(row));
}

bool Identity::take_write_secret(const crypto::Capability& secret, std::uint64_t sequence,
                                 std::chrono::sys_seconds until) {
  if (old_write_secrets.size() > 2 * kMaxOldSecrets) return false;
  old_write_secrets.push_back({write_secret, until});
  write_secret = secret;
  write_secret_sequence = sequence;
  return true;
}

Identity Identity::read(const crypto::SecretBuffer& row) {
  crypto::SecretReader in{row};
  if (in.take_int<std::uint8_t>() != kIdentityVersion) {
    throw std::runtime_error{"the profile was written by another version of bisik"};
  }
  Identity identity{
      .account_key = {in.take_array<crypto::VerifyKey::kSize>()},
      .primary = read_primary(in),
      .device = expect(crypto::Device::read(in)),
      .network_key = crypto::DhKeyPair::from(in.take_secret<crypto::DhSecretKey>()),
      .mailbox = read_queue(in),
      .knock = read_queue(in),
      .write_secret = read_capability(in),
      .write_secret_sequence = in.take_int<std::uint64_t>(),
      .next_write_secret = {},
      .old_write_secrets = {},
      .end_current_secret = false,
      .next_secret_from_clock = false,
      .name = std::string{crypto::as_text(in.take_sized())},
      .relay = read_relay(in),
      .relay_signing_key = {},
      .device_list = {},
      .next_device_list = {},
      .list_sequence = 1,
      .device_count = 1,
      .bundle_sequence = 0,
      .invite = {},
      .setup = Setup::done,
      .last_number = 1,
  };
  if (in.take_int<std::uint8_t>() != 0) identity.relay_signing_key = in.take_array<32>();
  const auto list = in.take_sized();
  identity.device_list.assign(list.begin(), list.end());
  const auto next = in.take_sized();
  identity.next_device_list.assign(next.begin(), next.end());
  identity.list_sequence = in.take_int<std::uint64_t>();
  identity.device_count = in.take_int<std::uint8_t>();
  identity.bundle_sequence = in.take_int<std::uint64_t>();
  if (in.take_int<std::uint8_t>() != 0) identity.invite = read_capability(in);
  identity.setup = Setup{in.take_int<std::uint8_t>()};
  identity.last_number = in.take_int<crypto::DeviceNumber>();
  if (in.take_int<std::uint8_t>() != 0) identity.next_write_secret = read_capability(in);
  const auto of_next_secret = in.take_int<std::uint8_t>();
  identity.end_current_secret = (of_next_secret & kEndsCurrent) != 0;
  identity.next_secret_from_clock = (of_next_secret & kFromClock) != 0;
  for (auto left = in.take_int<std::uint8_t>(); left > 0; --left) {
    const auto secret = read_capability(in);
    identity.old_write_secrets.push_back({secret, in.take_time()});
  }
  if (!in.finish()) throw std::runtime_error{"the profile's identity does not decode"};
  return identity;
}

}  // namespace bisik::client
