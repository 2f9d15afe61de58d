// What is to be written to a program, in order, and how much of it is with the program. Never
// waits. Holds what it is given: whoever gives more than kMaxUnwrittenBytes looks at full() first.
#pragma once

#include <poll.h>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "client/descriptor.hpp"

namespace bisik::client {

class Outlet {
 public:
  // Of any kind, and not made non-blocking: others may share it.
  explicit Outlet(Descriptor out) : out_{std::move(out)} {}

  // `messages`: how many of a conversation's this completes.
  void add(std::string_view bytes, std::uint64_t messages);
  // Whether anything was written.
  [[nodiscard]] bool write();
  void add_waits(std::vector<pollfd>& waits) const;

  [[nodiscard]] std::uint64_t messages_written() const noexcept { return messages_written_; }
  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
  [[nodiscard]] bool full() const noexcept;
  // Nobody reads any more.
  [[nodiscard]] bool gone() const noexcept { return gone_; }

 private:
  struct Part {
    std::size_t left_bytes;
    std::uint64_t messages;
  };
  void written(std::size_t bytes);

  Descriptor out_;
  std::string bytes_;
  std::deque<Part> parts_;
  std::uint64_t messages_written_ = 0;
  bool gone_ = false;
};

// A second descriptor of what `fd` names; empty if there are too many.
[[nodiscard]] Descriptor copy_of(int fd);

// Whether poll() would say so at once.
[[nodiscard]] bool is_ready(int fd, short events);

}  // namespace bisik::client
