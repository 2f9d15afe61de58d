#include "server/bench/traffic.hpp"

#include <cstring>

#include "crypto/random.hpp"
#include "proto/limits.hpp"
#include "server/bench/mixed.hpp"
#include "server/problem.hpp"

namespace bisik::server::bench {
namespace {

// Requests of one reader; while they are on their way, what arrives gathers for the next.
constexpr std::size_t kAcknowledgementsAtOnce = 2;

void require_ok(const pb::Response& response) {
  if (response.status() == pb::STATUS_OK) return;
  throw Problem{Exit::relay, "The relay refuses a request with status " +
                                 std::to_string(response.status()) + "."};
}

}  // namespace

Sender::Sender(boost::asio::io_context& io, const RelayProcess& relay, const Resident& reader,
               std::uint64_t name)
    : on_refusal{require_ok}, client_{io, relay}, cell_{reader.cell()}, name_{name} {
  const auto content = crypto::random_array<proto::kSmallCellBytes>();
  cell_.mutable_send_cell()->set_cell(content.data(), content.size());
  cell_.mutable_send_cell()->mutable_envelope_id()->resize(proto::kEnvelopeIdBytes);
}

void Sender::start() {
  client_.on_message = [this](const pb::FromRelay& message) {
    if (message.response().status() != pb::STATUS_OK) return on_refusal(message.response());
    on_answer(message.response().number() - 1);
    ++answered_;
  };
  client_.on_pause = [this] { on_pause(); };
  client_.start();
}

std::string Sender::envelope_id(std::uint64_t index) const {
  std::string id(proto::kEnvelopeIdBytes, '\0');
  const auto place = mixed(name_ + index);
  std::memcpy(id.data(), &place, sizeof place);
  std::memcpy(id.data() + sizeof place, &index, sizeof index);
  return id;
}

void Sender::send() {
  const std::uint64_t index = sent_at_.size();
  const auto place = mixed(name_ + index);
  auto& wanted = *cell_.mutable_send_cell();
  std::memcpy(wanted.mutable_envelope_id()->data(), &place, sizeof place);
  std::memcpy(wanted.mutable_envelope_id()->data() + sizeof place, &index, sizeof index);
  std::memcpy(wanted.mutable_cell()->data(), &place, sizeof place);
  sent_at_.push_back(Clock::now());
  client_.send(cell_);
}

void Sender::fill(std::uint64_t window, std::uint64_t at_most) {
  while (sent() < at_most && sent() - answered() < window) send();
  client_.flush();
}

std::uint64_t index_of(const pb::Cell& cell) {
  std::uint64_t index = 0;
  std::memcpy(&index, cell.envelope_id().data() + sizeof index, sizeof index);
  return index;
}

Reader::Reader(boost::asio::io_context& io, const RelayProcess& relay, const Resident& resident)
    : client_{io, relay}, resident_{resident}, acknowledgement_{resident.acknowledgement()} {}

boost::asio::awaitable<void> Reader::open() {
  co_await client_.connect(resident_.network_key());
  client_.on_message = [this](const pb::FromRelay& message) { handle(message); };
  client_.on_pause = [this] { acknowledge(); };
  // Nothing is read here but the answer: pushes stand behind it.
  const auto response = co_await client_.ask(resident_.subscription());
  require_ok(response);
  waiting_ = response.subscribed().waiting_cells();
}

void Reader::start() { client_.start(); }

void Reader::handle(const pb::FromRelay& message) {
  if (message.has_push()) {
    auto& item = *acknowledgement_.mutable_acknowledge()->add_items();
    item.set_sequence(message.push().sequence());
    item.set_envelope_id(message.push().envelope_id());
    ++pushed_;
    on_push(message.push());
    return;
  }
  require_ok(message.response());
  acknowledged_ += unanswered_.front();
  unanswered_.pop_front();
}

void Reader::acknowledge() {
  auto& items = *acknowledgement_.mutable_acknowledge()->mutable_items();
  if (items.empty() || unanswered_.size() >= kAcknowledgementsAtOnce) return;
  unanswered_.push_back(static_cast<std::uint64_t>(items.size()));
  asked_ += unanswered_.back();
  client_.send(acknowledgement_);
  items.Clear();
  client_.flush();
}

}  // namespace bisik::server::bench
