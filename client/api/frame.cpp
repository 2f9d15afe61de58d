#include "client/api/frame.hpp"

#include <algorithm>

#include "crypto/encoding.hpp"

namespace bisik::client {
namespace {

constexpr std::size_t kLengthBytes = sizeof(std::uint32_t);
constexpr std::size_t kReadBytes = 16 * 1024;  // one read of the socket

}  // namespace

void append_frame(crypto::Bytes& out, const google::protobuf::MessageLite& message) {
  const auto size = message.ByteSizeLong();
  const auto length = crypto::big_endian(static_cast<std::uint32_t>(size));
  out.insert(out.end(), length.begin(), length.end());
  out.resize(out.size() + size);
  message.SerializeWithCachedSizesToArray(out.data() + out.size() - size);
}

crypto::MutableBytes FrameReader::space() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
  end_ -= std::exchange(begin_, 0);
  buffer_.resize(end_ + kReadBytes);  // grows with what has arrived, not with what was declared
  return crypto::MutableBytes{buffer_}.subspan(end_);
}

std::optional<crypto::ByteView> FrameReader::next() {
  const auto waiting = crypto::ByteView{buffer_}.subspan(begin_, end_ - begin_);
  crypto::Decoder in{waiting};
  const auto length = in.take_int<std::uint32_t>();
  if (broken_ || in.failed()) return std::nullopt;
  if (length > max_bytes_) {
    broken_ = true;
    return std::nullopt;
  }
  const auto message = in.take(length);
  if (in.failed()) return std::nullopt;
  begin_ += kLengthBytes + length;
  return message;
}

bool FrameReader::has_next() const {
  crypto::Decoder in{crypto::ByteView{buffer_}.subspan(begin_, end_ - begin_)};
  const auto length = in.take_int<std::uint32_t>();
  return !broken_ && !in.failed() && in.left() >= length;
}

}  // namespace bisik::client
