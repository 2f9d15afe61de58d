#include "server/operator_door.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/problem.hpp"
#include "tests/storage/temporary_folder.hpp"

namespace bisik::server {
namespace {

using boost::asio::local::stream_protocol;
using testing::HasSubstr;
using namespace std::chrono_literals;

class AskTest : public testing::Test {
 protected:
  storage::TemporaryFolder folder;
  DataDirectory directory = DataDirectory::open(folder.path() / "relay");
  proto::pb::Request request;
};

TEST_F(AskTest, NobodyAnswersWhereNoneRuns) { EXPECT_FALSE(ask(directory, request)); }

TEST_F(AskTest, ARelayThatIsStoppedIsNotWaitedForForever) {
  boost::asio::io_context io;
  const stream_protocol::acceptor stopped{io, {directory.short_name("admin.sock")}};
  try {
    static_cast<void>(ask(directory, request, 1ms));
    FAIL() << "answered by nobody";
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.code(), Exit::relay);
    EXPECT_THAT(problem.what(), HasSubstr("does not answer: is it stopped"));
    EXPECT_THAT(problem.what(), HasSubstr(directory.path().string()));
  }
}

}  // namespace
}  // namespace bisik::server
