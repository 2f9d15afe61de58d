// Which part answers which command.
#include <algorithm>

#include "client/engine/parts.hpp"
#include "client/engine/sentences.hpp"

namespace bisik::client {

using proto::pb::ApiRequest;

// What is spent on looking for newcomers is part of what the command waits.
void Engine::Parts::send(Step& step, CommandId command, proto::pb::SendCommand request) {
  if (request.timeout_ms() == 0) request.set_timeout_ms(kSendTimeout.count());
  const Time deadline{step.now() + milliseconds{request.timeout_ms()}};
  const auto start = [=, this](Step& later) mutable {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - later.now());
    request.set_timeout_ms(static_cast<std::uint32_t>(std::max(left, milliseconds{1}).count()));
    own_list.before_send(later, command, request.queue() || request.at_ms() != 0,
                         [=, this](Step& seen) { sends.start(seen, command, request); });
  };
  newcomers.look(step, command, {request.recipients().begin(), request.recipients().end()},
                 std::min<milliseconds>(kLookForNewcomer, milliseconds{request.timeout_ms()}),
                 start);
}

void Engine::Parts::ask_about(Step& step, CommandId command, const std::string& name,
                              std::function<void(Step&)> then) {
  newcomers.look(step, command, {name}, kLookForNewcomer, std::move(then));
}

void Engine::Parts::ask_about_all(Step& step, CommandId command, bool look,
                                  std::function<void(Step&)> then) {
  if (!look) return then(step);
  newcomers.look_for_anybody(step, command, kLookForNewcomer, [=, this](Step& later) {
    if (const auto why = why_deaf()) {
      proto::pb::ApiReply reply;
      reply.mutable_notice()->set_sentence(list_as_known(*why));
      later.answer(command, std::move(reply));
    }
    then(later);
  });
}

void Engine::Parts::receive(Step& step, CommandId command,
                            const proto::pb::ReceiveCommand& request) {
  if (!state.joined()) return step.fail(command, not_joined());
  if (const auto key = mailbox.line_key()) state.lines.at(*key).hurry(step.now());
  const auto start = [=, this](Step& later) {
    readers.start(later, command, request, drained(later.now()) ? std::nullopt : why_deaf());
    rollback.tell_untold(later);
  };
  if (request.look()) {
    if (request.follow()) readers.wait(command, request);
    return newcomers.look_for_anybody(step, command, kLookForNewcomer, start);
  }
  if (request.chat().empty()) return start(step);
  ask_about(step, command, request.chat(), start);
}

void Engine::Parts::dispatch(Step& step, CommandId command, const ApiRequest& request) {
  switch (request.command_case()) {
    case ApiRequest::kJoin:
      if (device_joining.any()) return step.fail(command, is_being_linked());
      return joining.join(step, command, request.join());
    case ApiRequest::kInvite:
      return joining.invite(step, command, request.invite());
    case ApiRequest::kAdd:
      return joining.add(step, command, request.add());
    case ApiRequest::kContacts:
      return ask_about_all(step, command, request.contacts().look(),
                           [=, this](Step& later) { questions.contacts(later, command); });
    case ApiRequest::kWhoAmI:
      return questions.who_am_i(step, command, request.who_am_i());
    case ApiRequest::kVerify:
      return ask_about(step, command, request.verify().name(), [=, this](Step& later) {
        questions.verify(later, command, request.verify());
      });
    case ApiRequest::kSend:
      return send(step, command, request.send());
    case ApiRequest::kReceive:
      return receive(step, command, request.receive());
    case ApiRequest::kAck:
      return readers.acknowledge(step, command, request.ack());
    case ApiRequest::kHistory:
      return ask_about(step, command, request.history().chat(), [=, this](Step& later) {
        questions.history(later, command, request.history());
      });
    case ApiRequest::kOutbox:
      return questions.outbox(step, command);
    case ApiRequest::kOutboxCancel:
      return questions.outbox_cancel(step, command, request.outbox_cancel());
    case ApiRequest::kStatus:
      return questions.status(step, command, request.status());
    case ApiRequest::kAccept:
      return people.accept(step, command, request.accept());
    case ApiRequest::kRemove:
      return people.remove(step, command, request.remove());
    case ApiRequest::kBlock:
      return people.block(step, command, request.block());
    case ApiRequest::kLink:
      return device_joining.link(step, command, request.link());
    case ApiRequest::kApprove:
      return linking.approve(step, command, request.approve());
    case ApiRequest::kConfirmDigits:
      return linking.confirm(step, command, request.confirm_digits());
    case ApiRequest::kAcceptLink:
      return device_joining.accept(step, command);
    case ApiRequest::kDevices:
      return linking.devices(step, command);
    case ApiRequest::kAcceptDevices:
      return own_list.accept(step, command);
    case ApiRequest::kRemoveDevice:
      return linking.remove(step, command, request.remove_device());
    default:
      return dispatch_rest(step, command, request);
  }
}

void Engine::Parts::dispatch_rest(Step& step, CommandId command, const ApiRequest& request) {
  switch (request.command_case()) {
    case ApiRequest::kRequests:
      return ask_about_all(step, command, request.requests().look(),
                           [=, this](Step& later) { people.requests(later, command); });
    case ApiRequest::kRepair:
      return people.repair(step, command, request.repair());
    case ApiRequest::kBackup:
      return backup.begin(step, command);
    case ApiRequest::kBackupPart:
      return backup.next(step, command, request.backup_part().backup());
    case ApiRequest::kRestore:
      return restoring.begin(step, command, request.restore());
    case ApiRequest::kRestorePart:
      return restoring.part(step, command, request.restore_part());
    case ApiRequest::kRestoreEnd:
      return restoring.end(step, command, request.restore_end());
    case ApiRequest::kLimits:
      return questions.limits(step, command);
    case ApiRequest::kSuccessor:
      return moving.succeed(step, command, request.successor());
    case ApiRequest::kRename:
      return people.rename(step, command, request.rename());
    case ApiRequest::kReceipts:
      return receipts.set(step, command, request.receipts());
    case ApiRequest::kDeleteHere:
      return deleting.here(step, command, request.delete_here());
    case ApiRequest::kProfile:
      return receipts.call_itself(step, command, request.profile());
    case ApiRequest::kTyping:
      return receipts.type(step, command, request.typing());
    case ApiRequest::kSendReceipt:
      return receipts.send(step, command, request.send_receipt());
    case ApiRequest::kMove:
      return moving.move(step, command, request.move());
    case ApiRequest::kConsumers:
      return readers.consumers(step, command, request.consumers());
    case ApiRequest::kTrace:
      return questions.trace(step, command, request.trace());
    default:
      break;
  }
  step.fail(command, failure(Exit::unexpected, "This bisik does not know that command."));
}

}  // namespace bisik::client
