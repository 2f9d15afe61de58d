#include "tests/model/json.hpp"

#include "crypto/hex.hpp"

namespace bisik::model {
namespace {

using crypto::Errc;

const char* word_for(Errc error) {
  switch (error) {
    case Errc::malformed:
      return "malformed";
    case Errc::authentication_failed:
      return "authentication_failed";
    case Errc::bad_signature:
      return "bad_signature";
    case Errc::non_canonical_key:
      return "non_canonical_key";
    case Errc::non_contributory_key:
      return "non_contributory_key";
    case Errc::no_header_key:
      return "no_header_key";
    case Errc::message_key_unavailable:
      return "message_key_unavailable";
    case Errc::unknown_chain:
      return "unknown_chain";
    case Errc::too_many_skipped:
      return "too_many_skipped";
    case Errc::unknown_prekey:
      return "unknown_prekey";
    case Errc::wrong_password:
      return "wrong_password";
    case Errc::newer_version:
      return "newer_version";
    default:
      throw std::logic_error{"no transcript asks for what is refused like this"};
  }
}

}  // namespace

Json to_json(ByteView bytes) { return crypto::to_hex(bytes); }

Bytes bytes_of(const Json& object, const char* field) {
  const auto bytes = crypto::from_hex(object.at(field).get_ref<const std::string&>());
  if (!bytes) throw std::runtime_error{std::string{field} + " is not hex"};
  return *bytes;
}

Bytes edited(Bytes wire, const Json& edit) {
  if (edit.contains("keep")) {
    wire.resize(std::min(wire.size(), edit.at("keep").get<std::size_t>()));
  } else {
    wire.at(edit.at("at").get<std::size_t>()) ^= edit.at("xor").get<std::uint8_t>();
  }
  return wire;
}

void put_outcome(Json& object, const crypto::Result<Bytes>& outcome) {
  if (outcome) {
    object["content"] = to_json(*outcome);
  } else {
    object["refused"] = word_for(static_cast<Errc>(outcome.error().value()));
  }
}

}  // namespace bisik::model
