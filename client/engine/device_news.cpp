#include "client/engine/device_news.hpp"

#include "client/engine/limits.hpp"
#include "client/engine/sentences.hpp"

namespace bisik::client {

void keep_news(Contact& contact, const DeviceChanges& changes) {
  auto& untold = *contact.row.mutable_device_news();
  const auto keep = [&](crypto::DeviceNumber number, bool removed) {
    auto& news = *untold.Add();
    news.set_number(number);
    news.set_removed(removed);
  };
  for (const auto one : changes.removed) keep(one, true);
  for (const auto one : changes.added) keep(one, false);
  const auto too_many = untold.size() - kMaxDeviceNews;
  if (too_many > 0) untold.DeleteSubrange(0, too_many);
}

std::vector<std::string> take_news(Contact& contact) {
  std::vector<std::string> sentences;
  const auto& name = contact.row.name();
  for (const auto& news : contact.row.device_news()) {
    const auto number = static_cast<crypto::DeviceNumber>(news.number());
    sentences.push_back(news.removed() ? device_removed(name, number) : new_device(name, number));
  }
  contact.row.clear_device_news();
  return sentences;
}

}  // namespace bisik::client
