// trace: what became of one message, and when.
#include <nlohmann/json.hpp>

#include "client/cli/commands.hpp"
#include "client/cli/wording.hpp"

namespace bisik::client {
namespace {

using proto::pb::TraceStep;

constexpr std::size_t kLongestStep = 9;  // "delivered"

// A contract with scripts.
Literal word(TraceStep::What what) {
  switch (what) {
    case TraceStep::WHAT_QUEUED:
      return "queued";
    case TraceStep::WHAT_PLANNED:
      return "planned";
    case TraceStep::WHAT_RELAY:
      return "relay";
    case TraceStep::WHAT_DELIVERED:
      return "delivered";
    case TraceStep::WHAT_READ:
      return "read";
    case TraceStep::WHAT_FAILED:
      return "failed";
    case TraceStep::WHAT_WRITTEN:
      return "written";
    case TraceStep::WHAT_RECEIVED:
      return "received";
    default:
      return "unknown";
  }
}

void show(Context& context, const std::string& id, const TraceStep& step) {
  auto& out = context.out();
  if (context.json()) {
    Json json{{"id", id}, {"step", std::string{word(step.what()).text()}}};
    json["timestamp"] = step.at_ms() == 0 ? Json(nullptr) : Json(step.at_ms());
    out.json(json);
    return;
  }
  const SafeText what{word(step.what())};
  if (step.at_ms() == 0) {
    out.styled(Style::bold, what) << "\n";
  } else {
    out.styled(Style::bold, what.padded(kLongestStep)) << "  " << clock_time(step.at_ms()) << "\n";
  }
}

}  // namespace

ExitCode trace(Context& context, const TraceOptions& options) {
  proto::pb::ApiRequest request;
  request.mutable_trace()->set_id(options.id);
  context.session().each(std::move(request), [&](const proto::pb::ApiReply& reply) {
    if (reply.has_trace_step()) show(context, options.id, reply.trace_step());
  });
  context.out().flush();
  return ExitCode::done;
}

}  // namespace bisik::client
