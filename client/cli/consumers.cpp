// consumers: who receives under a name of its own, and what each has not acknowledged.
#include <nlohmann/json.hpp>

#include "client/cli/commands.hpp"
#include "client/cli/wording.hpp"

namespace bisik::client {

using proto::pb::ApiRequest;

ExitCode consumers(Context& context) {
  ApiRequest request;
  request.mutable_consumers();
  auto& out = context.out();
  context.session().each(std::move(request), [&](const proto::pb::ApiReply& reply) {
    if (!reply.has_consumer()) return;
    const auto& consumer = reply.consumer();
    if (context.json()) {
      out.json({{"name", consumer.name()},
                {"waiting", consumer.waiting()},
                {"begun", consumer.begun_ms()}});
    } else {
      out.styled(Style::bold, SafeText::line(consumer.name()))
          << "  " << SafeText::number(static_cast<std::int64_t>(consumer.waiting()))
          << " waiting, since " << clock_time(consumer.begun_ms()) << "\n";
    }
  });
  out.flush();
  return ExitCode::done;
}

ExitCode remove_consumer(Context& context, const RemoveConsumerOptions& options) {
  ApiRequest request;
  request.mutable_consumers()->set_remove(options.name);
  (void)context.session().only(std::move(request));
  context.hint(SafeText::line(options.name) + " is forgotten.");
  return ExitCode::done;
}

}  // namespace bisik::client
