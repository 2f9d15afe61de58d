// What is said to a program, and which messages it shows: these are acknowledged once whoever does
// the I/O has written it, in the name of the consumer that asked for them.
#pragma once

#include <deque>
#include <vector>

#include "client/rpc/json.hpp"

namespace bisik::client::rpc {

struct Shown {
  std::vector<std::uint64_t> cursors = {};
  std::string consumer = {};  // empty: nobody's
  std::size_t party = 0;      // of whose messages, among the accounts of the conversation
};

class Output {
 public:
  // `shown`: the messages in it.
  void say(const Json& json, std::vector<Shown> shown);
  [[nodiscard]] std::vector<std::string> take();

  // So many of all that was ever said are with the program: what they showed.
  [[nodiscard]] std::vector<Shown> written(std::uint64_t count);
  [[nodiscard]] bool all_written() const noexcept { return written_ == said_; }

 private:
  struct Showing {
    std::uint64_t number;  // of what was said
    Shown shown;
  };

  std::vector<std::string> unsaid_;
  std::deque<Showing> showing_;
  std::uint64_t said_ = 0;
  std::uint64_t written_ = 0;
};

}  // namespace bisik::client::rpc
