#include "client/cli/contact_list.hpp"

#include <algorithm>

namespace bisik::client {

std::vector<proto::pb::ContactEntry> list_contacts(Context& context,
                                                   proto::pb::ApiRequest request) {
  auto& session = context.session();
  (void)session.ask(std::move(request));
  std::vector<proto::pb::ContactEntry> all;
  std::string notice;
  for (;;) {
    const auto reply = session.next();
    throw_if_failed(*reply);
    if (reply->has_contact()) all.push_back(reply->contact());
    if (reply->has_notice()) notice = reply->notice().sentence();
    if (reply->last()) break;
  }
  if (!notice.empty()) context.say(SafeText::line(notice));
  const auto same = [](const auto& a, const auto& b) { return a.account() == b.account(); };
  std::ranges::sort(all, {}, [](const auto& entry) { return entry.account(); });
  all.erase(std::unique(all.begin(), all.end(), same), all.end());
  std::ranges::sort(all, {}, [](const auto& entry) { return entry.name(); });
  return all;
}

}  // namespace bisik::client
