#include "tests/simulation/device_user.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "client/engine/sentences.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;

// Nobody tries at this pace for hours: whoever has tried for a minute waits longer each time.
constexpr Duration kTryAgain{2'000};
constexpr Duration kTryAgainAtLast{60'000};

Duration patience(Duration tried) {
  return std::clamp<Duration>(tried / 30, kTryAgain, kTryAgainAtLast);
}

// A command that failed as a whole: its device could not look first whether it is still one.
proto::pb::Sent::Recipient refused(const proto::pb::Failure& why) {
  proto::pb::Sent::Recipient recipient;
  recipient.set_state(proto::pb::MESSAGE_STATE_FAILED);
  *recipient.mutable_failure() = why;
  return recipient;
}

std::string name_of_person(std::size_t person) { return "P" + std::to_string(person); }

std::optional<std::size_t> person_of(std::string_view name) {
  std::size_t number = 0;
  if (name.size() < 2 || name.front() != 'P') return std::nullopt;
  const auto digits = name.substr(1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

// What a person is told in the first place: it was his own decision.
bool is_blocked(const proto::pb::Failure& failure) {
  return failure.sentence().find("blocked") != std::string::npos;
}

// Every second text: sent again under the same key even if the client died over it.
bool has_own_key(std::size_t index) { return index % 2 == 0; }

}  // namespace

DeviceUser::DeviceUser(World& world, Network& network, Chronicle& chronicle, std::size_t person)
    : world_{world},
      chronicle_{chronicle},
      person_{person},
      index_{chronicle.devices.size()},
      client_{world, network, index_, Defect::none} {
  chronicle_.devices.emplace_back().person = person;
  client_.attach(*this);
  client_.start();
}

void DeviceUser::ask(ApiRequest request, OnReply on_reply) {
  if (!client_.is_running()) return;
  // The reply may come within the call, so the number has to be known before.
  open_[client_.next_command()] = std::move(on_reply);
  client_.command(request);
}

void DeviceUser::answered(client::CommandId command, const ApiReply& reply) {
  const auto found = open_.find(command);
  if (found == open_.end()) return;
  const auto on_reply = found->second;
  if (reply.last()) open_.erase(found);
  on_reply(reply);
}

void DeviceUser::start() {
  if (client_.is_running() || life().removed) return;
  client_.start();
  if (!client_.is_running()) return;
  ++starts_;
  if (joined_) read_everything();
  if (list_unknown_) accept_list();
  for (const auto index : std::vector{sending_}) try_to_send(index);
}

void DeviceUser::client_died() {
  open_.clear();
  digits_.clear();
  digits_wanted_ = false;
  accepts_list_ = false;
  ++life_number_;
  for (const auto index : sending_) chronicle_.said[index].in_doubt = true;
  std::erase_if(sending_, [](std::size_t index) { return !has_own_key(index); });
}

void DeviceUser::give_up() { sending_.clear(); }

Copy DeviceUser::copy() const {
  Copy copy{client_.snapshot(), life().held, world_.now(), {}, starts_};
  std::ranges::copy_if(sending_, std::back_inserter(copy.under_way), [&](std::size_t index) {
    return chronicle_.said[index].told == Told::nothing;
  });
  return copy;
}

void DeviceUser::put_back(const Copy& copy, std::optional<std::int64_t> unread) {
  if (client_.is_running()) client_.die(false);
  give_up();
  client_.restore(copy.image);
  list_unknown_ = told_of_list_;  // the copy may have said so before, and does not again
  const bool has_read_nothing = unread && unread == copy.unread;
  life().put_back(world_.now(), copy.held, missed_by(copy, has_read_nothing));
  for (const auto index : copy.under_way) {  // it is in the copy's outbox, and may go from there
    auto& told = chronicle_.said[index].told;
    if (told == Told::not_sent) told = Told::unconfirmed;
  }
}

// What this device wrote to its own disk alone nobody can miss; and of what was on its way when the
// copy was made the copy knows too. What came since, but was never acknowledged, nobody knows that
// it was read: the relay pushes it to the copy as it did before. Nor does anybody who has blocked
// this person say what he has got.
Missed DeviceUser::missed_by(const Copy& copy, bool has_read_nothing) const {
  Missed missed;
  missed.start = copy.starts != starts_;
  for (const auto& [text, since] : life().held) {
    if (copy.held.contains(text)) continue;
    const auto& said = chronicle_.said[std::stoul(text)];
    if (said.device != index_) {
      if (!has_read_nothing) missed.read.insert(text);
      continue;
    }
    const bool is_heard = !chronicle_.blocked.contains({said.to, said.from});
    if (is_heard && said.told == Told::stored && said.begun > copy.taken) {
      missed.sent.insert(text);
    }
  }
  return missed;
}

void DeviceUser::is_joined(const proto::pb::WhoAmI& who) {
  joined_ = true;
  account_ = who.account();
  number_ = who.device();
  life().joined = world_.now();
  read_everything();
}

void DeviceUser::join(const std::string& link) {
  ApiRequest request;
  request.mutable_join()->set_link(link);
  request.mutable_join()->set_name(name_of_person(person_));
  ask(std::move(request), [this](const ApiReply& reply) {
    if (reply.has_who_am_i()) is_joined(reply.who_am_i());
  });
}

void DeviceUser::add(const std::string& link) {
  ApiRequest request;
  request.mutable_add()->set_link(link);
  ask(std::move(request), [](const ApiReply&) {});
}

void DeviceUser::invite(std::function<void(std::string)> made) {
  ApiRequest request;
  request.mutable_invite()->set_contact_only(true);
  ask(std::move(request), [made = std::move(made)](const ApiReply& reply) {
    if (reply.has_made_link()) made(reply.made_link().link());
  });
}

void DeviceUser::link_to(DeviceUser& primary, const proto::RelayAddress& relay) {
  for (const auto& [text, since] : primary.life().held) life().inherited.insert(text);
  ApiRequest request;
  request.mutable_link()->set_relay(proto::format_address(relay));
  request.mutable_link()->set_history(true);
  ask(std::move(request), [this, &primary](const ApiReply& reply) {
    if (reply.has_made_link()) primary.approve(*this, reply.made_link().link());
    if (reply.has_who_am_i()) is_joined(reply.who_am_i());
    if (!reply.has_link_digits()) return;
    digits_ = reply.link_digits().digits();
    primary.carry_digits(*this);
  });
}

void DeviceUser::approve(DeviceUser& fresh, const std::string& code) {
  ApiRequest request;
  request.mutable_approve()->set_code(code);
  // From here on in events of their own: the other device may be about to show something.
  world_.after(Duration{1}, [this, &fresh, request] {
    ask(request, [this, &fresh](const ApiReply& reply) {
      if (reply.has_digits_wanted()) {
        digits_wanted_ = true;
        carry_digits(fresh);
      }
      if (!reply.has_link_granted()) return;
      ApiRequest accept;
      accept.mutable_accept_link();
      world_.after(kTryAgain, [&fresh, accept] { fresh.ask(accept, [](const ApiReply&) {}); });
    });
  });
}

void DeviceUser::carry_digits(DeviceUser& fresh) {
  if (!digits_wanted_ || fresh.digits_.empty()) return;
  digits_wanted_ = false;
  ApiRequest request;
  request.mutable_confirm_digits()->set_digits(fresh.digits_);
  world_.after(kTryAgain, [this, request] { ask(request, [](const ApiReply&) {}); });
}

void DeviceUser::remove(DeviceUser& other) {
  if (other.client_.is_running()) other.client_.die(false);
  other.life().removed = true;
  ApiRequest request;
  request.mutable_remove_device()->set_number(other.number_);
  ask(std::move(request), [](const ApiReply&) {});
}

void DeviceUser::block(std::size_t whom, bool unblock) {
  chronicle_.blocked.insert({person_, whom});
  ApiRequest request;
  request.mutable_block()->set_name(name_of_person(whom));
  request.mutable_block()->set_unblock(unblock);
  request.mutable_block()->set_now(!unblock && world_.chance(0.1));
  ask(std::move(request), [](const ApiReply&) {});
}

void DeviceUser::repair(std::size_t with) {
  chronicle_.anew.push_back({world_.now(), person(), with});
  ApiRequest request;
  request.mutable_repair()->set_name(name_of_person(with));
  ask(std::move(request), [](const ApiReply&) {});
}

void DeviceUser::send(std::size_t to, std::size_t bytes, bool queued, bool probe) {
  const auto index = chronicle_.said.size();
  std::string text = std::to_string(index) + " of " + std::to_string(index_) + " ";
  while (text.size() < bytes) text += static_cast<char>('a' + world_.below(26));
  chronicle_.said.push_back({.device = index_,
                             .from = person_,
                             .to = to,
                             .text = std::move(text),
                             .begun = world_.now(),
                             .is_queued = queued,
                             .is_probe = probe});
  sending_.push_back(index);
  try_to_send(index);
}

void DeviceUser::try_to_send(std::size_t index) {
  if (!client_.is_running()) return;
  auto& said = chronicle_.said[index];
  ApiRequest request;
  request.mutable_send()->add_recipients(name_of_person(said.to));
  request.mutable_send()->set_text(said.text);
  request.mutable_send()->set_queue(said.is_queued);
  request.mutable_send()->set_timeout_ms(10'000);
  if (has_own_key(index)) request.mutable_send()->set_idempotency_key(std::to_string(index));
  said.in_doubt |= said.told == Told::unconfirmed;
  said.told = Told::nothing;
  ask(std::move(request), [this, index](const ApiReply& reply) {
    if (reply.has_sent()) told(index, reply.sent().recipients(0));
    if (reply.has_failure()) told(index, refused(reply.failure()));
  });
}

void DeviceUser::told(std::size_t index, const proto::pb::Sent::Recipient& recipient) {
  auto& said = chronicle_.said[index];
  const bool kept = said.is_queued && recipient.state() == proto::pb::MESSAGE_STATE_WAITING;
  if (kept || recipient.state() == proto::pb::MESSAGE_STATE_RELAY) {
    said.told = kept ? Told::kept : Told::stored;
    hold(said.text);
    std::erase(sending_, index);
    return;
  }
  said.told = recipient.state() == proto::pb::MESSAGE_STATE_UNCONFIRMED ? Told::unconfirmed
                                                                        : Told::not_sent;
  if (said.in_doubt && said.told == Told::not_sent) said.told = Told::unconfirmed;
  if (is_blocked(recipient.failure())) {  // there is nothing to try again
    std::erase(sending_, index);
    return;
  }
  if (recipient.failure().exit_code() == static_cast<std::uint32_t>(client::Exit::trust)) {
    trust(said.to);
  }
  const auto tried = world_.now() - said.begun;
  world_.after(patience(tried), [this, index, life = life_number_] {
    const bool given_up = std::ranges::find(sending_, index) == sending_.end();
    if (life == life_number_ && !given_up) try_to_send(index);
  });
}

void DeviceUser::read_everything() {
  ApiRequest request;
  request.mutable_receive()->set_follow(true);
  request.mutable_receive()->set_states(true);
  ask(std::move(request), [this](const ApiReply& reply) {
    if (reply.has_message()) received(reply.message());
    if (reply.has_notice()) hear(reply.notice().sentence());
  });
}

void DeviceUser::hear(const std::string& notice) {
  const auto says = [&](const char* words) { return notice.find(words) != std::string::npos; };
  if (says("older copy")) life().told_of_copy.push_back(world_.now());
  if (says("'bisik devices accept'") && has_put_a_copy_back(person_)) accept_list();
}

bool DeviceUser::has_put_a_copy_back(std::size_t person) const {
  return std::ranges::any_of(chronicle_.devices, [=](const DeviceLife& device) {
    return device.person == person && !device.restored.empty();
  });
}

// What the copy of a device does not know of its account's devices this person has done himself.
void DeviceUser::accept_list() {
  told_of_list_ = list_unknown_ = true;
  if (std::exchange(accepts_list_, true)) return;
  ApiRequest request;
  request.mutable_accept_devices();
  // Not from within the event that has told of it.
  world_.after(kTryAgain, [this, request, life = life_number_] {
    if (life != life_number_) return;
    ask(request, [this](const ApiReply& reply) {
      accepts_list_ = false;
      list_unknown_ = !reply.has_done();
      if (list_unknown_) accept_list();
    });
  });
}

// Whoever has put a copy back, or hears that his contact has, knows why lists differ.
void DeviceUser::trust(std::size_t person) {
  if (has_put_a_copy_back(person_)) accept_list();
  if (!has_put_a_copy_back(person_) && !has_put_a_copy_back(person)) return;
  ApiRequest request;
  request.mutable_verify()->set_name(name_of_person(person));
  request.mutable_verify()->set_action(proto::pb::VerifyCommand::ACTION_TRUST);
  world_.after(Duration{1}, [this, request] { ask(request, [](const ApiReply&) {}); });
}

void DeviceUser::received(const proto::pb::Message& message) {
  if (message.state() == proto::pb::MESSAGE_STATE_RELAY) hold(message.text());
  if (message.ours()) return;
  hold(message.text());
  ApiRequest request;
  request.mutable_ack()->add_ids(message.id());
  // Not from within the event that has handed it out.
  world_.after(Duration{1}, [this, request] { ask(request, [](const ApiReply&) {}); });
}

void DeviceUser::look() {
  ApiRequest request;
  request.mutable_status();
  ask(request, [this](const ApiReply& reply) {
    const auto restored = Time{Duration{reply.status().restored_ms()}};
    if (restored.time_since_epoch() != Duration{0}) life().told_of_copy.push_back(restored);
  });
  request.mutable_contacts();
  ask(std::move(request), [this](const ApiReply& reply) {
    if (reply.has_contact()) look_at(reply.contact());
  });
}

void DeviceUser::look_at(const proto::pb::ContactEntry& contact) {
  const auto person = person_of(contact.name());
  if (!person) return;
  ApiRequest request;
  request.mutable_history()->set_chat(contact.name());
  // Not from within the list of contacts.
  world_.after(Duration{1}, [this, request, person] {
    life().ours[*person].clear();
    life().theirs[*person].clear();
    ask(request, [this, person](const ApiReply& reply) {
      if (!reply.has_message()) return;
      if (reply.message().state() == proto::pb::MESSAGE_STATE_FAILED) {
        life().failed.insert(reply.message().text());
        return;
      }
      auto& chats = reply.message().ours() ? life().ours : life().theirs;
      chats[*person].push_back(reply.message().text());
    });
  });
}

}  // namespace bisik::simulation
