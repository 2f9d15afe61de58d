#include "tests/simulation/loot.hpp"

#include <algorithm>

namespace bisik::simulation {
namespace {

std::string text_of(crypto::ByteView bytes) { return std::string{crypto::as_text(bytes)}; }

void add_once(std::vector<std::string>& all, const std::string& one) {
  if (!one.empty() && std::ranges::find(all, one) == all.end()) all.push_back(one);
}

}  // namespace

void Loot::keep(const proto::pb::Request& request, const ClientEnd* from) {
  if (request.has_register_()) {
    const auto& registration = request.register_();
    keep_list(registration.device_list());
    keep_bundle(registration.bundle());
    for (const auto& queue : registration.queues()) readers[queue.queue()] = from;
  } else if (request.has_create_queue()) {
    readers[request.create_queue().queue()] = from;
  } else if (request.has_publish_list()) {
    keep_list(request.publish_list().device_list());
  } else if (request.has_publish_bundle()) {
    keep_bundle(request.publish_bundle().bundle());
  } else if (request.has_add_device()) {
    keep_list(request.add_device().device_list());
  } else if (request.has_raise_state_epoch()) {
    epochs.push_back({from, request.raise_state_epoch().epoch()});
  } else if (request.has_send_cell()) {
    const auto& sent = request.send_cell();
    const bool is_new = genuine.emplace(sent.queue(), sent.cell()).second;
    if (is_new) cells.push_back({sent.queue(), sent.cell()});
  }
}

void Loot::keep(const std::string& account, const proto::pb::Bundles& bundles) {
  for (const auto& list : bundles.device_lists()) keep_list(list);
  for (const auto& device : bundles.devices()) {
    auto& keys = devices[record_hash(account, device.number())];
    add_once(keys.one_time, device.one_time_key());
    add_once(keys.pq_one_time, device.pq_one_time_key());
  }
}

void Loot::keep_list(const std::string& bytes) {
  const auto list = crypto::DeviceList::parse(crypto::as_bytes(bytes));
  if (!list) return;
  add_once(lists[text_of(list->account().bytes)], bytes);
  for (const auto& record : list->records()) records.emplace(text_of(record.hash()), record);
}

void Loot::keep_bundle(const std::string& bytes) {
  add_once(devices[bytes.substr(0, sizeof(crypto::Hash))].bundles, bytes);
}

std::optional<crypto::DeviceList> Loot::newest_list(const std::string& account) const {
  const auto found = lists.find(account);
  if (found == lists.end() || found->second.empty()) return std::nullopt;
  return crypto::DeviceList::parse(crypto::as_bytes(found->second.back())).value();
}

std::string Loot::record_hash(const std::string& account, crypto::DeviceNumber number) const {
  const auto list = newest_list(account);
  const auto* record = list ? list->find(number) : nullptr;
  return record == nullptr ? std::string{} : text_of(record->hash());
}

}  // namespace bisik::simulation
