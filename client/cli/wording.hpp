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

[[nodiscard]] Json to_json(const proto::pb::Message& message);
[[nodiscard]] Json to_json(const proto::pb::ContactEntry& contact);
[[nodiscard]] Json to_json(const proto::pb::WhoAmI& who);
[[nodiscard]] Json to_json(const proto::pb::Failure& failure);

// What protects a chat, as a label: "e2e ✓ verified · post-quantum".
struct Badge {
  SafeText text;
  Style style;
};
[[nodiscard]] Badge badge(proto::pb::Trust trust);

// Local time: "14:03" today, else "21 Nov 14:03".
[[nodiscard]] SafeText clock_time(std::uint64_t unix_milliseconds);

// One message as people read it: time, who, text; of ours a check mark when the relay has it, else
// what its state is.
void print(Output& out, const proto::pb::Message& message);

}  // namespace bisik::client
