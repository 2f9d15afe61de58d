#include "client/rpc/describe.hpp"

#include "client/rpc/method.hpp"

namespace bisik::client::rpc {
namespace {

constexpr std::string_view kIntroduction = R"(# JSON-RPC for bots

<!-- Made by `bisik jsonRpc --describe markdown`: change client/rpc, then write this file anew. -->

bisik answers the JSON-RPC 2.0 requests that bots for other terminal messengers send, so that they
run with a bisik account unchanged. There are no phone numbers: `number` is null, `uuid` is the
first 16 bytes of the account id as a version-8 UUID, and a recipient is a contact's name, UUID,
account id or link.

## How it travels

One request, or one array of them, a line; the answers likewise. Everything that is written is
ASCII, the rest is escaped. A line has at most 1 MiB, an array at most 1,000 requests, an id at
most 1,024 bytes. Requests run at the same time and are matched by `id`, a string or a number;
without an `id` there is no answer. 64 requests of a program run at once; what more it sends waits,
unread.

- `bisik -a ACCOUNT jsonRpc` on standard input and output. ACCOUNT is the name of a profile, the
  UUID or the account id. Ends with its input, once everything is answered.
- `bisik daemon --socket [PATH]`: a Unix socket, only for the same user; without PATH `rpc.sock`
  in the profile's folder.
- `bisik daemon --tcp [ADDRESS]`: the same over TCP, at 127.0.0.1:7583 where ADDRESS is absent. The
  first line that a program says is the token.
- `bisik daemon --http [ADDRESS]`, at 127.0.0.1:8080 where ADDRESS is absent: `POST /api/v1/rpc`
  with a body of `application/json` is answered with 200 and the answers, or with 201 and nothing
  if there is no `id` in it; `GET /api/v1/events` is a stream of server-sent events named `receive`
  with `account` and `envelope`, with a comment every 15 seconds; `?account=`, `consumer=`,
  `ack=true` and `since=` mean what they mean for `subscribeReceive`, and 400 says why there is no
  stream of such; `GET /api/v1/check` is 200. The token stands in `Authorization: Bearer TOKEN`.

The token is the line in `rpc.token` in the profile's folder, or in `--token-file FILE`; the daemon
makes it where it is absent. With `--no-token` nobody is asked for one: that serves every user of
this machine, and is refused with an address that others can reach. What a page in a browser asks
is refused, whatever it knows. TLS is the work of a proxy. All ways together serve 32 programs at
once; when another one comes, whoever has connected longest and not shown the token is hung up for
it. An HTTP connection is closed behind the answer to a request without the token.

The param `account` may be given with every method: the name of a profile, the UUID, the account
id, or what the account calls itself. Of a daemon with one profile, and of `jsonRpc`, it must then
be this account.

## Several accounts

`bisik daemon -a alice -a helper --socket`, or `--all`, serves several profiles in one process. A
program then says with each request in `account` which one it means; without it a request is -32602,
as it is with an account that is not served here. `version` and `listAccounts` need none, and
`subscribeReceive` without it is of all of them, under one number. Messages come of all, and say in
`account` whose they are. Cursors and ids of messages are of one account each. `rpc.sock` and
`rpc.token` are in the folder above the profiles, `~/.local/share/bisik`, where no other place is
named. If a profile is served no more, its requests are answered with -32603, and a notification
with an `exception` says so once; the others go on. Linking takes a daemon of that profile alone.

## Messages

With `--receive-mode on-start`, the default, and `on-connection` messages come by themselves:

    {"jsonrpc":"2.0","method":"receive",
     "params":{"account":"...","envelope":{...},"id":"bob/7","cursor":112}}

With `manual` after `subscribeReceive`, and then the same below `result`:

