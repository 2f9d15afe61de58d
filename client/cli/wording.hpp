// How what the owner of a profile says is put into words and into JSON. The JSON names and values
// are a contract (docs/scripting.md).
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>

#include "client/cli/output.hpp"
#include "proto/api.pb.h"

namespace bisik::client {

using Json = nlohmann::ordered_json;

[[nodiscard]] Literal word(proto::pb::Trust trust);
[[nodiscard]] Literal word(proto::pb::MessageState state);
[[nodiscard]] Literal word(proto::pb::ContactState state);

// Of a contact: what is to be known of it before anything else.
[[nodiscard]] Literal state_word(const proto::pb::ContactEntry& contact);

[[nodiscard]] Json to_json(const proto::pb::Message& message);
[[nodiscard]] Json to_json(const proto::pb::ContactEntry& contact);
[[nodiscard]] Json to_json(const proto::pb::WhoAmI& who);
[[nodiscard]] Json to_json(const proto::pb::Failure& failure);
[[nodiscard]] Json to_json(const proto::pb::Succession& succession);

// What protects a chat, as a label: "e2e ✓ verified · post-quantum".
struct Badge {
  SafeText text;
  Style style;
};
[[nodiscard]] Badge badge(proto::pb::Trust trust);
// Behind it, of a contact who goes on under another key; otherwise nothing.
[[nodiscard]] Badge badge(proto::pb::Move move);

// Local time: "14:03" today, else "21 Nov 14:03", in another year "21 Nov 2027 14:03".
[[nodiscard]] SafeText clock_time(std::uint64_t unix_milliseconds);

// A safety number: 12 groups of five, spaces between, four a line.
void print_digits(Output& out, const std::string& digits);

// One message as people read it: time, its id, who, text; of ours a check mark when the relay has
// it, else what its state is.
void print(Output& out, const proto::pb::Message& message);

}  // namespace bisik::client
