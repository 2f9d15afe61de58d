#include "client/rpc/error.hpp"

#include "client/problem.hpp"

namespace bisik::client::rpc {

Code code_of(const proto::pb::Failure& failure) {
  switch (static_cast<ExitCode>(failure.exit_code())) {
    case ExitCode::user:
      return Code::user;
    case ExitCode::relay:
      return Code::relay;
    case ExitCode::untrusted:
      return Code::untrusted;
    case ExitCode::rate:
      return Code::rate;
    case ExitCode::refused:
      return Code::refused;
    case ExitCode::conflict:
      return Code::conflict;
    default:
      return Code::internal;
  }
}

Error to_error(const proto::pb::Failure& failure) {
  return {code_of(failure), failure.sentence(), nullptr};
}

Json to_json(const Error& error) {
  Json data = nullptr;
  if (!error.response.is_null()) data = {{"response", error.response}};
  return {{"code", static_cast<int>(error.code)},
          {"message", error.message},
          {"data", std::move(data)}};
}

}  // namespace bisik::client::rpc
