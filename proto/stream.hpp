// The one place in proto/ that knows Asio: handshakes and records on a connected TCP socket.
//
// Every function is a coroutine that refers to its arguments until it is finished, and none of them
// throws for what a peer or the network does. Deadlines are the caller's: cancelling a coroutine
// (as `co_await (f() || timer())` does) ends it with Errc::cancelled. After any error the socket is
// of no more use; closing it is the caller's too.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "proto/connection.hpp"
#include "proto/record_reader.hpp"

namespace bisik::proto {

using Socket = boost::asio::ip::tcp::socket;
// How coroutines wait for I/O: peers vanish, so that is a result and never a throw.
inline constexpr auto kUseTuple = boost::asio::as_tuple(boost::asio::use_awaitable);
template <class T>
using Awaitable = boost::asio::awaitable<Result<T>>;

// --- handshakes ----------------------------------------------------------------------------------

// Client. not_a_relay: somebody answers who has not the relay's key, or nobody does. wrong_version,
// cancelled.
[[nodiscard]] Awaitable<ClientConnection> connect_anonymous(Socket& socket,
                                                            const crypto::DhPublicKey& relay_key);
[[nodiscard]] Awaitable<ClientConnection> connect_own(Socket& socket,
                                                      const crypto::DhPublicKey& relay_key,
                                                      const crypto::DhKeyPair& network_key);

// Relay. Reads no more than the handshake, into buffers of constant size; the MAC is checked before
// anything else is done. handshake_failed, malformed, too_large, wrong_version, closed, cancelled.
[[nodiscard]] Awaitable<RelayConnection> accept_handshake(Socket& socket,
                                                          const Reception& reception,
                                                          std::chrono::sys_seconds now);

// --- records -------------------------------------------------------------------------------------

// The next frame; it lies in the reader's buffer and is gone with the next call. While nothing
// arrives between two records, no buffer is held. closed: also in the middle of a record.
// malformed, broken_channel, cancelled.
[[nodiscard]] Awaitable<MutableBytes> read_frame(Socket& socket, Channel& channel,
                                                 RecordReader& reader);

// Writes whole records, as many as were sealed into `records`, in one call where the kernel takes
// them. closed, cancelled.
[[nodiscard]] Awaitable<void> write_records(Socket& socket, ByteView records);

}  // namespace bisik::proto
