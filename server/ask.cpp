// The commands that ask the running relay: stats, and limits, which can also say what the
// configuration holds while none runs.
#include <cstdio>

#include "server/commands.hpp"
#include "server/operator_door.hpp"
#include "server/show.hpp"

namespace bisik::server {
namespace {

constexpr std::uint64_t kOnlyRequest = 1;

std::optional<proto::pb::Response> ask_there(const Config& config, proto::pb::Request request) {
  std::error_code hidden;
  if (!std::filesystem::exists(config.data, hidden) && !hidden) return std::nullopt;
  request.set_number(kOnlyRequest);
  return ask(DataDirectory::open_existing(config.data), request);
}

void show(const std::vector<ShownRow>& rows, const std::string& words, Output output) {
  const auto text = output == Output::json ? as_json(rows, words) : as_table(rows);
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

std::vector<ShownRow> limits_of(const proto::pb::Limits& limits) {
  std::vector<ShownRow> rows;
  for (const auto& line : limits.limits()) {
    rows.push_back({line.name(), line.value(), line.unit(), line.reason()});
  }
  return rows;
}

std::vector<ShownRow> limits_of(const Limits& limits) {
  std::vector<ShownRow> rows;
  for (const auto& line : limit_table()) {
    rows.push_back({std::string{line.name}, limits.*line.value, std::string{line.unit},
                    std::string{line.reason}});
  }
  return rows;
}

}  // namespace

void run_limits(const Config& config, Output output) {
  proto::pb::Request request;
  request.mutable_get_limits();
  const auto response = ask_there(config, std::move(request));
  show(response ? limits_of(response->limits()) : limits_of(config.limits), "reason", output);
}

void run_stats(const Config& config, Output output) {
  proto::pb::Request request;
  request.mutable_get_stats();
  const auto response = ask_there(config, std::move(request));
  if (!response) {
    throw Problem{Exit::relay, "No relay answers in " + config.data +
                                   ": start it with `bisik-relay up`, or name its directory with "
                                   "--data."};
  }
  if (response->status() != proto::pb::STATUS_OK) {
    throw Problem{Exit::relay, "The relay is too busy to count: try again in " +
                                   std::to_string(response->retry_after_seconds()) + " s."};
  }
  std::vector<ShownRow> rows;
  for (const auto& count : response->stats().counts()) {
    rows.push_back({count.name(), count.value(), count.unit(), count.meaning()});
  }
  show(rows, "meaning", output);
}

}  // namespace bisik::server
