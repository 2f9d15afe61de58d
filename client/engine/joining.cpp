#include "client/engine/joining.hpp"

#include "client/engine/moving.hpp"
#include "client/engine/sentences.hpp"
#include "client/engine/write_secrets.hpp"
#include "client/name.hpp"
#include "crypto/random.hpp"

namespace bisik::client {

using proto::pb::Failure;
using proto::pb::Response;

namespace {

proto::pb::CreateQueue& add_queue(proto::pb::Register& registration, const OwnQueue& queue,
                                  proto::pb::QueueKind kind) {
  auto& added = *registration.add_queues();
  added.set_queue(to_string(queue.id.bytes));
  added.set_kind(kind);
  added.set_read_key_hash(to_string(queue.read_key.hash()));
  return added;
}

}  // namespace

void Joining::join(Step& step, CommandId command, const proto::pb::JoinCommand& request) {
  if (state_.identity && !state_.identity->invite) return step.fail(command, has_an_account());
  const auto link = proto::parse_link(request.link());
  if (!link) return step.fail(command, bad_link(link.error()));
  if (!link->invite) {
    return step.fail(command, failure(Exit::user,
                                      "This link brings no account: it has no invite."
                                      " Ask for one made by 'bisik invite'."));
  }
  const auto name = clean_name(request.name());
  if (name.empty()) {
    return step.fail(command, failure(Exit::user, "Give a name that others can read: --name."));
  }
  auto& identity = state_.identity;
  if (identity && identity->relay == link->relay) {
    identity->invite = link->invite;  // begun before: the relay may know these keys already
    identity->name = name;
  } else {
    identity = Identity::create(name, *link, step);
    state_.key_ring.discard(step);
    state_.key_ring.generate(step);
  }
  register_account(step, command, *link);
}

void Joining::register_account(Step& step, CommandId command, const proto::Link& link) {
  auto& identity = *state_.identity;
  proto::pb::Request request;
  auto& registration = *request.mutable_register_();
  registration.set_invite(to_string(link.invite->bytes()));
  registration.set_device_list(to_string(identity.device_list));
  registration.set_device(identity.device.number());
  registration.set_bundle(to_string(state_.key_ring.make_bundle(identity, step).bytes()));
  if (!state_.key_ring.has_one_time_keys()) state_.key_ring.make_one_time_keys(step, 0, 0);
  *registration.mutable_one_time_keys() = state_.key_ring.unsent_one_time_keys(identity.device);
  const auto key = crypto::write_key(identity.write_secret, identity.mailbox.id);
  add_queue(registration, identity.mailbox, proto::pb::QUEUE_KIND_MAILBOX)
      .add_write_keys()
      ->set_hash(to_string(key.hash()));
  add_queue(registration, identity.knock, proto::pb::QUEUE_KIND_KNOCK);
  identity.save(step);
  mailbox_.ask(step, std::move(request),
               [this, command, link](Step& later, const Response* response,
                                     const std::optional<Failure>& unreachable) {
                 registered(later, command, link, response, unreachable);
               });
}

void Joining::registered(Step& step, CommandId command, const proto::Link& link,
                         const Response* response, const std::optional<Failure>& unreachable) {
  if (unreachable) return step.fail(command, *unreachable);
  if (response->status() != proto::pb::STATUS_OK) return step.fail(command, failure(*response));
  auto& identity = *state_.identity;
  identity.invite.reset();
  identity.save(step);
  state_.contacts.add_own(identity.account_key, identity.relay, step);
  state_.key_ring.one_time_keys_sent(step, state_.key_ring.newest());
  state_.key_ring.published(step, state_.key_ring.newest());
  if (link.contact) outgoing_.greet(add_contact(step, link, {}));

  proto::pb::ApiReply reply;
  *reply.mutable_who_am_i() = to_api(identity);
  step.finish(command, std::move(reply));
}

Contact& Joining::add_contact(Step& step, const proto::Link& link, const std::string& name) {
  const auto id = crypto::AccountId::of(link.contact->account_key);
  auto* contact = state_.contacts.find(id);
  if (contact == nullptr) {
    contact = &state_.contacts.add(link.contact->account_key,
                                   name.empty() ? link.contact->name : name, step);
    contact->row.set_state(proto::pb::CONTACT_STATE_INVITED);
  } else if (contact->is_removed()) {
    state_.contacts.revive(*contact, name.empty() ? link.contact->name : name,
                           proto::pb::CONTACT_STATE_ACCEPTED);
  } else if (contact->is_request()) {
    contact->row.set_state(proto::pb::CONTACT_STATE_ACCEPTED);
    readers_.take_in_request(step, *contact);
  }
  if (contact->row.knocked_ms() != 0) contact->forget_secret();
  *contact->row.mutable_relay() = to_proto(link.relay);
  contact->row.clear_relay_is_said();
  contact->row.set_link_secret(to_string(link.contact->write_secret.bytes()));
  contact->row.set_link_token(to_string(link.contact->token));
  contact->save(step);
  outgoing_.door_opened(step, id);
  copies_.contact(step, id);
  return *contact;
}

void Joining::add(Step& step, CommandId command, const proto::pb::AddCommand& request) {
  if (!state_.joined()) return step.fail(command, not_joined());
  const auto link = proto::parse_link(request.link());
  if (!link) return step.fail(command, bad_link(link.error()));
  if (!link->contact) {
    return step.fail(command, failure(Exit::user, "This link names nobody: it is only a relay's."));
  }
  if (crypto::AccountId::of(link->contact->account_key) == state_.identity->id()) {
    return step.fail(command, failure(Exit::user, "This link is your own."));
  }
  if (state_.contacts.all().size() >= kMaxContacts) {
    return step.fail(command, failure(Exit::user, "This profile holds no more contacts."));
  }
  const auto* known = state_.contacts.find(crypto::AccountId::of(link->contact->account_key));
  if (known != nullptr && known->has_moved()) {
    const auto* fresh = state_.contacts.find(*known->successor());
    const auto& now = fresh == nullptr ? *known : *fresh;
    return step.fail(command, old_key_of(known->row.name(), now.row.name()));
  }
  const auto& contact = add_contact(step, *link, request.name());
  if (!contact.row.greeted() && !outgoing_.has_work(contact.id)) outgoing_.greet(contact);
  proto::pb::ApiReply reply;
  *reply.mutable_contact() = to_api(contact);
  step.finish(command, std::move(reply));
}

void Joining::invite(Step& step, CommandId command, const proto::pb::InviteCommand& request) {
  if (!state_.joined()) return step.fail(command, not_joined());
  const seconds lifetime{request.lifetime_seconds() == 0
                             ? seconds{kDefaultLinkLifetime}.count()
                             : std::int64_t{request.lifetime_seconds()}};
  if (lifetime > kMaxLinkLifetime) {
    return step.fail(command, failure(Exit::user, "A link lives for at most 31 days."));
  }
  auto link = new_link();
  if (request.contact_only()) return add_write_keys(step, command, link, lifetime);

  link.invite = crypto::Capability::random();
  proto::pb::Request question;
  auto& operation = *question.mutable_create_invite();
  operation.set_token_hash(to_string(link.invite->hash()));
  operation.set_uses(1);
  operation.set_lifetime_seconds(static_cast<std::uint32_t>(lifetime.count()));
  mailbox_.ask(step, std::move(question),
               [this, command, link, lifetime](Step& later, const Response* response,
                                               const std::optional<Failure>& unreachable) {
                 if (unreachable) return later.fail(command, *unreachable);
                 if (response->status() != proto::pb::STATUS_OK) {
                   return later.fail(command, failure(*response));
                 }
                 add_write_keys(later, command, link, lifetime);
               });
}

void Joining::invite_as(Step& step, CommandId command, const proto::LinkSuccessor& successor) {
  auto link = new_link();
  link.successor = successor;
  add_write_keys(step, command, link, kMaxLinkLifetime);
}

proto::Link Joining::new_link() const {
  const auto& identity = *state_.identity;
  proto::Link link{.relay = identity.relay, .invite = {}, .contact = {}};
  link.contact = proto::LinkContact{.account_key = identity.account_key,
                                    .write_secret = crypto::Capability::random(),
                                    .name = identity.name,
                                    .token = crypto::random_array<proto::kTokenBytes>()};
  return link;
}

// To the mailboxes of all our devices; a device that was removed meanwhile refuses, so the answer
// of our own, which comes last, is the one that counts.
void Joining::add_write_keys(Step& step, CommandId command, const proto::Link& link,
                             seconds lifetime) {
  const auto queues = mailboxes(state_);
  for (const auto& queue : queues) {
    const auto key = crypto::write_key(link.contact->write_secret, queue);
    proto::pb::Request question;
    auto& operation = *question.mutable_add_write_key();
    operation.set_queue(to_string(queue.bytes));
    operation.mutable_key()->set_hash(to_string(key.hash()));
    operation.mutable_key()->set_cells(kLinkCells);
    operation.mutable_key()->set_lifetime_seconds(static_cast<std::uint32_t>(lifetime.count()));
    const bool last = &queue == &queues.back();
    mailbox_.ask(step, std::move(question),
                 [this, last, command, link, lifetime](Step& later, const Response* response,
                                                       const std::optional<Failure>& unreachable) {
                   if (last) link_made(later, command, link, lifetime, response, unreachable);
                 });
  }
}

void Joining::link_made(Step& step, CommandId command, const proto::Link& link, seconds lifetime,
                        const Response* response, const std::optional<Failure>& unreachable) {
  if (unreachable) return step.fail(command, *unreachable);
  if (response->status() != proto::pb::STATUS_OK) return step.fail(command, failure(*response));
  proto::pb::LinkRow row;
  row.set_token(to_string(link.contact->token));
  row.set_write_secret(to_string(link.contact->write_secret.bytes()));
  row.set_expires_ms(step.now_ms() + static_cast<std::uint64_t>(milliseconds{lifetime}.count()));
  step.put(RowKind::link, link_id(row.token()), row);
  proto::pb::ApiReply reply;
  if (link.successor) {
    *reply.mutable_succession() = to_api(link);
    reply.mutable_succession()->set_expires_unix_seconds(row.expires_ms() / 1000);
  } else {
    reply.mutable_made_link()->set_link(proto::format_link(link));
    reply.mutable_made_link()->set_expires_unix_seconds(row.expires_ms() / 1000);
  }
  step.finish(command, std::move(reply));
}

}  // namespace bisik::client
