#include "client/rpc/handlers.hpp"

namespace bisik::client::rpc {
namespace {

Error not_yet(std::string_view what) {
  return {Code::user, "bisik has no " + std::string{what} + " yet, so nothing was done.", nullptr};
}

}  // namespace

Step reactions_later(const Params&, const Account&) { return not_yet("reactions"); }
Step receipts_later(const Params&, const Account&) { return not_yet("receipts"); }
Step typing_later(const Params&, const Account&) { return not_yet("typing notices"); }
Step deletion_later(const Params&, const Account&) { return not_yet("deletion for others"); }
Step groups_later(const Params&, const Account&) { return not_yet("groups"); }
Step attachments_later(const Params&, const Account&) { return not_yet("attachments"); }
Step profiles_later(const Params&, const Account&) { return not_yet("profiles"); }
Step renaming_later(const Params&, const Account&) { return not_yet("renaming of contacts"); }

Step linking_by_hand(const Params&, const Account&) {
  return Error{Code::user,
               "Linking a device takes a person at both: bisik link on the new one, bisik link "
               "--approve on the first.",
               nullptr};
}

}  // namespace bisik::client::rpc
