// Whatever a program says over JSON-RPC: what is said back is JSON in ASCII, every request that was
// begun ends, and no more of them run than may.
#include <algorithm>
#include <cassert>

#include "client/rpc/conversation.hpp"
#include "client/rpc/limits.hpp"
#include "client/rpc/lines.hpp"
#include "crypto/sodium.hpp"

namespace {

using namespace bisik;
using client::rpc::Conversation;

// What is said to whoever links, before that ends.
void show_link(Conversation& conversation, std::uint64_t number) {
  proto::pb::ApiReply reply;
  reply.set_number(number);
  reply.mutable_made_link()->set_link("bisik://x");
  conversation.reply(reply);
  reply.mutable_link_digits()->set_digits("482 913");
  reply.mutable_link_digits()->set_account(std::string(32, '\x11'));
  conversation.reply(reply);
}

// An owner that has nothing to say, but for messages: those never come.
bool answer_all(Conversation& conversation, std::size_t party) {
  const auto requests = conversation.take_requests(party);
  assert(requests.size() <= client::rpc::kMaxAsked);
  for (const auto& request : requests) {
    if (request.has_receive() && request.receive().follow()) continue;
    if (request.has_link()) show_link(conversation, request.number());
    proto::pb::ApiReply reply;
    reply.set_number(request.number());
    reply.set_last(true);
    reply.mutable_done();
    conversation.reply(reply, party);
  }
  return !requests.empty();
}

void answer_all(Conversation& conversation, const std::vector<std::string>& accounts) {
  for (bool answered = true; answered;) {
    answered = false;
    for (std::size_t each = 0; each < accounts.size(); ++each) {
      answered = answer_all(conversation, each) || answered;
      (void)conversation.take_cancels(each);
    }
  }
}

std::uint64_t check_output(Conversation& conversation) {
  const auto output = conversation.take_output();
  for (const auto& line : output) {
    assert(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; }));
    assert(client::rpc::Input::accept(line));
  }
  return output.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  crypto::initialise();
  client::rpc::Lines lines{client::rpc::kMaxLineBytes};
  lines.add({reinterpret_cast<const char*>(data), size});
  lines.finish();
  const std::vector<std::string> all{"alice", "helper"};
  const std::vector<std::string> accounts{all.begin(), all.end() - (size % 4 < 2 ? 1 : 0)};
  Conversation conversation{{.receives = size % 2 == 0, .accounts = accounts}};
  answer_all(conversation, accounts);
  std::uint64_t said = 0;
  while (const auto line = lines.next()) {
    conversation.hear(line->text);
    answer_all(conversation, accounts);
    said += check_output(conversation);
    conversation.written(said);
    answer_all(conversation, accounts);
    assert(conversation.wants_input() && conversation.idle());
  }
  return 0;
}
