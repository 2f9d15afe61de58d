#include "client/driver.hpp"

#include "client/limits.hpp"
#include "client/problem.hpp"

namespace bisik::client {
namespace {

Time uptime() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return Time{std::chrono::floor<std::chrono::milliseconds>(std::chrono::seconds{now.tv_sec} +
                                                            std::chrono::nanoseconds{now.tv_nsec})};
}

Now now() {
  return {uptime(),
          std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())};
}

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

constexpr const char* kDiskFull =
    "The disk is full, so nothing was kept: make room, then try again.";

}  // namespace

Driver::Driver(std::unique_ptr<Vault> vault, World& world)
    : vault_{std::move(vault)}, world_{world}, engine_{std::make_unique<Engine>(*vault_)} {}

void Driver::start() {
  take(engine_->start(now()));
  finish();
}

bool Driver::run() {
  for (std::size_t handled = 0; handled < kMaxEventsPerCommit && !events_.empty(); ++handled) {
    auto event = std::move(events_.front());
    events_.pop_front();
    if (const auto* command = std::get_if<event::Command>(&event)) {
      running_.insert(command->command);
      if (command->request.has_send()) send_times_.started();
    } else if (const auto* cancel = std::get_if<event::Cancel>(&event)) {
      running_.erase(cancel->command);
    }
    if (!engine_) {
      engine_ = std::make_unique<Engine>(*vault_);
      take(engine_->start(now()));
    }
    take(apply(event, now()));
  }
  finish();
  change_day_if_over();
  return !events_.empty();
}

Effects Driver::apply(Event& event, Now at) {
  return std::visit(
      Overload{
          [&](event::Command& e) { return engine_->command(e.command, e.request, at); },
          [&](event::Cancel& e) { return engine_->cancel(e.command, at); },
          [&](event::LineUp& e) {
            send_times_.connected();
            return engine_->line_up(e.line, e.facts, at);
          },
          [&](event::LineDown& e) { return engine_->line_down(e.line, e.why, at); },
          [&](event::Frame& e) { return engine_->frame(e.line, e.bytes, at); },
          [&](event::Tick&) { return engine_->tick(at); },
      },
      event);
}

void Driver::take(Effects effects) {
  vault_->stage(effects.rows);
  actions_.insert(actions_.end(), std::make_move_iterator(effects.actions.begin()),
                  std::make_move_iterator(effects.actions.end()));
}

void Driver::finish() {
  auto actions = std::exchange(actions_, {});
  try {
    vault_->commit();
  } catch (const storage::StorageError& error) {
    if (error.kind() != storage::StorageError::Kind::full) throw;
    return fail(kDiskFull);
  }
  carry_out(std::move(actions));
}

void Driver::change_day_if_over() {
  const auto at = now();
  const auto wall = std::chrono::floor<std::chrono::seconds>(at.wall);
  if (at.steady < day_not_before_ || !vault_->is_day_over(wall)) return;
  try {
    vault_->change_day(wall);
  } catch (const storage::StorageError& error) {
    if (error.kind() != storage::StorageError::Kind::full) throw;
    day_not_before_ = at.steady + kVaultDayRetry;
  }
}

void Driver::carry_out(Actions actions) {
  for (auto& action : actions) {
    std::visit(Overload{
                   [&](Dial& dial) { world_.dial(dial); },
                   [&](HangUp& hang_up) { world_.hang_up(hang_up.line); },
                   [&](Transmit& transmit) {
                     send_times_.transmitted();
                     world_.transmit(transmit.line, transmit.frame);
                   },
                   [&](Answer& answer) {
                     if (answer.reply.last()) running_.erase(answer.command);
                     if (answer.reply.has_sent()) send_times_.fill(*answer.reply.mutable_sent());
                     world_.answer(answer.command, std::move(answer.reply));
                   },
               },
               action);
  }
}

void Driver::fail(const std::string& sentence) {
  engine_.reset();
  std::erase_if(events_, [](const Event& event) {  // about lines that are gone
    return !std::holds_alternative<event::Command>(event);
  });
  world_.hang_up_all();
  for (const auto command : std::exchange(running_, {})) {
    proto::pb::ApiReply reply;
    reply.set_last(true);
    reply.mutable_failure()->set_exit_code(static_cast<std::uint32_t>(ExitCode::user));
    reply.mutable_failure()->set_sentence(sentence);
    world_.answer(command, std::move(reply));
  }
}

std::chrono::milliseconds Driver::next_tick() const {
  const auto at = now();
  const auto day = std::max(vault_->day_ends() - at.wall, day_not_before_ - at.steady);
  const auto wake_at = engine_ ? engine_->wake_at() : std::nullopt;
  return wake_at ? std::min(*wake_at - at.steady, day) : day;
}

bool Driver::idle() const { return events_.empty() && (!engine_ || engine_->idle(uptime())); }

const crypto::DhKeyPair* Driver::network_key() const {
  return engine_ ? engine_->network_key() : nullptr;
}

}  // namespace bisik::client