    {"jsonrpc":"2.0","method":"receive",
     "params":{"subscription":0,"result":{"account":"...","envelope":{...}}}}

The two differ while no program is connected to the daemon: with `on-start` it fetches what the
relay has, with `on-connection` it does not. Either way messages stay in the inbox until somebody
takes them, and each program that is connected is told of each.

A message counts as received when the line that shows it was written to the program. Whoever wants
to be sure that it was also handled gives `ack` or `since` to `subscribeReceive`, or `since` to
`receive`: then a message comes again, after whatever was killed, until `ack` names it or a later
`since` is not before it. Cursors rise; a program that keeps the last one it has handled, and gives
it as `since`, handles each message once.

Several programs may each have everything: with `consumer` in `receive`, `subscribeReceive`, `ack`
and the query of `/api/v1/events` a program receives under a name of its own, as with
`bisik receive --consumer`. What it has not acknowledged stays for it, whatever is killed and
whatever others acknowledge; a name that is new begins with what nobody has received yet.
`bisik consumers remove NAME` forgets one.

`envelope`: `source` and `sourceUuid` (the UUID), `sourceNumber` (null), `sourceName` (your name
for the contact), `sourceDevice` (null), `timestamp` (the sender's clock, milliseconds),
`serverReceivedTimestamp` (null: no relay tells), `serverDeliveredTimestamp` (when it came here),
and `dataMessage` with `timestamp`, `message` (null where there is no text), `expiresInSeconds` (0),
`viewOnce` (false) and, where they are said, `quote`, `reaction` or `remoteDelete`; or `editMessage`
with `targetSentTimestamp` and such a `dataMessage`. A message is named by its author and its
timestamp. `receiptMessage` (`when`, `isDelivery`, `isRead`, `isViewed`, `timestamps`) and
`typingMessage` (`action` STARTED or STOPPED, `timestamp`) have neither id nor cursor: they are said
as they happen, as notifications only, and not again; of those that are not read 256 are. So is
`syncMessage`, of what another device of this account wrote: `source` is then this account, and
`sentMessage` has `destination` and `destinationUuid`, `destinationNumber` (null), and what
`dataMessage` has, or `editMessage`; what was written before this device was linked is not shown.
Of what another device has read of a contact's, `syncMessage` has `readMessages` instead: `sender`
and `senderUuid`, `senderNumber` (null) and `timestamp` of each. Receipts come to each device,
whichever has written the message. If receiving fails, `exception` with `message` and `type`
stands beside an envelope of nobody.

## Linking

`bisik daemon --socket --link RELAY`, or `jsonRpc --link RELAY`, makes the profile where there is
none, and a program makes it a device of an account, over a stream that stays (not over HTTP):

1. `startLink` answers `deviceLinkUri`, which the first device approves: `bisik link --approve`, or
   `addDevice` there. It is shown to nobody else.
2. `finishLink`, with that, waits. It may be called at once; the end that came is kept for it.
3. When the first device has answered, the program hears this, and shows the digits to the person,
   who types them at the first device; they are right only if nobody stands between the two:

    {"jsonrpc":"2.0","method":"linkDigits",
     "params":{"deviceLinkUri":"...","digits":"482 913","account":"..."}}

4. When the first device says that it has linked this one, the person says so here: `acceptLink`.
   Whoever has seen the code could otherwise make this a device of an account of his own. A program
   that knows its account gives `expectedAccount` to `finishLink` instead: nothing is taken from
   another one, which is -4, and nobody has to say anything here.

A code is good for 14 minutes, and no longer than the program stays connected.

## Errors

| code | meaning |
| --- | --- |
| -32700 | not JSON, not UTF-8, nested deeper than 16, or a line that is too long |
| -32600 | not a request |
| -32601 | Method not implemented |
| -32602 | params of the wrong kind, one missing, an account that is not served here |
| -32603 | damaged profile, disk failure, a defect |
| -1 | you can mend it |
| -3 | relay or network |
| -4 | a key is not the one that was trusted: all recipients |
| -5 | too much at once: all recipients |
| -6 | refused by the relay or the other side |
| -7 | an `idempotencyKey` that names another message: nothing was sent to anybody |

`error.data` is null, or `{"response": ...}` with what the method would have answered. `send` fails
only if it reached nobody; otherwise `results` has one entry for each recipient with a `type`:
`SUCCESS`, `NETWORK_FAILURE`, `UNREGISTERED_FAILURE`, `IDENTITY_FAILURE`, `RATE_LIMIT_FAILURE`.
Where the message that is named (`targetTimestamp`, `editTimestamp`) is not there, or cannot be what
is asked of it, that is -1 without `data`: no recipient is at fault. Of several recipients those who
lack it while others were reached are `UNREGISTERED_FAILURE`.

## Methods

A list may be one value, under the singular or the plural name. null is as if it were absent, and
params that are not named here are ignored. A param that has no meaning yet is refused with -1
unless it is empty or false, so that nothing is sent without what it was meant to carry; what only
adorns a text (`textStyle`, `mention`, `quoteMessage`, `previewUrl` and their like) is ignored.
The timestamp that `send` answers is the same for all recipients, and no other message of this
device has it.
)";

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::text:
      return "string";
    case Kind::integer:
    case Kind::amount:
      return "number";
    case Kind::seconds:
      return "seconds";
    case Kind::flag:
      return "boolean";
    case Kind::texts:
      return "strings";
    case Kind::integers:
      return "numbers";
    case Kind::later:
      return "not yet";
  }
  return "";
}

