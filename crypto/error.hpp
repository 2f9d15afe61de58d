// What can go wrong in crypto, and nothing else.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <type_traits>

namespace bisik::crypto {

enum class Errc {
  malformed = 1,            // wrong length, version, or a field outside its range
  authentication_failed,    // ciphertext, tag, commitment or associated data was altered
  bad_signature,            // a signature does not verify, or is by another key
  non_canonical_key,        // an X25519 or ML-KEM key that no honest peer encodes this way
  non_contributory_key,     // a low-order point: the shared secret would be zero
  no_header_key,            // no header key opens it: it is another session's, or nobody's
  message_key_unavailable,  // already used, or discarded when the ratchet moved on
  unknown_chain,            // an answer to a chain of ours that our state does not know: it is old
  too_many_skipped,         // the header asks for more skipped keys than we are willing to derive
  replayed,                 // this handshake was accepted before
  unknown_prekey,           // the prekey it names was never ours, is used up, or is wiped
  not_newer,                // a sequence that is not above the one already seen
  conflicting,              // one key has signed two histories that exclude each other
  stale,                    // signed too long ago to start anything with
  wrong_password,           // passphrase, key file or recovery code does not open what it should
  newer_version,            // of a later version of this program, which would know it
};

const boost::system::error_category& error_category() noexcept;

inline boost::system::error_code make_error_code(Errc e) noexcept {
  return {static_cast<int>(e), error_category()};
}

// std::expected needs -std=c++23. In C++20: Boost's, which Asio already brings.
template <class T>
using Result = boost::system::result<T>;

}  // namespace bisik::crypto

template <>
struct boost::system::is_error_code_enum<bisik::crypto::Errc> : std::true_type {};
