#include "server/prekey_desk.hpp"

#include "crypto/bundle.hpp"
#include "crypto/device_list.hpp"
#include "crypto/one_time_keys.hpp"

namespace bisik::server {
namespace {

using crypto::OneTimeKeyEntry;
using crypto::PqOneTimeKeyEntry;
using storage::OneTimeKind;
using storage::OneTimeSlot;

struct Kind {
  OneTimeKind kind;
  std::size_t entry_bytes;
  Bytes op::OneTimeKeys::*keys;
  std::uint64_t Limits::*most;
};
constexpr std::array kKinds{
    Kind{OneTimeKind::x25519, OneTimeKeyEntry::kSize, &op::OneTimeKeys::classical,
         &Limits::one_time_keys},
    Kind{OneTimeKind::post_quantum, PqOneTimeKeyEntry::kSize, &op::OneTimeKeys::post_quantum,
         &Limits::pq_one_time_keys},
};

OneTimeSlot slot_of(const storage::Device& device, OneTimeKind kind) {
  return {.account_id = device.account_id, .device = device.number, .kind = kind};
}

void set(std::string& field, crypto::ByteView bytes) { field = crypto::as_text(bytes); }

bool is_repeat(const std::optional<storage::Bytes>& last_kept, const Kind& kind,
               const Bytes& keys) {
  return last_kept && keys.size() >= kind.entry_bytes &&
         std::ranges::equal(*last_kept, crypto::ByteView{keys}.last(kind.entry_bytes));
}

}  // namespace

Reply PrekeyDesk::publish_bundle(const storage::Device& device, const Bytes& bytes) {
  const auto newest = store_.bundles().newest_list(device.account_id);
  if (!newest) return kMalformed;
  const auto list = crypto::DeviceList::parse(newest->bytes);
  if (!list) return kMalformed;
  const auto* record = list->find(static_cast<crypto::DeviceNumber>(device.number));
  if (record == nullptr) return kMalformed;
  const auto bundle = crypto::Bundle::parse(bytes, *record);
  if (!bundle) return kMalformed;

  const auto sequence = static_cast<Sequence>(bundle->contents().sequence);
  const auto kept = store_.bundles().bundle(device.account_id, device.number);
  if (kept && kept->bytes == bytes) return kOk;
  const bool newer =
      store_.bundles().publish_bundle(device.account_id, device.number, sequence, bytes);
  return newer ? kOk : kNotNewer;
}

Reply PrekeyDesk::check(const op::OneTimeKeys& keys) const {
  for (const auto& kind : kKinds) {
    const auto size = (keys.*kind.keys).size();
    if (size % kind.entry_bytes != 0) return kMalformed;
    if (size / kind.entry_bytes > limits_.*kind.most) {
      return kFull;
    }
  }
  return kOk;
}

Reply PrekeyDesk::publish_one_time_keys(const storage::Device& device,
                                        const op::OneTimeKeys& keys) {
  if (const auto reply = check(keys); !reply.ok()) return reply;
  for (const auto& kind : kKinds) {
    const auto slot = slot_of(device, kind.kind);
    const auto kept = static_cast<std::uint64_t>(store_.bundles().count_one_time_keys(slot));
    const auto fresh = (keys.*kind.keys).size() / kind.entry_bytes;
    const bool repeat = is_repeat(store_.bundles().last_one_time_key(slot), kind, keys.*kind.keys);
    if (!repeat && kept + fresh > limits_.*kind.most) {
      return kFull;
    }
  }
  for (const auto& kind : kKinds) {
    const auto slot = slot_of(device, kind.kind);
    const auto& fresh = keys.*kind.keys;
    if (fresh.empty() || is_repeat(store_.bundles().last_one_time_key(slot), kind, fresh)) continue;
    store_.bundles().add_one_time_keys(slot, kind.entry_bytes, fresh);
  }
  return kOk;
}

Reply PrekeyDesk::replace_one_time_keys(const storage::Device& device,
                                        const op::OneTimeKeys& keys) {
  if (const auto reply = check(keys); !reply.ok()) return reply;
  for (const auto& kind : kKinds) {
    store_.bundles().replace_one_time_keys(slot_of(device, kind.kind), kind.entry_bytes,
                                           keys.*kind.keys);
  }
  return kOk;
}

proto::pb::OneTimeKeyCount PrekeyDesk::count(const storage::Device& device) {
  const auto left = [&](OneTimeKind kind) {
    return static_cast<std::uint32_t>(store_.bundles().count_one_time_keys(slot_of(device, kind)));
  };
  const auto last = [&](OneTimeKind kind) {
    const auto entry = store_.bundles().last_one_time_key(slot_of(device, kind));
    return entry ? crypto::Decoder{*entry}.take_int<crypto::PrekeyId>() : crypto::kNoPrekey;
  };
  proto::pb::OneTimeKeyCount count;
  count.set_classical(left(OneTimeKind::x25519));
  count.set_post_quantum(left(OneTimeKind::post_quantum));
  count.set_last_classical(last(OneTimeKind::x25519));
  count.set_last_post_quantum(last(OneTimeKind::post_quantum));
  if (const auto bundle = store_.bundles().bundle(device.account_id, device.number)) {
    count.set_signed_prekey(crypto::Bundle::signed_prekey_of(bundle->bytes));
  }
  return count;
}

PrekeyDesk::Fetched PrekeyDesk::fetch(const op::FetchBundle& request, Time now) {
  Fetched fetched{kOk, {}};
  add_lists(request, fetched.bundles);
  if (fetched.bundles.device_lists().empty()) return {kRefused, {}};
  const bool one_time_keys =
      request.one_time_keys &&
      keys_handed_out_.count(request.account, now) <= limits_.one_time_keys_per_target_per_hour;
  add_devices(request.account, one_time_keys, fetched.bundles);
  return fetched;
}

void PrekeyDesk::add_lists(const op::FetchBundle& request, proto::pb::Bundles& bundles) {
  const auto lists = store_.bundles().lists(request.account);
  if (lists.empty()) return;
  auto room = kListBytesInAnswer - lists.back().bytes.size();
  for (std::size_t i = 0; i + 1 < lists.size(); ++i) {
    if (lists[i].sequence <= request.after) continue;
    if (lists[i].bytes.size() > room) break;
    room -= lists[i].bytes.size();
    set(*bundles.add_device_lists(), lists[i].bytes);
  }
  set(*bundles.add_device_lists(), lists.back().bytes);
}

void PrekeyDesk::add_devices(const Id& account, bool one_time_keys, proto::pb::Bundles& bundles) {
  for (const auto& device : store_.accounts().devices(account)) {
    const auto bundle = store_.bundles().bundle(account, device.number);
    if (!bundle) continue;
    auto& entry = *bundles.add_devices();
    entry.set_number(static_cast<std::uint32_t>(device.number));
    set(*entry.mutable_bundle(), bundle->bytes);
    if (!one_time_keys) continue;
    const auto take = [&](OneTimeKind kind) {
      return store_.bundles().take_one_time_key(slot_of(device, kind)).value_or(Bytes{});
    };
    set(*entry.mutable_one_time_key(), take(OneTimeKind::x25519));
    set(*entry.mutable_pq_one_time_key(), take(OneTimeKind::post_quantum));
  }
}

}  // namespace bisik::server
