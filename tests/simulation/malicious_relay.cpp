#include "tests/simulation/malicious_relay.hpp"

#include <algorithm>

#include "proto/frame.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::FromRelay;
using proto::pb::Request;
using proto::pb::Response;

constexpr std::uint64_t kMaliceStream = 2'000;  // away from the clients' and the relay's
// A contact whose send is refused knocks, which takes a second of real time: not in every run.
constexpr double kMayRefuse = 0.03;
constexpr Duration kMostHeldBack{20'000};  // a push; others overtake it
constexpr Duration kMostLate{100'000};     // an answer: longer than a client waits
constexpr std::array kForgeries{Trick::damage_keys, Trick::swap_keys,      Trick::old_bundle,
                                Trick::old_list,    Trick::edited_list,    Trick::foreign_list,
                                Trick::split_view,  Trick::stolen_account, Trick::used_key,
                                Trick::no_keys};
constexpr std::array kDenials{proto::pb::STATUS_REFUSED,   proto::pb::STATUS_NOT_REGISTERED,
                              proto::pb::STATUS_MALFORMED, proto::pb::STATUS_QUOTA,
                              proto::pb::STATUS_BUSY,      proto::pb::STATUS_NOT_NEWER,
                              proto::pb::STATUS_CONFLICT};

// What can be answered with a bare OK.
bool is_plain(const Request& request) {
  switch (request.operation_case()) {
    case Request::kSendCell:
    case Request::kAcknowledge:
    case Request::kPublishBundle:
    case Request::kPublishList:
    case Request::kPublishOneTimeKeys:
    case Request::kRemoveWriteKey:
      return true;
    default:
      return false;
  }
}

}  // namespace

MaliciousRelay::MaliciousRelay(World& world, RelayParty& honest, StolenKeys keys, Defect defect)
    : world_{world},
      honest_{honest},
      random_{world.seed(), kMaliceStream},
      forger_{world, loot_, std::move(keys), defect} {
  honest_.attach(*this);
}

void MaliciousRelay::belongs(const ClientEnd& device, const client::Identity& identity) {
  owners_[&device] = {client::to_string(identity.id().bytes), identity.device.number()};
}

void MaliciousRelay::meddle(const Meddling& meddling) {
  meddling_ = meddling;
  forger_.heal();
  refusals_left_ = world_.chance(kMayRefuse) ? 1 : 0;
}

const Forgery* MaliciousRelay::forgery(const Caller& caller, crypto::ByteView frame) const {
  const auto found = forged_.find({caller, {frame.begin(), frame.end()}});
  return found == forged_.end() ? nullptr : &found->second;
}

bool MaliciousRelay::plays(Trick trick) {
  return meddling_[trick] > 0 && world_.chance(meddling_[trick]);
}

server::ConnectionId MaliciousRelay::connected(const server::Peer& peer) {
  const auto id = honest_.connected(peer);
  connections_[id] = {};
  return id;
}

void MaliciousRelay::disconnected(Id id) {
  connections_.erase(id);
  honest_.disconnected(id);
}

void MaliciousRelay::relay_died() {
  connections_.clear();
  network_->relay_died();
}

// Any time that a client takes for one.
Time MaliciousRelay::claimed_time(Time truth) {
  if (!plays(Trick::clock)) return truth;
  count(Trick::clock);
  switch (world_.below(3)) {
    case 0:
      return Time{};
    case 1:
      return Time{crypto::kMaxUnixTime};
    default:
      return truth + std::chrono::hours{24} * (static_cast<int>(world_.below(800)) - 400);
  }
}

void MaliciousRelay::frame(Id id, crypto::ByteView frame) {
  const auto request = proto::decode_request(frame);
  if (request) {
    loot_.keep(*request, network_->caller(id).client);
    auto& connection = connections_[id];
    connection.asked[request->number()] = *request;
    if (request->has_subscribe()) connection.subscribed.insert(request->subscribe().queue());
    if (answers_itself(id, *request)) return;
  }
  honest_.frame(id, frame);
}

bool MaliciousRelay::answers_itself(Id id, const Request& request) {
  Response response;
  if (is_plain(request) && plays(Trick::drop)) {
    count(Trick::drop);
    response.set_status(proto::pb::STATUS_OK);
  } else if (plays(Trick::deny)) {
    count(Trick::deny);
    response = denial(request);
  } else {
    return false;
  }
  response.set_number(request.number());
  FromRelay message;
  *message.mutable_response() = response;
  connections_[id].asked.erase(request.number());
  send(id, message, Duration{1});
  return true;
}

Response MaliciousRelay::denial(const Request& request) {
  Response response;
  response.set_status(kDenials[world_.below(kDenials.size())]);
  const bool is_put_off =
      response.status() == proto::pb::STATUS_BUSY || response.status() == proto::pb::STATUS_QUOTA;
  if (request.has_send_cell() && !is_put_off) {
    if (refusals_left_ == 0) {
      response.set_status(proto::pb::STATUS_BUSY);
    } else {
      --refusals_left_;
    }
  }
  response.set_retry_after_seconds(static_cast<std::uint32_t>(any_number()));
  return response;
}

void MaliciousRelay::from_relay(Id id, crypto::Bytes frame) {
  auto message = proto::decode_from_relay(frame);
  if (!message) return network_->from_relay(id, std::move(frame));
  if (message->has_push()) {
    push(id, std::move(*message->mutable_push()));
  } else {
    respond(id, std::move(*message->mutable_response()));
  }
  push_what_is_not_new(id);
}

void MaliciousRelay::push(Id id, proto::pb::Cell cell) {
  auto& highest = connections_[id].highest_sequence;
  highest = std::max(highest, cell.sequence());
  if (plays(Trick::drop)) return count(Trick::drop);
  if (plays(Trick::damage_cell)) {
    count(Trick::damage_cell);
    damage(world_, *cell.mutable_cell());
  }
  FromRelay message;
  *message.mutable_push() = std::move(cell);
  if (plays(Trick::repeat)) {
    count(Trick::repeat);
    send(id, message, world_.between(Duration{0}, kMostHeldBack));
  }
  if (!plays(Trick::reorder)) return send(id, message);
  count(Trick::reorder);
  send(id, message, world_.between(Duration{0}, kMostHeldBack));
}

// Beside whatever goes to somebody who reads.
void MaliciousRelay::push_what_is_not_new(Id id) {
  const auto& queues = connections_[id].subscribed;
  if (queues.empty() || loot_.cells.empty()) return;
  const auto& reader =
      *std::next(queues.begin(), static_cast<std::ptrdiff_t>(world_.below(queues.size())));
  const auto& some = loot_.cells[world_.below(loot_.cells.size())];
  if (some.queue == reader && plays(Trick::replay)) {
    count(Trick::replay);
    inject(id, reader, some.cell);
  }
  if (some.queue != reader && plays(Trick::swap_cells)) {
    count(Trick::swap_cells);
    inject(id, reader, some.cell);
  }
}

void MaliciousRelay::inject(Id id, const std::string& queue, const std::string& cell) {
  FromRelay message;
  auto& push = *message.mutable_push();
  push.set_queue(queue);
  push.set_sequence(1 + world_.below(connections_[id].highest_sequence + 3));
  push.set_envelope_id(std::string(16, static_cast<char>(world_.below(256))));
  push.set_cell(cell);
  send(id, message, world_.between(Duration{0}, kMostHeldBack));
}

void MaliciousRelay::respond(Id id, Response response) {
  auto& asked = connections_[id].asked;
  const auto found = asked.find(response.number());
  std::optional<Forgery> forgery;
  if (found != asked.end()) {
    const auto request = found->second;
    if (response.has_bundles()) {
      loot_.keep(request.fetch_bundle().account(), response.bundles());
      forgery = forge(id, request, response);
    }
    if (response.has_state_epoch()) forgery = forge_epoch(id, response);
    asked.erase(found);
  }
  lie_about_numbers(response);
  // As an answer to something else it may be good, and a list in it is what it is.
  if (renumber(id, response) && forgery) forgery->wrong = Forgery::Wrong::nothing;

  FromRelay message;
  *message.mutable_response() = std::move(response);
  if (forgery) forged_[{network_->caller(id), proto::encode(message)}] = *forgery;
  if (!plays(Trick::late)) return send(id, message);
  count(Trick::late);
  send(id, message, world_.between(Duration{0}, kMostLate));
}

std::optional<Forgery> MaliciousRelay::forge(Id id, const Request& request, Response& response) {
  const auto* reader = network_->caller(id).client;
  const auto& account = request.fetch_bundle().account();
  const DrawingFrom drawing{random_};
  for (const auto trick : kForgeries) {
    if (!plays(trick)) continue;
    // Whoever has the account's key is the account to its own devices: no way back leads from
    // there.
    const auto own = owners_.find(reader);
    const bool is_own = own != owners_.end() && own->second.account == account;
    if (is_own && trick == Trick::stolen_account) continue;
    const auto spared = is_own ? own->second.number : 0;
    auto forgery = forger_.forge(trick, reader, account, spared, *response.mutable_bundles());
    if (!forgery) continue;
    count(trick);
    return forgery;
  }
  return std::nullopt;
}

std::optional<Forgery> MaliciousRelay::forge_epoch(Id id, Response& response) {
  if (!plays(Trick::epoch)) return std::nullopt;
  const auto epoch = forger_.forge_epoch(network_->caller(id).client);
  if (!epoch) return std::nullopt;
  count(Trick::epoch);
  response.mutable_state_epoch()->set_epoch(*epoch);
  return Forgery{.trick = Trick::epoch, .wrong = Forgery::Wrong::all};
}

// Small, just beyond, and as large as the field is.
std::uint64_t MaliciousRelay::any_number() {
  switch (world_.below(3)) {
    case 0:
      return world_.below(10);
    case 1:
      return world_.below(100'000);
    default:
      return UINT32_MAX;
  }
}

void MaliciousRelay::lie_about_numbers(Response& response) {
  if (response.has_one_time_key_count() && plays(Trick::key_count)) {
    count(Trick::key_count);
    auto& left = *response.mutable_one_time_key_count();
    left.set_classical(static_cast<std::uint32_t>(any_number()));
    left.set_post_quantum(static_cast<std::uint32_t>(any_number()));
    if (world_.chance(0.5)) left.set_last_classical(any_number());
    if (world_.chance(0.5)) left.set_last_post_quantum(any_number());
    if (world_.chance(0.5)) left.set_signed_prekey(any_number());
  }
  if (response.has_subscribed() && plays(Trick::waiting_count)) {
    count(Trick::waiting_count);
    response.mutable_subscribed()->set_waiting_cells(any_number());
    response.mutable_subscribed()->set_last_sequence(any_number());
  }
}

// True: it answers something else now. A number that is made up may be the right one.
bool MaliciousRelay::renumber(Id id, Response& response) {
  if (!plays(Trick::other_number)) return false;
  count(Trick::other_number);
  const auto& asked = connections_[id].asked;
  const auto true_number = response.number();
  response.set_number(asked.empty() || world_.chance(0.3) ? any_number() : asked.begin()->first);
  return response.number() != true_number;
}

void MaliciousRelay::send(Id id, const FromRelay& message, Duration later) {
  auto frame = proto::encode(message);
  if (later == Duration{}) return network_->from_relay(id, std::move(frame));
  world_.after(later, [this, id, frame = std::move(frame)] { network_->from_relay(id, frame); });
}

}  // namespace bisik::simulation
