// The part of the table of commands that sends messages and shows them.
#include "client/cli/commands.hpp"
#include "client/cli/declare.hpp"
#include "client/cli/ranges.hpp"

namespace bisik::client {

void declare_writing(CLI::App& app, CommandLine& line) {
  auto& sending = declare(app, "send", "Send a message; done when the relay has it on its disk",
                          "bisik send bob 'hello'\n  uptime | bisik send bob alice -");
  auto options = run_with(sending, line, send);
  takes_words(
      *sending.add_option("WORDS", options->words,
                          "One or more people, then the text; '-' or nothing: standard input"))
      .type_name("TO... [TEXT|-]")
      ->required();
  auto* queue =
      sending.add_flag("--queue", options->queue, "Without a network, keep it and send it later");
  sending.add_option("--timeout", options->timeout, "Give up after so many seconds")
      ->check(number_from(0.001, 86'400.0))
      ->type_name("S");
  sending
      .add_option("--idempotency-key", options->idempotency_key,
                  "A name for this message: sending it again with the same name sends it once")
      ->type_name("KEY");
  auto* at = sending.add_option(
      "--at", options->at,
      "Keep it and send it then: 30m, 18:30, 2026-12-01T09:00, also with Z or +02:00");
  at->type_name("TIME");
  sending.add_option("--reply", options->reply, "The message that this is an answer to")
      ->type_name("ID");
  sending.add_option("--wait", options->wait, "Until the receiver says so: delivered, or read")
      ->check(CLI::IsMember({"delivered", "read"}))
      ->excludes(queue)
      ->excludes(at)
      ->type_name("WHAT");
  sending.add_flag("--timing", options->timing, "Say where the time went");

  auto& waiting = declare(app, "outbox", "List what waits to be sent", "bisik outbox");
  waiting.require_subcommand(0, 1);
  waiting.callback([&waiting, &line] {  // runs after that of `cancel`
    if (waiting.get_subcommands().empty()) line.command = outbox;
  });
  auto& cancelling = declare(waiting, "cancel", "Take a message back that has not left",
                             "bisik outbox cancel bob/7");
  auto cancel_options = run_with(cancelling, line, outbox_cancel);
  cancelling.add_option("ID", cancel_options->id, "The message, as the outbox shows it")
      ->required();
}

void declare_reading(CLI::App& app, CommandLine& line) {
  auto& receiving =
      declare(app, "receive", "Show new messages, each once", "bisik receive --json --timeout 30");
  auto options = run_with(receiving, line, receive);
  receiving
      .add_option("--timeout", options->timeout, "Wait for messages until none came for so long")
      ->check(number_from(0.0, 86'400.0 * 365))
      ->type_name("S");
  receiving.add_option("--max", options->max, "End after so many")
      ->check(number_from(1U, UINT32_MAX))
      ->type_name("N");
  receiving.add_flag("--follow,-f", options->follow,
                     "Go on until interrupted, or until --timeout or --max say so");
  receiving.add_flag("--ack", options->keep, "Show them again until `bisik ack` names them");
  receiving.add_option("--chat", options->chat, "Only from this person")->type_name("NAME");
  receiving
      .add_option("--consumer", options->consumer,
                  "What this consumer has not acknowledged: each name has a place of its own")
      ->type_name("NAME");
  receiving
      .add_option("--since", options->since,
                  "What is behind this cursor, all up to it being acknowledged; or what came since "
                  "this time: 2h, 18:30, 2026-12-01")
      ->type_name("CURSOR|TIME");

  auto& acknowledging = declare(app, "ack", "Acknowledge what receive --ack showed",
                                "bisik ack bob/7 bob/8\n  bisik ack --cursor 112");
  auto ack_options = run_with(acknowledging, line, acknowledge);
  takes_words(*acknowledging.add_option("ID", ack_options->ids, "Messages by their ids"));
  acknowledging.add_option("--cursor", ack_options->cursor, "Everything up to this cursor")
      ->check(number_from(std::uint64_t{1}, UINT64_MAX))
      ->type_name("N");
  acknowledging
      .add_option("--consumer", ack_options->consumer, "As the consumer that it was shown to")
      ->type_name("NAME");

  auto& remembering = declare(app, "history", "Show a conversation", "bisik history bob --last 20");
  auto history_options = run_with(remembering, line, history);
  remembering.add_option("NAME", history_options->name, "With whom")->required();
  remembering.add_option("--last", history_options->last, "Only the last ones")
      ->check(number_from(1U, UINT32_MAX))
      ->type_name("N");

  auto& chatting = declare(app, "chat", "Read and write at the same time", "bisik chat bob");
  auto chat_options = run_with(chatting, line, chat);
  chatting.add_option("NAME", chat_options->name, "With whom")->required();
  chatting.add_flag("--plain", chat_options->plain,
                    "Lines only: for screen readers and serial lines");
  chatting.add_flag("--no-typing", chat_options->no_typing,
                    "Do not let them know that you are typing");
}

}  // namespace bisik::client
