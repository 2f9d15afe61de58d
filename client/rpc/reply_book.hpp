// Which answers go together: those of a batch leave in one array when the last of them is there,
// an answer alone leaves as it is. Requests without an id are awaited, but nothing is said of them.
#pragma once

#include <map>

#include "client/rpc/output.hpp"
#include "client/rpc/request.hpp"
#include "client/rpc/step.hpp"

namespace bisik::client::rpc {

// A request that is to be answered.
struct Call {
  std::uint64_t reply;     // of the book
  std::optional<Json> id;  // none: nobody wants to know
  std::size_t party = 0;   // which account it is about, among those of the conversation
};

class ReplyBook {
 public:
  explicit ReplyBook(Output& output) : output_{output} {}

  // The number of a new reply, to so many requests.
  [[nodiscard]] std::uint64_t open(bool batch, std::size_t requests);

  void settle(const Call& call, const Answer& answer);
  void settle(const Call& call, const Error& error);

 private:
  struct Reply {
    bool batch;
    std::size_t open;
    Json answers = Json::array();
    std::vector<Shown> shown = {};
  };
  void settle(const Call& call, Json response, Shown shown);

  Output& output_;
  std::map<std::uint64_t, Reply> replies_;
  std::uint64_t last_ = 0;
};

}  // namespace bisik::client::rpc
