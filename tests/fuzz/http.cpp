// Bytes over HTTP, cut at any place, are the same requests; whatever they are there is a plan, and
// without the token it never leads to the account.
#include <cassert>
#include <vector>

#include "client/door/http_reader.hpp"
#include "crypto/sodium.hpp"

namespace {

using namespace bisik;
using client::rpc::HttpRequest;

struct Reading {
  std::vector<std::string> requests;
  int failure;
  friend bool operator==(const Reading&, const Reading&) = default;
};

void check(const HttpRequest& request) {
  static const auto token = crypto::Capability::random();
  const auto guarded = client::rpc::plan(request, token);
  assert(std::holds_alternative<client::rpc::HttpAnswer>(guarded));
  const auto open = client::rpc::plan(request, std::nullopt);
  if (request.from_page) assert(std::holds_alternative<client::rpc::HttpAnswer>(open));
}

Reading read_all(std::string_view bytes, std::size_t step) {
  client::HttpReader reader;
  Reading reading{};
  while (!bytes.empty() && reader.failure() == 0) {
    const auto part = bytes.substr(0, step);
    bytes.remove_prefix(part.size());
    reader.add(part);
    while (const auto request = reader.next()) {
      check(*request);
      reading.requests.push_back(request->method + " " + request->target + "\n" + request->body);
    }
  }
  reading.failure = reader.failure();
  return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  crypto::initialise();
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto whole = read_all(bytes, size + 1);
  const auto cut = read_all(bytes, 7);
  assert(whole.requests == cut.requests);
  return 0;
}
