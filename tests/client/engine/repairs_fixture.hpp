// A contact with whom there is a session, and cells of his that do not open.
#pragma once

#include "client/engine/repairs.hpp"
#include "tests/client/engine/profile_fixture.hpp"

namespace bisik::client {

class RepairsTest : public ProfileTest {
 protected:
  RepairsTest() {
    auto step = this->step();
    contact_->row.set_state(proto::pb::CONTACT_STATE_ACCEPTED);
    bobs_keys_.generate(step);
    start_a_session();
  }

  [[nodiscard]] Step step() const { return Step{{{}, now_}}; }
  [[nodiscard]] crypto::DeviceAddress bobs_device() const {
    return crypto::DeviceAddress::of(bob_.device.record);
  }
  static crypto::PeerPrekeys prekeys_of(const Identity& person, const KeyRing& keys) {
    const auto& newest = keys.generations().back();
    return {person.device.record,
            newest.seal.public_half(),
            newest.signed_prekey.public_half(),
            {},
            newest.pq_signed_prekey.public_half()};
  }
  void start_a_session() {
    auto step = this->step();
    const auto prekeys = prekeys_of(bob_, bobs_keys_);
    state_.sessions.add(step, crypto::Session::initiate(state_.identity->device, prekeys).value());
  }
  [[nodiscard]] crypto::DeviceAddress alices_device() const {
    return crypto::DeviceAddress::of(state_.identity->device.record);
  }
  void bob_starts_a_session() {
    auto step = this->step();
    const auto prekeys = prekeys_of(*state_.identity, state_.key_ring);
    bobs_sessions_.add(step, crypto::Session::initiate(bob_.device, prekeys).value());
  }
  crypto::Bytes seal_for_bob() {
    auto step = this->step();
    return state_.sessions.seal(step, bobs_device(), crypto::as_bytes("hello"));
  }
  crypto::Bytes seal_for_alice() {
    auto step = this->step();
    return bobs_sessions_.seal(step, alices_device(), crypto::as_bytes("hello"));
  }
  // In which session.
  std::optional<crypto::Transcript> arrives_at_bob(const crypto::Bytes& cell) {
    auto step = this->step();
    const auto opened = bobs_sessions_.open(step, bob_, bobs_keys_, cell);
    return opened ? std::optional{opened->session} : std::nullopt;
  }
  std::optional<crypto::Transcript> arrives_at_alice(const crypto::Bytes& cell) {
    auto step = this->step();
    const auto opened = state_.sessions.open(step, *state_.identity, state_.key_ring, cell);
    return opened ? std::optional{opened->session} : std::nullopt;
  }
  // Bob could not read a cell of ours, or says that its place was used.
  proto::pb::Repair ask_for_a_cell_in(const crypto::Transcript& session, bool is_used) {
    auto step = this->step();
    proto::pb::OutboxRow cell;
    cell.set_account(to_string(contact_->id.bytes));
    cell.set_envelope_id(std::string(16, static_cast<char>(++cells_)));
    cell.set_session(to_string(session));
    outgoing_.send_log().remember(step, cell);
    rows_.commit(std::move(step).take().rows);
    proto::pb::Repair repair;
    if (is_used) {
      repair.mutable_index_used()->set_session(cell.session());
    } else {
      repair.mutable_retry_request()->set_envelope_id(cell.envelope_id());
    }
    return repair;
  }
  // The relay has taken it, sealed in the session.
  void send(std::uint64_t number, const crypto::Transcript& session) {
    auto step = this->step();
    proto::pb::MessageRow message;
    message.set_account(to_string(contact_->id.bytes));
    message.set_number(number);
    message.set_relay_ms(step.now_ms());
    state_.save(step, message);
    rows_.commit(std::move(step).take().rows);
    remember(number, session, false);
  }
  void remember(std::uint64_t number, const crypto::Transcript& session, bool again) {
    auto step = this->step();
    proto::pb::OutboxRow cell;
    cell.set_account(to_string(contact_->id.bytes));
    cell.set_number(number);
    cell.set_again(again);
    cell.set_session(to_string(session));
    outgoing_.send_log().remember(step, cell);
    rows_.commit(std::move(step).take().rows);
  }
  // Numbers of what goes again.
  std::vector<std::uint64_t> again() {
    std::vector<std::uint64_t> numbers;
    for (const auto& value : rows_.all(RowKind::outbox)) {
      numbers.push_back(parse_row<proto::pb::OutboxRow>(value).number());
    }
    return numbers;
  }
  // A first message that nobody can open, said to be Bob's; each is another cell. The rows that it
  // leaves.
  std::vector<RowWrite> take_a_cell_of(const crypto::DeviceAddress& claimed) {
    auto step = this->step();
    proto::pb::Cell cell;
    cell.set_cell(std::string(64, static_cast<char>(++cells_)));
    cell.set_envelope_id(std::string(16, static_cast<char>(cells_)));
    repairs_.unopened(
        step, cell, {.why = crypto::Errc::unknown_prekey, .session = {}, .claimed = claimed}, true);
    return std::move(step).take().rows;
  }
  // One that no key of ours opens.
  void take_a_cell_of_nobody() {
    auto step = this->step();
    proto::pb::Cell cell;
    cell.set_cell(std::string(64, static_cast<char>(++cells_)));
    repairs_.unopened(step, cell, {.why = crypto::Errc::no_header_key, .session = {}}, true);
    rows_.commit(std::move(step).take().rows);
  }
  // One that he has sealed in the session, which we have archived so long ago; and the one that we
  // go on in is so old.
  void take_a_cell_of_an_archived_session(milliseconds ago, const proto::pb::Content& content = {},
                                          milliseconds age = milliseconds{0}) {
    const auto session = state_.sessions.sending_in(bobs_device());
    auto step = this->step();
    state_.sessions.archive_all(step, bobs_device());
    now_ += ago - age;
    start_a_session();
    now_ += age;
    auto later = this->step();
    repairs_.spoken_in(later, *contact_, {bobs_device(), {}, false, {}, session}, content);
  }
  // Another cell of his was in its place in the session. Whether we say so.
  bool says_index_used(const crypto::Transcript& session) {
    contact_->row.clear_repair();
    const bool archived = !state_.sessions.is_good(session);
    auto step = this->step();
    proto::pb::Cell cell;
    cell.set_cell(std::string(64, static_cast<char>(++cells_)));
    repairs_.unopened(step, cell,
                      {.why = crypto::Errc::message_key_unavailable,
                       .session = Unopened::Session{bobs_device(), session, archived},
                       .claimed = {}},
                      true);
    return contact_->row.repair().index_used().session() == to_string(session);
  }
  // Nothing is left to say, and there is a session again.
  void answer() {
    contact_->row.clear_repair();
    start_a_session();
  }

  std::chrono::sys_time<milliseconds> now_{std::chrono::days{20'000}};
  Outgoing outgoing_{state_, [](auto&&...) {}, [](auto&&...) {}, [](auto&&...) {},
                     [](auto&&...) {}};
  Readers readers_{state_, outgoing_.owed_receipts(), [](auto&&...) {}};
  Copies copies_{state_, outgoing_.fetches()};
  int copies_found_ = 0;
  std::uint64_t copy_found_ms_ = 0;
  Repairs repairs_{state_, outgoing_, readers_, copies_,
                   [this](Step& step, auto, std::uint64_t given_up_ms) {
                     if (given_up_ms <= copy_found_ms_) return;  // known
                     copy_found_ms_ = step.now_ms();
                     ++copies_found_;
                   }};
  Identity bob_ = person("Bob");
  KeyRing bobs_keys_;
  SessionBook bobs_sessions_;
  Contact* contact_ = &add_contact(bob_);
  int cells_ = 0;
};

}  // namespace bisik::client
