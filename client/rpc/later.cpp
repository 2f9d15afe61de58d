#include "client/rpc/handlers.hpp"

namespace bisik::client::rpc {
namespace {

Error not_yet(std::string_view what) {
  return {Code::user, "bisik has no " + std::string{what} + " yet, so nothing was done.", nullptr};
}

}  // namespace

Step groups_later(const Params&, const Account&) { return not_yet("groups"); }
Step attachments_later(const Params&, const Account&) { return not_yet("attachments"); }

Step linking_by_hand(const Params&, const Account&) {
  return Error{
      Code::user,
      "This profile has an account. A new device is linked by its person: bisik link there, "
      "and addDevice or bisik link --approve on the first one.",
      nullptr};
}

}  // namespace bisik::client::rpc
