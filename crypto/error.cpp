#include "crypto/error.hpp"

#include <string>

namespace bisik::crypto {
namespace {

class Category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "bisik.crypto"; }

  std::string message(int value) const override {
    switch (static_cast<Errc>(value)) {
      case Errc::malformed:
        return "malformed encoding";
      case Errc::authentication_failed:
        return "failed authentication";
      case Errc::bad_signature:
        return "bad signature";
      case Errc::non_canonical_key:
        return "non-canonical public key";
      case Errc::non_contributory_key:
        return "public key is a low-order point";
      case Errc::no_header_key:
        return "no header key opens it";
      case Errc::message_key_unavailable:
        return "message key already used or discarded";
      case Errc::unknown_chain:
        return "answers a chain that this state does not know";
      case Errc::too_many_skipped:
        return "too many skipped messages";
      case Errc::replayed:
        return "handshake was seen before";
      case Errc::unknown_prekey:
        return "unknown or used prekey";
      case Errc::not_newer:
        return "sequence is not newer";
      case Errc::conflicting:
        return "two signed histories exclude each other";
      case Errc::stale:
        return "signed too long ago";
      case Errc::wrong_password:
        return "wrong passphrase or key";
      case Errc::newer_version:
        return "made by a newer version";
    }
    return "unknown crypto error";
  }
};

}  // namespace

const boost::system::error_category& error_category() noexcept {
  static const Category category;
  return category;
}

}  // namespace bisik::crypto
