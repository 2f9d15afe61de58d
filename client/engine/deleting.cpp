#include "client/engine/deleting.hpp"

#include "client/engine/seen.hpp"
#include "client/engine/sentences.hpp"

namespace bisik::client {
namespace {

bool waits_to_be_sent(const proto::pb::MessageRow& row) {
  return row.state() == proto::pb::MESSAGE_STATE_WAITING ||
         row.state() == proto::pb::MESSAGE_STATE_UNCONFIRMED;
}

}  // namespace

void Deleting::here(Step& step, CommandId command, const proto::pb::DeleteHereCommand& request) {
  const auto row = find_message(state_, request.id());
  if (!row || row->deleted_here()) return step.fail(command, no_message(request.id()));
  if (!is_of_its_own(*row)) return step.fail(command, is_about_another(request.id()));
  if (waits_to_be_sent(*row)) return step.fail(command, waits_still(request.id()));
  for (const auto& gone : amendments_.delete_here(step, *row)) readers_.forget(step, gone);
  step.done(command);
}

bool is_left_out(const State& state, const crypto::AccountId& chat,
                 const proto::pb::MessageRow& row) {
  if (row.deleted_here() || is_of_its_own(row)) return row.deleted_here();
  const auto number = number_seen(state, chat, row.about().id());
  const auto about = number == 0 ? std::nullopt : state.message(chat, number);
  return about && about->deleted_here();
}

}  // namespace bisik::client
