// Every command of bisik: its options, and what runs it. The options are declared to the command
// line in table.cpp; each command is in the file of its name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/context.hpp"
#include "client/problem.hpp"

namespace bisik::client {

struct JoinOptions {
  std::string link;
  std::string name;
  bool passphrase = false;
};
ExitCode join(Context& context, const JoinOptions& options);

struct InviteOptions {
  std::string expires;
  bool contact_only = false;
};
ExitCode invite(Context& context, const InviteOptions& options);

struct AddOptions {
  std::string link;
  std::string name;
};
ExitCode add(Context& context, const AddOptions& options);

ExitCode contacts(Context& context);

struct WhoAmIOptions {
  bool server_view = false;
};
ExitCode whoami(Context& context, const WhoAmIOptions& options);

struct VerifyOptions {
  std::string name;
  bool confirm = false;
  bool withdraw = false;
};
ExitCode verify(Context& context, const VerifyOptions& options);

struct TrustOptions {
  std::string name;
};
ExitCode trust(Context& context, const TrustOptions& options);

struct LinkOptions {
  std::string relay;
  std::string code;  // of the new device: this is the first one, and approves
  bool no_history = false;
  bool passphrase = false;
};
ExitCode link(Context& context, const LinkOptions& options);

ExitCode devices(Context& context);
ExitCode accept_devices(Context& context);
struct RemoveDeviceOptions {
  std::uint32_t number = 0;
};
ExitCode remove_device(Context& context, const RemoveDeviceOptions& options);

struct BackupOptions {
  std::string file;
  bool force = false;  // replaces what is there
};
ExitCode backup(Context& context, const BackupOptions& options);

struct RestoreOptions {
  std::string file;
  std::string code_file;  // empty: the code is read from standard input
  bool passphrase = false;
};
ExitCode restore(Context& context, const RestoreOptions& options);

struct MoveOptions {
  std::string link;  // empty: shows what the new profile needs
  bool yes = false;
};
ExitCode move_account(Context& context, const MoveOptions& options);

struct SuccessorOptions {
  std::string of;
};
ExitCode successor(Context& context, const SuccessorOptions& options);
// For a person at a terminal: who among the contacts waits for an answer to having moved.
void hint_of_moves(Context& context);

ExitCode requests(Context& context);

struct AcceptOptions {
  std::string name;
  std::string new_name;
  bool refuse = false;  // the new key of a contact
};
ExitCode accept(Context& context, const AcceptOptions& options);

struct RenameOptions {
  std::string name;
  std::string new_name;
};
ExitCode rename(Context& context, const RenameOptions& options);

struct RemoveOptions {
  std::string name;  // or a message's id
  bool yes = false;
  bool for_everyone = false;
};
ExitCode remove(Context& context, const RemoveOptions& options);

struct BlockOptions {
  std::string name;
  bool now = false;
};
ExitCode block(Context& context, const BlockOptions& options);

struct UnblockOptions {
  std::string name;
};
ExitCode unblock(Context& context, const UnblockOptions& options);

struct RepairOptions {
  std::string name;
};
ExitCode repair(Context& context, const RepairOptions& options);

struct SendOptions {
  std::vector<std::string> words;  // recipients, then the text
  bool queue = false;
  bool timing = false;
  double timeout = 0;  // seconds; 0: the engine's default
  std::string idempotency_key;
  std::string at;     // a moment; empty: now
  std::string wait;   // delivered, read; empty: only for the relay
  std::string reply;  // the id of a message
};
ExitCode send(Context& context, const SendOptions& options);

struct ReactOptions {
  std::string id;
  std::string emoji;
  bool remove = false;
};
ExitCode react(Context& context, const ReactOptions& options);

struct EditOptions {
  std::string id;
  std::string text;
};
ExitCode edit(Context& context, const EditOptions& options);
ExitCode delete_for_everyone(Context& context, const std::string& id);
ExitCode delete_here(Context& context, const std::string& id);

struct TypingOptions {
  std::vector<std::string> names;
  bool stop = false;
};
ExitCode typing(Context& context, const TypingOptions& options);

struct ProfileOptions {
  std::string name;
};
ExitCode profile(Context& context, const ProfileOptions& options);

struct ReceiptsOptions {
  std::string name;
  std::string delivery;  // on, off; empty: as it is
  std::string read;      // the same
  std::string typing;    // the same
};
ExitCode receipts(Context& context, const ReceiptsOptions& options);

struct ReceiveOptions {
  std::optional<double> timeout;  // seconds
  std::uint32_t max = 0;          // 0: no limit
  bool follow = false;
  bool keep = false;  // --ack: until acknowledged
  std::string chat;
  std::string consumer;
  std::string since;  // a cursor or a moment
};
ExitCode receive(Context& context, const ReceiveOptions& options);

struct AckOptions {
  std::vector<std::string> ids;
  std::uint64_t cursor = 0;
  std::string consumer;
};
ExitCode acknowledge(Context& context, const AckOptions& options);

ExitCode consumers(Context& context);
struct RemoveConsumerOptions {
  std::string name;
};
ExitCode remove_consumer(Context& context, const RemoveConsumerOptions& options);

struct HistoryOptions {
  std::string name;
  std::uint32_t last = 0;
};
ExitCode history(Context& context, const HistoryOptions& options);

struct ChatOptions {
  std::string name;
  bool plain = false;
  bool no_typing = false;  // nobody is told that a line is being typed
};
ExitCode chat(Context& context, const ChatOptions& options);

ExitCode outbox(Context& context);
struct OutboxCancelOptions {
  std::string id;
};
ExitCode outbox_cancel(Context& context, const OutboxCancelOptions& options);

struct TraceOptions {
  std::string id;
};
ExitCode trace(Context& context, const TraceOptions& options);

// Bots are handed messages as soon as they are there.
inline constexpr const char* kUsualReceiveMode = "on-start";

struct DaemonOptions {
  bool all = false;                   // profiles that have names
  std::optional<std::string> socket;  // empty: in the profile's folder
  std::optional<std::string> tcp;     // empty: the usual address
  std::optional<std::string> http;    // the same
  std::optional<std::string> token_file;
  bool no_token = false;
  std::string receive_mode = kUsualReceiveMode;
  std::string link;                     // the relay of the account that a bot links
  std::optional<std::string> exec;      // a program that is handed messages
  std::vector<std::string> exec_words;  // its arguments
  std::optional<std::string> webhook;   // an address that is
  std::string webhook_secret;           // empty: in the profile's folder
  std::string webhook_ca;               // empty: the system's certificates
  std::string consumer;                 // empty: exec, or webhook
  std::optional<std::size_t> parallel;  // messages at once
  std::optional<double> takes;          // seconds, one message
};
ExitCode daemon(Context& context, const DaemonOptions& options);

struct JsonRpcOptions {
  std::string receive_mode = kUsualReceiveMode;
  std::string link;                     // the relay of the account that the bot links
  std::optional<std::string> describe;  // openrpc or markdown
};
ExitCode json_rpc(Context& context, const JsonRpcOptions& options);

ExitCode demo(Context& context);
ExitCode doctor(Context& context);
ExitCode limits(Context& context);
ExitCode version(Context& context);
[[nodiscard]] const char* version_words();

// `bisik` alone: asks what to begin with; where there is nobody to ask, shows `help` and fails.
ExitCode welcome(Context& context, const std::string& help);

}  // namespace bisik::client
