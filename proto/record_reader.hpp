// Cuts what arrives on a connection into records, without I/O. It holds a buffer only while a part
// of a record is waiting for its rest, so an idle connection costs nothing.
//
//     space() -> read into it -> received(n) -> next(channel) until it has no more
#pragma once

#include <optional>

#include "proto/channel.hpp"

namespace bisik::proto {

class RecordReader {
 public:
  // Where the next bytes go; never empty. Grows with what has arrived, never with a declared
  // length alone. Frames that next() returned are gone.
  [[nodiscard]] MutableBytes space();
  // The first `n` bytes of that space were filled.
  void received(std::size_t n);

  // The next frame, valid until space() or release(); nothing: more bytes are needed.
  // malformed: a record too short to be one. broken_channel: as Channel::open.
  [[nodiscard]] Result<std::optional<MutableBytes>> next(Channel& channel);

  // True between records: the peer may close the connection here, and the buffer can go.
  [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }
  // Gives the memory back; nothing happens unless empty().
  void release();

 private:
  [[nodiscard]] std::size_t waiting() const noexcept { return end_ - begin_; }

  Bytes buffer_;
  std::size_t begin_ = 0;  // of what was not handed out yet
  std::size_t end_ = 0;    // of what has arrived
};

}  // namespace bisik::proto
