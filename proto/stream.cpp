#include "proto/stream.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cassert>

namespace bisik::proto {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Handshake messages are read whole into one of these, in the coroutine's frame.
using HandshakeBuffer = std::array<std::uint8_t, kMaxAnswerBytes>;
static_assert(kMaxOpeningBytes <= kMaxAnswerBytes && kIdentityBytes <= kMaxAnswerBytes);

Errc reason(error_code ec) {
  return ec == asio::error::operation_aborted ? Errc::cancelled : Errc::closed;
}

// A message of the handshake, which has a length before it as a record has. too_large: nothing of
// it was read but the length.
Awaitable<ByteView> read_message(Socket& socket, HandshakeBuffer& buffer, std::size_t max_bytes) {
  std::array<std::uint8_t, kLengthBytes> prefix;
  if (auto [ec, n] = co_await asio::async_read(socket, asio::buffer(prefix), kUseTuple); ec) {
    co_return reason(ec);
  }
  const auto length = static_cast<std::size_t>(prefix[0] << 8U | prefix[1]);
  if (length > max_bytes) co_return Errc::too_large;
  const auto message = std::span{buffer}.first(length);
  const auto target = asio::buffer(message.data(), message.size());
  if (auto [ec, n] = co_await asio::async_read(socket, target, kUseTuple); ec) {
    co_return reason(ec);
  }
  co_return ByteView{message};
}

Awaitable<void> write_message(Socket& socket, ByteView message) {
  const std::array prefix{static_cast<std::uint8_t>(message.size() >> 8U),
                          static_cast<std::uint8_t>(message.size())};
  const std::array parts{asio::buffer(prefix), asio::buffer(message.data(), message.size())};
  if (auto [ec, n] = co_await asio::async_write(socket, parts, kUseTuple); ec) {
    co_return reason(ec);
  }
  co_return Result<void>{};
}

// A relay says nothing to whom it does not know, so for a client silence means the wrong address.
Errc as_client_sees_it(error_code error) {
  if (error == Errc::wrong_version) return Errc::wrong_version;
  if (error == Errc::cancelled) return Errc::cancelled;
  return Errc::not_a_relay;
}

Awaitable<ByteView> exchange(Socket& socket, ByteView opening, HandshakeBuffer& buffer) {
  if (const auto sent = co_await write_message(socket, opening); !sent) co_return sent.error();
  co_return co_await read_message(socket, buffer, kMaxAnswerBytes);
}

}  // namespace

Awaitable<ClientConnection> connect_anonymous(Socket& socket,
                                              const crypto::DhPublicKey& relay_key) {
  auto call = call_anonymous(relay_key);
  if (!call) co_return as_client_sees_it(call.error());
  HandshakeBuffer buffer;
  const auto answer = co_await exchange(socket, call->opening, buffer);
  if (!answer) co_return as_client_sees_it(answer.error());
  auto connection = std::move(call->state).finish(*answer);
  if (!connection) co_return as_client_sees_it(connection.error());
  co_return std::move(*connection);
}

Awaitable<ClientConnection> connect_own(Socket& socket, const crypto::DhPublicKey& relay_key,
                                        const crypto::DhKeyPair& network_key) {
  auto call = call_own(relay_key, network_key);
  if (!call) co_return as_client_sees_it(call.error());
  HandshakeBuffer buffer;
  const auto answer = co_await exchange(socket, call->opening, buffer);
  if (!answer) co_return as_client_sees_it(answer.error());
  auto finished = std::move(call->state).finish(*answer);
  if (!finished) co_return as_client_sees_it(finished.error());
  if (const auto sent = co_await write_message(socket, finished->identity); !sent) {
    co_return sent.error();
  }
  co_return std::move(finished->connection);
}

Awaitable<RelayConnection> accept_handshake(Socket& socket, const Reception& reception,
                                            std::chrono::sys_seconds now) {
  HandshakeBuffer buffer;
  const auto opening = co_await read_message(socket, buffer, kMaxOpeningBytes);
  if (!opening) co_return opening.error();
  auto reply = reception.receive(*opening, now);
  if (!reply) co_return reply.error();
  if (const auto sent = co_await write_message(socket, reply->answer); !sent) {
    co_return sent.error();
  }
  if (const auto* refused = std::get_if<Errc>(&reply->next)) co_return *refused;
  if (auto* done = std::get_if<RelayConnection>(&reply->next)) co_return std::move(*done);

  const auto identity = co_await read_message(socket, buffer, kIdentityBytes);
  if (!identity) co_return identity.error();
  co_return std::get<AwaitingIdentity>(std::move(reply->next)).finish(*identity);
}

Awaitable<MutableBytes> read_frame(Socket& socket, Channel& channel, RecordReader& reader) {
  for (;;) {
    const auto frame = reader.next(channel);
    if (!frame) co_return frame.error();
    if (*frame) co_return **frame;

    if (reader.empty()) {
      reader.release();
      auto [ec] = co_await socket.async_wait(Socket::wait_read, kUseTuple);
      if (ec) co_return reason(ec);
    }
    const auto space = reader.space();
    const auto target = asio::buffer(space.data(), space.size());
    auto [ec, n] = co_await socket.async_read_some(target, kUseTuple);
    if (ec) co_return reason(ec);
    reader.received(n);
  }
}

Awaitable<void> write_records(Socket& socket, ByteView records) {
  const auto source = asio::buffer(records.data(), records.size());
  if (auto [ec, n] = co_await asio::async_write(socket, source, kUseTuple); ec) {
    co_return reason(ec);
  }
  co_return Result<void>{};
}

}  // namespace bisik::proto
