#include "client/owner.hpp"

#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <future>
#include <map>
#include <thread>

#include "client/api/server.hpp"
#include "client/connection.hpp"
#include "client/driver.hpp"
#include "client/limits.hpp"
#include "client/problem.hpp"
#include "client/signals.hpp"

namespace bisik::client {
namespace {

namespace asio = boost::asio;

// Timers stand still while the machine sleeps: what is overdue then is found after so long.
constexpr std::chrono::seconds kLongestSleep{10};
// Between two looks at whether the owner is still there.
constexpr std::chrono::milliseconds kGlance{10};

}  // namespace

// Wires the parts to each other; decides only when it is over.
class Owner::Thread final : public World, public LineListener, public CommandListener {
 public:
  Thread(const Profile& profile, ProfileLock lock, std::unique_ptr<Vault> vault)
      : lock_{std::move(lock)},
        driver_{std::make_unique<Driver>(std::move(vault), *this)},
        timer_{context_},
        patience_{context_},
        server_{context_, *this} {
    driver_->start();
    server_.open(profile);
    reset_timer();
    thread_ = std::thread{[this] { run(); }};
  }

  ~Thread() override {
    if (thread_.joinable()) finish();
  }

  Descriptor connect() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
      throw Problem{ExitCode::unexpected, std::string{"No socket: "} + std::strerror(errno) + "."};
    }
    Descriptor ours{ends[0]};
    auto theirs = std::make_shared<Descriptor>(ends[1]);
    auto served = std::make_shared<std::promise<void>>();
    auto is_served = served->get_future();
    asio::post(context_, [this, theirs, served] {
      server_.serve(std::move(*theirs));
      served->set_value();
    });
    while (is_served.wait_for(kGlance) != std::future_status::ready) {
      if (ended_.wait_for(kGlance) == std::future_status::ready) ended_.get();  // throws
    }
    return ours;
  }

  void begin_to_finish() {
    if (std::exchange(told_to_finish_, true)) return;
    asio::post(context_, [this] {
      finishing_ = true;
      server_.close();
      patience_.expires_after(kFinishOthers);
      patience_.async_wait([this](boost::system::error_code error) {
        if (!error) context_.stop();
      });
      stop_if_done();
    });
  }

  void finish() {
    if (!thread_.joinable()) return;
    begin_to_finish();
    thread_.join();
  }

  void rethrow() {
    if (ended_.valid()) ended_.get();
  }

 private:
  void run() {
    Signals::block_in_this_thread();
    try {
      context_.run();
      driver_->vault().truncate_log();
      end();
      result_.set_value();
    } catch (...) {
      end();
      result_.set_exception(std::current_exception());
    }
  }

  // The database is closed before the lock is free, and whoever waits for us learns of it last.
  void end() {
    server_.close();
    server_.hang_up_all();
    driver_.reset();
    lock_.reset();
  }

  void add(Event event) {
    driver_->add(std::move(event));
    if (std::exchange(scheduled_, true)) return;
    asio::post(context_, [this] { handle(); });
  }

  void handle() {
    scheduled_ = driver_->run();
    if (scheduled_) asio::post(context_, [this] { handle(); });
    reset_timer();
    stop_if_done();
  }

  void reset_timer() {
    timer_.expires_after(std::min<std::chrono::milliseconds>(driver_->next_tick(), kLongestSleep));
    timer_.async_wait([this](boost::system::error_code error) {
      if (!error) add(event::Tick{});
    });
  }

  void stop_if_done() {
    if (finishing_ && !server_.somebody_waits() && driver_->idle()) context_.stop();
  }

  // --- what the engine asks for ------------------------------------------------------------------

  void dial(const Dial& dial) override {
    const auto line = dial.line;
    auto connection = std::make_unique<Connection>(context_, dial, driver_->network_key(), *this);
    auto& added = *lines_.emplace(line, std::move(connection)).first->second;
    asio::co_spawn(context_, added.run(), [this, line](std::exception_ptr failure, LineEnd why) {
      lines_.erase(line);
      if (failure) std::rethrow_exception(failure);
      if (hung_up_.erase(line) == 0) add(event::LineDown{line, why});
    });
  }

  void hang_up(LineId line) override {
    const auto it = lines_.find(line);
    if (it == lines_.end()) return;
    hung_up_.insert(line);
    it->second->hang_up();
  }

  void hang_up_all() override {
    for (auto& [line, connection] : lines_) {
      hung_up_.insert(line);
      connection->hang_up();
    }
  }

  void transmit(LineId line, crypto::ByteView frame) override {
    if (const auto it = lines_.find(line); it != lines_.end()) it->second->transmit(frame);
  }

  void answer(CommandId command, proto::pb::ApiReply reply) override {
    if (reply.has_status()) {  // the two things that the engine cannot know
      auto& status = *reply.mutable_status();
      status.set_passphrase(driver_->vault().method() == VaultMethod::passphrase);
      status.set_keys_locked_in_memory(driver_->vault().keys_locked_in_memory());
    }
    server_.answer(command, std::move(reply));
  }

  // --- what happens ------------------------------------------------------------------------------

  void line_up(LineId line, const LineFacts& facts) override {
    if (!hung_up_.contains(line)) add(event::LineUp{line, facts});
  }
  void frame(LineId line, crypto::ByteView frame) override {
    if (!hung_up_.contains(line)) add(event::Frame{line, {frame.begin(), frame.end()}});
  }
  void command(CommandId command, proto::pb::ApiRequest request) override {
    add(event::Command{command, std::move(request)});
  }
  void cancel(CommandId command) override { add(event::Cancel{command}); }
  void answered() override { stop_if_done(); }

  std::optional<ProfileLock> lock_;
  asio::io_context context_{1};
  std::unique_ptr<Driver> driver_;
  asio::steady_timer timer_;
  asio::steady_timer patience_;
  std::map<LineId, std::unique_ptr<Connection>> lines_;
  std::set<LineId> hung_up_;  // of which the engine wants to hear no more
  ApiServer server_;
  bool scheduled_ = false;
  bool finishing_ = false;
  bool told_to_finish_ = false;  // in the other thread
  std::promise<void> result_;
  std::shared_future<void> ended_{result_.get_future()};
  std::thread thread_;
};

Owner::Owner(const Profile& profile, ProfileLock lock, std::unique_ptr<Vault> vault)
    : thread_{std::make_unique<Thread>(profile, std::move(lock), std::move(vault))} {}

Owner::~Owner() = default;

Descriptor Owner::connect() { return thread_->connect(); }

void Owner::begin_to_finish() { thread_->begin_to_finish(); }

void Owner::finish() {
  thread_->finish();
  thread_->rethrow();
}

}  // namespace bisik::client
