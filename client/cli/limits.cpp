// limits: what the relay allows, as it says itself.
#include <nlohmann/json.hpp>

#include "client/cli/commands.hpp"
#include "client/cli/wording.hpp"

namespace bisik::client {
namespace {

void show(Output& out, const proto::pb::LimitEntry& limit) {
  out.styled(Style::bold, SafeText::line(limit.name()))
      << "  " << SafeText::number(limit.value()) << " " << SafeText::line(limit.unit()) << "\n";
  if (!limit.reason().empty()) out << "  " << SafeText::line(limit.reason()) << "\n";
}

}  // namespace

ExitCode limits(Context& context) {
  proto::pb::ApiRequest request;
  request.mutable_limits();
  context.session().each(std::move(request), [&](const proto::pb::ApiReply& reply) {
    if (!reply.has_limit()) return;
    const auto& limit = reply.limit();
    if (context.json()) {
      context.out().json({{"name", limit.name()},
                          {"value", limit.value()},
                          {"unit", limit.unit()},
                          {"reason", limit.reason()}});
    } else {
      show(context.out(), limit);
    }
  });
  context.out().flush();
  return ExitCode::done;
}

}  // namespace bisik::client
