// One client's connection after its handshake: records in, records out. No decisions.
//
// No coroutine: the frames of one and of what it calls cost an idle connection twice what a Session
// does, and most connections are idle. A Session waits for its socket to become readable and holds
// no buffer until it is. It belongs to its owner, who may let it go once drained() has ended after
// `ended`. Network thread only.
#pragma once

#include <exception>
#include <memory>

#include "proto/stream.hpp"
#include "server/admission.hpp"
#include "server/outbox.hpp"
#include "server/switchboard.hpp"

namespace bisik::server {

// What a session asks about how fast it may read.
struct Meter {
  Admission& admission;  // outlives it
  Admission::From from;
  Time (*now)();

  [[nodiscard]] std::chrono::milliseconds received(std::size_t bytes) const {
    return from ? admission.received(from, bytes, now()) : std::chrono::milliseconds{0};
  }
};

class Session final : public Line {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    // Once: the peer, the network or the Switchboard has ended it. An error is lack of memory
    // alone.
    virtual void ended(ConnectionId session, std::exception_ptr error) = 0;
  };

  // Switchboard and owner outlive it.
  Session(ConnectionId id, proto::Socket socket, proto::Channel channel, Switchboard& switchboard,
          Meter meter, Owner& owner);

  void start(const Peer& peer);
  // Ends when nothing refers to it any more. After `ended`.
  [[nodiscard]] boost::asio::awaitable<void> drained() { return outbox_.drained(); }
  [[nodiscard]] const Admission::From& from() const noexcept { return meter_.from; }

  void send(crypto::ByteView message) override;
  void flush() override { outbox_.flush(); }
  [[nodiscard]] std::size_t unsent_bytes() const override { return outbox_.unsent_bytes(); }
  void finish() override;
  void cut() override;

 private:
  // What comes after the frames that have arrived.
  enum class Next {
    wait,  // until there is more to read
    rest,  // of their frames some are left for when it has rested
    end,
  };
  // Then goes on with what came, in the order in which any connection ends if memory is gone.
  void go_on(Next (Session::*with)());
  void wait();
  [[nodiscard]] Next read();
  [[nodiscard]] Next take_frames();
  // Reads nothing meanwhile, so that the peer's system stops sending: nothing is lost or refused.
  void rest(std::chrono::milliseconds time);
  void wake() {
    if (resting_) resting_->cancel();
  }
  void end(std::exception_ptr error);

  ConnectionId id_;
  proto::Socket socket_;
  proto::Channel channel_;
  proto::RecordReader reader_;
  Outbox<proto::Socket> outbox_;
  Switchboard& switchboard_;
  Meter meter_;
  Owner& owner_;
  std::unique_ptr<boost::asio::steady_timer> resting_;  // while it rests
};

}  // namespace bisik::server
