// Writes the first inputs for the fuzz targets of proto:
//
//     bisik_proto_corpus tests/fuzz/corpus
//
// Run it when a message changes, and commit what it writes. Two runs write the same files.

#include <filesystem>
#include <fstream>
#include <iostream>

#include "crypto/sodium.hpp"
#include "proto/connection.hpp"
#include "proto/frame.hpp"
#include "proto/link.hpp"
#include "tests/proto/messages.hpp"

namespace bisik::proto {
namespace {

class Corpus {
 public:
  explicit Corpus(std::filesystem::path root) : root_{std::move(root)} {}

  void add(const char* target, const std::string& name, ByteView bytes) const {
    std::filesystem::create_directories(root_ / target);
    std::ofstream file{root_ / target / name, std::ios::binary};
    file.exceptions(std::ios::failbit | std::ios::badbit);
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }

 private:
  std::filesystem::path root_;
};

crypto::DhKeyPair key_pair(std::uint8_t fill) {
  return crypto::DhKeyPair::from(
      crypto::DhSecretKey::fill([fill](auto out) { std::ranges::fill(out, fill); }));
}

void add_requests(const Corpus& corpus) {
  auto registration = register_request();
  auto& keys = *registration.mutable_register_()->mutable_one_time_keys();
  keys.set_classical(filled(crypto::OneTimeKeyEntry::kSize));
  keys.clear_post_quantum();
  corpus.add("request", "register", encode(registration));
  corpus.add("request", "send_cell", encode(send_request()));
  corpus.add("request", "knock", encode(knock_request()));
  pb::Request list;
  list.mutable_publish_list()->set_device_list(filled(crypto::DeviceList::kFixedSize + 236));
  list.mutable_publish_list()->set_publication(filled(64));
  corpus.add("request", "publish_list", encode(list));

  pb::Request acknowledge;
  acknowledge.mutable_acknowledge()->set_queue(kId);
  for (std::uint64_t i = 1; i <= 3; ++i) {
    auto& item = *acknowledge.mutable_acknowledge()->add_items();
    item.set_sequence(i);
    item.set_envelope_id(filled(16));
  }
  corpus.add("request", "acknowledge", encode(acknowledge));
  pb::Request invite;
  invite.mutable_create_invite()->set_token_hash(kId);
  invite.mutable_create_invite()->set_uses(1);
  invite.mutable_create_invite()->set_lifetime_seconds(86'400);
  corpus.add("request", "create_invite", encode(invite));
  pb::Request fetch;
  fetch.mutable_fetch_bundle()->set_account(kId);
  fetch.mutable_fetch_bundle()->set_one_time_keys(true);
  corpus.add("request", "fetch_bundle", encode(fetch));
}

// Several devices: linking, copies between them, the trace of an older state.
void add_device_requests(const Corpus& corpus) {
  corpus.add("request", "add_device", encode(add_device_request()));
  pb::Request queue;
  fill(*queue.mutable_create_queue());
  queue.mutable_create_queue()->set_kind(pb::QUEUE_KIND_RENDEZVOUS);
  corpus.add("request", "create_rendezvous", encode(queue));
  pb::Request subscribe;
  subscribe.mutable_subscribe()->set_queue(kId);
  subscribe.mutable_subscribe()->set_read_key(kId);
  corpus.add("request", "subscribe", encode(subscribe));
  pb::Request epoch;
  epoch.mutable_raise_state_epoch()->set_epoch(filled(kStateEpochBytes));
  corpus.add("request", "raise_state_epoch", encode(epoch));
}

void add_grants(const Corpus& corpus) {
  corpus.add("request", "draw_grants", encode(draw_grants_request()));
  corpus.add("request", "create_group_queue", encode(create_group_queue_request()));
  corpus.add("request", "read_group_queue", encode(read_group_queue_request()));
  corpus.add("from_relay", "group_cells", encode(group_cells()));
}

void add_replies(const Corpus& corpus) {
  corpus.add("from_relay", "push", encode(push()));
  corpus.add("from_relay", "done", encode(response()));

  auto epoch = response();
  epoch.mutable_response()->mutable_state_epoch()->set_epoch(filled(kStateEpochBytes));
  corpus.add("from_relay", "state_epoch", encode(epoch));

  auto bundles = response();
  auto& result = *bundles.mutable_response()->mutable_bundles();
  result.add_device_lists(filled(crypto::DeviceList::kFixedSize));
  result.add_devices()->set_number(1);
  result.mutable_devices(0)->set_bundle(filled(crypto::Bundle::kSize));
  corpus.add("from_relay", "bundles", encode(bundles));

  auto rows = response();
  auto& row = *rows.mutable_response()->mutable_rows()->add_rows();
  row.set_table("queues");
  row.add_fields()->set_name("cells");
  row.mutable_fields(0)->set_value("17");
  corpus.add("from_relay", "rows", encode(rows));

  auto limits = response();
  auto& limit = *limits.mutable_response()->mutable_limits()->add_limits();
  limit.set_name("cell_bytes");
  limit.set_value(kLargeCellBytes);
  corpus.add("from_relay", "limits", encode(limits));
}

void add_amendments(const Corpus& corpus) {
  using pb::Reference;
  auto reply = text("yes");
  auto& about = *reply.mutable_text()->mutable_about();
  about.set_kind(Reference::KIND_REPLY);
  about.set_id(filled(16));
  about.set_timestamp_ms(1);
  about.set_text("shall we?");
  corpus.add("content", "reply", encode(reply));
  auto edit = reply;
  edit.mutable_text()->mutable_about()->set_kind(Reference::KIND_EDIT);
  edit.mutable_text()->mutable_about()->clear_text();
  corpus.add("content", "edit", encode(edit));
  auto deletion = edit;
  deletion.mutable_text()->clear_body();
  deletion.mutable_text()->mutable_about()->set_kind(Reference::KIND_DELETION);
  corpus.add("content", "deletion", encode(deletion));
  auto reaction = deletion;
  reaction.mutable_text()->mutable_about()->set_kind(Reference::KIND_REACTION);
  reaction.mutable_text()->mutable_about()->set_text("\u2764");
  reaction.mutable_text()->mutable_about()->set_of_other(true);
  corpus.add("content", "reaction", encode(reaction));
  auto receipt = text("");
  receipt.mutable_receipt()->add_delivered(filled(16));
  receipt.mutable_receipt()->add_read(filled(16));
  corpus.add("content", "receipt", encode(receipt));
  auto typing = text("");
  typing.mutable_typing()->set_stopped(true);
  corpus.add("content", "typing", encode(typing));
}

void add_contents(const Corpus& corpus) {
  auto content = longest_content();
  content.mutable_text()->set_body("hello \u20ac");
  corpus.add("content", "first", encode(content));
  corpus.add("content", "text", encode(text("hello")));
  auto repair = text("hello");
  *repair.mutable_repair() = longest_content().repair();
  corpus.add("content", "repair", encode(repair));
  auto successor = text("hello");
  fill(*successor.mutable_successor());
  corpus.add("content", "successor", encode(successor));
  add_amendments(corpus);
}

void add_links(const Corpus& corpus) {
  const auto capability = crypto::Capability::parse(crypto::as_bytes(kId)).value();
  Link link{{"chat.example.org", kDefaultPort, key_pair(1).public_key}, std::nullopt, std::nullopt};
  corpus.add("link", "address", crypto::as_bytes(format_link(link)));
  link.invite = capability;
  corpus.add("link", "invite", crypto::as_bytes(format_link(link)));
  link.contact = LinkContact{{}, capability, "Alice", {}};
  link.relay.host = "2001:db8::1";
  corpus.add("link", "contact", crypto::as_bytes(format_link(link)));
  link.invite.reset();
  link.successor = LinkSuccessor{{}, {}, {}};
  corpus.add("link", "successor", crypto::as_bytes(format_link(link)));
  Link mover{link.relay, std::nullopt, std::nullopt};
  mover.mover = crypto::VerifyKey{};
  corpus.add("link", "mover", crypto::as_bytes(format_link(mover)));
}

void add_handshakes(const Corpus& corpus) {
  const auto relay = key_pair(1).public_key;
  const auto prologue = crypto::as_bytes("bisik");
  pb::Opening opening;
  opening.add_versions(kVersion);
  const auto payload = encode(opening);
  const auto fixed = [&] { return HandshakeSetup::fixed_for_tests(prologue, key_pair(3)); };
  const auto add = [&](const char* name, std::uint8_t reader, ByteView bytes) {
    Bytes input(1 + bytes.size(), reader);
    std::ranges::copy(bytes, input.begin() + 1);
    corpus.add("noise_handshake", name, input);
  };
  const auto nk = start_nk(relay, payload, fixed());
  const auto xk = start_xk(relay, key_pair(2), payload, fixed());
  add("opening", 0, OpeningMac{relay}.wrap(Pattern::nk, nk->message));
  add("nk", 1, nk->message);
  add("xk", 2, xk->message);
  add("identity", 3, Bytes(kIdentityBytes));
  add("answer", 4, Bytes(100));
  add("versions", 5, payload);
}

void add_records(const Corpus& corpus) {
  corpus.add("records", "raw", Bytes{0, 255, 0, 16, 1, 2, 3});
  corpus.add("records", "lengths", Bytes{1, 3, 0, 1, 2, 100, 255});
}

}  // namespace
}  // namespace bisik::proto

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: bisik_proto_corpus FOLDER\n";
    return 2;
  }
  bisik::crypto::initialise();
  const bisik::proto::Corpus corpus{argv[1]};
  bisik::proto::add_requests(corpus);
  bisik::proto::add_device_requests(corpus);
  bisik::proto::add_grants(corpus);
  bisik::proto::add_replies(corpus);
  bisik::proto::add_contents(corpus);
  bisik::proto::add_links(corpus);
  bisik::proto::add_handshakes(corpus);
  bisik::proto::add_records(corpus);
}