std::string names_of(const Param& param) {
  std::string names = "`" + std::string{param.name} + "`";
  if (!param.plural.empty()) names += ", `" + std::string{param.plural} + "`";
  return names;
}

std::string section(const Method& method) {
  std::string text = "\n### " + std::string{method.name} + "\n\n" + std::string{method.doc} +
                     "\n\nAnswers `" + std::string{method.result} + "`.\n";
  if (method.params.empty()) return text;
  text += "\n| param | kind | |\n| --- | --- | --- |\n";
  for (const auto& param : method.params) {
    text += "| " + names_of(param) + " | " + std::string{kind_name(param.kind)} +
            (param.required ? ", required" : "") + " | " + std::string{param.doc} + " |\n";
  }
  return text;
}

Json one_or_many(std::string_view type) {
  const Json one{{"type", type}};
  return {{"oneOf", Json::array({one, Json{{"type", "array"}, {"items", one}}})}};
}

Json schema_of(Kind kind) {
  switch (kind) {
    case Kind::text:
      return {{"type", "string"}};
    case Kind::integer:
      return {{"type", "integer"}, {"minimum", 0}};
    case Kind::amount:
      return {{"type", "integer"}};
    case Kind::seconds:
      return {{"type", "number"}};
    case Kind::flag:
      return {{"type", "boolean"}};
    case Kind::texts:
      return one_or_many("string");
    case Kind::integers:
      return one_or_many("integer");
    case Kind::later:
      break;
  }
  return Json::object();
}

Json to_json(const Param& param) {
  return {{"name", param.name},
          {"summary", param.doc},
          {"required", param.required},
          {"schema", schema_of(param.kind)}};
}

Json to_json(const Method& method) {
  Json params = Json::array();
  for (const auto& param : method.params) params.push_back(to_json(param));
  const Json result{{"name", "result"}, {"summary", method.result}, {"schema", Json::object()}};
  return {{"name", method.name},
          {"summary", method.doc},
          {"paramStructure", "by-name"},
          {"params", params},
          {"result", result}};
}

}  // namespace

std::string reference_page() {
  std::string page{kIntroduction};
  for (const auto& method : methods()) page += section(method);
  return page;
}

Json openrpc_document() {
  Json all = Json::array();
  for (const auto& method : methods()) all.push_back(to_json(method));
  const Json about{{"title", "bisik"}, {"version", BISIK_VERSION}};
  return {{"openrpc", "1.2.6"}, {"info", about}, {"methods", all}};
}

}  // namespace bisik::client::rpc
