#include "server/bench/steps.hpp"
#include "server/limits.hpp"
#include "server/problem.hpp"

namespace bisik::server::bench {
namespace {

// In turn, so that what disturbs one kind of refusal disturbs the other.
constexpr std::size_t kRefusals = 500;

void expect(pb::Status status, const pb::Response& response) {
  if (response.status() == status) return;
  throw Problem{Exit::relay, "A grant is answered with status " +
                                 std::to_string(response.status()) + " instead of " +
                                 std::to_string(status) + "."};
}

std::vector<crypto::Capability> make_grants() {
  std::vector<crypto::Capability> grants;
  while (grants.size() < Limits{}.grants_per_day) grants.push_back(crypto::Capability::random());
  return grants;
}

pb::Request drawing(const std::vector<crypto::Capability>& grants) {
  pb::Request request;
  for (const auto& grant : grants) put(*request.mutable_draw_grants()->add_hashes(), grant.hash());
  return request;
}

pb::Request group_queue_for(const crypto::Capability& grant) {
  pb::Request request;
  auto& wanted = *request.mutable_create_group_queue();
  put(*wanted.mutable_grant(), grant.bytes());
  auto& queue = *wanted.mutable_queue();
  put(*queue.mutable_queue(), crypto::QueueId::random().bytes);
  queue.set_kind(pb::QUEUE_KIND_GROUP);
  put(*queue.mutable_read_key_hash(), crypto::Capability::random().hash());
  put(*queue.add_write_keys()->mutable_hash(), crypto::Capability::random().hash());
  return request;
}

boost::asio::awaitable<void> draw(boost::asio::io_context& io, const RelayProcess& relay,
                                  const Resident& resident,
                                  const std::vector<crypto::Capability>& grants) {
  Client client{io, relay};
  co_await client.connect(resident.network_key());
  expect(pb::STATUS_OK, co_await client.ask(drawing(grants)));
  client.close();
}

// One after the other, by somebody without a name.
boost::asio::awaitable<void> spend(boost::asio::io_context& io, const RelayProcess& relay,
                                   const std::vector<crypto::Capability>& grants) {
  Client client{io, relay};
  co_await client.connect();
  for (const auto& grant : grants) {
    expect(pb::STATUS_OK, co_await client.ask(group_queue_for(grant)));
  }
  client.close();
}

struct Refusals {
  Samples unknown;
  Samples spent;
};

boost::asio::awaitable<void> be_refused(boost::asio::io_context& io, const RelayProcess& relay,
                                        const std::vector<crypto::Capability>& spent,
                                        Refusals& refusals) {
  Client client{io, relay};
  co_await client.connect();
  for (std::size_t i = 0; i < 2 * kRefusals; ++i) {
    const bool again = i % 2 == 1;
    const auto request =
        group_queue_for(again ? spent[i / 2 % spent.size()] : crypto::Capability::random());
    const auto start = Clock::now();
    expect(pb::STATUS_REFUSED, co_await client.ask(request));
    (again ? refusals.spent : refusals.unknown).add(Clock::now() - start);
  }
  client.close();
}

}  // namespace

// Grants are drawn under a name and spent without one. Then how long it takes until one is refused
// that was spent before, and one that never was drawn: nobody shall learn which of them it is.
Figures measure_grants(Scene& scene) {
  boost::asio::io_context io{1};
  Refusals refusals;
  double count = 0;
  std::chrono::duration<double> spending{};
  for (const auto& resident : scene.people()) {
    const auto grants = make_grants();
    run(io, draw(io, scene.relay, resident, grants));
    const auto start = Clock::now();
    run(io, spend(io, scene.relay, grants));
    spending += Clock::now() - start;
    count += static_cast<double>(grants.size());
    if (refusals.spent.empty()) run(io, be_refused(io, scene.relay, grants, refusals));
  }
  return {{"spent", count},
          {"spent_per_second", count / spending.count()},
          {"unknown_refused_p50_us", refusals.unknown.percentile_us(50)},
          {"spent_refused_p50_us", refusals.spent.percentile_us(50)}};
}

}  // namespace bisik::server::bench
