// The owner's side of client/api: the socket that other commands come through, and the streams of
// the owner's own command. Hands requests on under a CommandId of its own, and the answers back.
// Only processes of the same user are heard.
//
// A visitor that sends nonsense is hung up; the commands of one that is gone are cancelled. One
// thread: the io_context's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <list>
#include <map>

#include "client/api/visitor.hpp"
#include "client/descriptor.hpp"
#include "client/engine/effects.hpp"
#include "client/profile.hpp"

namespace bisik::client {

class CommandListener {
 public:
  virtual ~CommandListener() = default;
  virtual void command(CommandId command, proto::pb::ApiRequest request) = 0;
  virtual void cancel(CommandId command) = 0;
  // Somebody has taken all his answers.
  virtual void answered() = 0;
};

class ApiServer final : public VisitorListener {
 public:
  ApiServer(boost::asio::io_context& context, CommandListener& listener);
  ~ApiServer() override { close(); }

  // Binds the profile's socket (0600), in place of one that a killed owner left. Throws Problem.
  void open(const Profile& profile);
  // Unlinks it: from here on nobody new comes.
  void close();

  // A stream that is already there: of the owner's own command.
  void serve(Descriptor stream);

  // For the end: what a visitor was sent is still read, then its stream is at its end.
  void hang_up_all();

  void answer(CommandId command, proto::pb::ApiReply reply);

  // Whether others wait for the end of a command, or anybody for the rest of an answer. Those that
  // listen for messages do not count: they can go on listening to the next owner.
  [[nodiscard]] bool somebody_waits() const;

 private:
  using Acceptor = boost::asio::local::stream_protocol::acceptor;
  using Visitors = std::list<Visitor>;
  struct Running {
    Visitor* visitor;
    std::uint64_t number;
    bool listens;
  };

  [[nodiscard]] boost::asio::awaitable<void> accept_loop();
  void admit(Visitor::Socket socket, bool ours);
  void heard(Visitor& visitor, proto::pb::ApiRequest request) override;
  void drained() override { listener_.answered(); }
  void cancel(Visitor& visitor, std::uint64_t number);
  void leave(Visitors::iterator visitor);

  boost::asio::io_context& context_;
  CommandListener& listener_;
  std::optional<SocketName> name_;
  Acceptor acceptor_;
  Visitors visitors_;
  std::map<CommandId, Running> running_;
  CommandId last_command_ = 0;
};

}  // namespace bisik::client
