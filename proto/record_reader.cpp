#include "proto/record_reader.hpp"

#include <algorithm>
#include <cassert>

namespace bisik::proto {

MutableBytes RecordReader::space() {
  // Filled to its end: more is likely to be there, and fewer and larger reads take it.
  const bool full = end_ == buffer_.size();
  if (begin_ > 0) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.empty()) {
    buffer_.resize(kFirstReadBytes);
  } else if (full) {
    buffer_.resize(std::min(2 * buffer_.size(), kLengthBytes + kMaxRecordBytes));
  }
  assert(end_ < buffer_.size());  // else there is a whole record: next() first
  return MutableBytes{buffer_}.subspan(end_);
}

void RecordReader::received(std::size_t n) {
  assert(n <= buffer_.size() - end_);
  end_ += n;
}

Result<std::optional<MutableBytes>> RecordReader::next(Channel& channel) {
  if (waiting() < kLengthBytes) return std::optional<MutableBytes>{};
  const auto length = static_cast<std::size_t>(buffer_[begin_] << 8U | buffer_[begin_ + 1]);
  if (length < kRecordTagBytes) return Errc::malformed;
  if (waiting() < kLengthBytes + length) return std::optional<MutableBytes>{};

  const auto record = MutableBytes{buffer_}.subspan(begin_ + kLengthBytes, length);
  begin_ += kLengthBytes + length;
  const auto frame = channel.open(record);
  if (!frame) return frame.error();
  return std::optional{*frame};
}

void RecordReader::release() {
  if (!empty()) return;
  buffer_ = {};
  begin_ = end_ = 0;
}

}  // namespace bisik::proto
