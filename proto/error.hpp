// What can go wrong in proto, and nothing else. Coarse where a peer could learn from the reason,
// fine where a person has to be told what is wrong with a link.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <type_traits>

namespace bisik::proto {

enum class Errc {
  malformed = 1,     // breaks a rule of the encoding, or a field is outside its range
  too_large,         // longer than the limit for its kind
  handshake_failed,  // the other side has not the key it should have, or a message was altered
  not_a_relay,       // nobody who holds the key of the address answers there
  wrong_version,     // no version in common
  broken_channel,    // a record was altered or out of place, now or before: the channel is dead
  closed,            // the peer closed the connection, or it was cut
  cancelled,         // the caller gave up first

  not_a_link,       // does not have the shape bisik://HOST:PORT/KEY
  host_too_long,    // more than kMaxHostBytes
  bad_host,         // no host name and no address
  bad_port,         // not a number from 1 to 65535
  bad_relay_key,    // the part after the slash is not the key of a relay: cut short or mistyped
  mangled_payload,  // the part after '#' was cut short or altered
};

const boost::system::error_category& error_category() noexcept;

inline boost::system::error_code make_error_code(Errc e) noexcept {
  return {static_cast<int>(e), error_category()};
}

template <class T>
using Result = boost::system::result<T>;

}  // namespace bisik::proto

template <>
struct boost::system::is_error_code_enum<bisik::proto::Errc> : std::true_type {};
