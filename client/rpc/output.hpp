// What is said to a program, and which messages it shows: these are acknowledged once whoever does
// the I/O has written it.
#pragma once

#include <deque>
#include <vector>

#include "client/rpc/json.hpp"

namespace bisik::client::rpc {

class Output {
 public:
  // `shown`: cursors of the messages in it.
  void say(const Json& json, std::vector<std::uint64_t> shown);
  [[nodiscard]] std::vector<std::string> take();

  // So many of all that was ever said are with the program: the cursors that they showed.
  [[nodiscard]] std::vector<std::uint64_t> written(std::uint64_t count);
  [[nodiscard]] bool all_written() const noexcept { return written_ == said_; }

 private:
  struct Showing {
    std::uint64_t number;  // of what was said
    std::vector<std::uint64_t> cursors;
  };

  std::vector<std::string> unsaid_;
  std::deque<Showing> showing_;
  std::uint64_t said_ = 0;
  std::uint64_t written_ = 0;
};

}  // namespace bisik::client::rpc
