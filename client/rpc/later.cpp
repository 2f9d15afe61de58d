#include "client/rpc/handlers.hpp"

namespace bisik::client::rpc {
namespace {

Error not_yet(std::string_view what) {
  return {Code::user, "bisik has no " + std::string{what} + " yet, so nothing was done.", nullptr};
}

}  // namespace

Step groups_later(const Params&, const Account&) { return not_yet("groups"); }
Step attachments_later(const Params&, const Account&) { return not_yet("attachments"); }

}  // namespace bisik::client::rpc
