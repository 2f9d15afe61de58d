#include "client/engine/outbox_row.hpp"

#include "crypto/random.hpp"

namespace bisik::client {

proto::pb::OutboxRow new_outbox_row(Step& step, State& state, const Contact& contact,
                                    crypto::DeviceNumber device, crypto::ByteView content) {
  proto::pb::OutboxRow row;
  row.set_order(state.next_outbox(step));
  row.set_account(to_string(contact.id.bytes));
  row.set_device(device);
  row.set_envelope_id(to_string(crypto::random_array<16>()));
  row.set_session(to_string(state.sessions.sending_in({contact.id, device})));
  row.set_cell(to_string(state.sessions.seal(step, {contact.id, device}, content)));
  row.set_made_ms(step.now_ms());
  return row;
}

}  // namespace bisik::client
