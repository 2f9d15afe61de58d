#include "client/door/http_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "client/door/limits.hpp"
#include "client/rpc/limits.hpp"

namespace bisik::client {
namespace {

namespace http = boost::beast::http;

std::string text(boost::beast::string_view view) { return {view.data(), view.size()}; }

rpc::HttpRequest to_request(http::request<http::string_body>&& message) {
  return {
      .method = text(message.method_string()),
      .target = text(message.target()),
      .content_type = text(message[http::field::content_type]),
      .authorization = text(message[http::field::authorization]),
      .host = text(message[http::field::host]),
      .from_page = message.count(http::field::origin) != 0 || message.count("Sec-Fetch-Site") != 0,
      .keep_alive = message.keep_alive(),
      .body = std::move(message.body())};
}

int status_of(boost::system::error_code error) {
  if (error == http::error::body_limit) return 413;
  if (error == http::error::header_limit) return 431;
  return 400;
}

}  // namespace

struct HttpReader::Parser : http::request_parser<http::string_body> {};

HttpReader::HttpReader() { start(); }
HttpReader::~HttpReader() = default;

void HttpReader::start() {
  parser_ = std::make_unique<Parser>();
  parser_->eager(true);
  parser_->header_limit(kMaxHttpHeaderBytes);
  parser_->body_limit(rpc::kMaxLineBytes);
  begun_ = false;
}

void HttpReader::add(std::string_view bytes) { bytes_ += bytes; }

std::optional<rpc::HttpRequest> HttpReader::next() {
  while (failure_ == 0 && !bytes_.empty()) {
    boost::system::error_code error;
    const auto used = parser_->put(boost::asio::buffer(bytes_), error);
    bytes_.erase(0, used);
    begun_ = begun_ || used != 0;
    if (error && error != http::error::need_more) failure_ = status_of(error);
    if (error) return std::nullopt;
    if (!parser_->is_done()) continue;
    auto request = to_request(parser_->release());
    start();
    return request;
  }
  return std::nullopt;
}

}  // namespace bisik::client
