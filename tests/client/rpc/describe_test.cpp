// One table, three uses: what is dispatched is what is described.
#include "client/rpc/describe.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "client/rpc/method.hpp"

namespace bisik::client::rpc {
namespace {

std::string contents(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

// To write it anew: bisik jsonRpc --describe markdown > docs/jsonrpc.md
TEST(RpcDescribe, TheReferencePageIsTheOneInTheDocumentation) {
  EXPECT_EQ(reference_page(), contents(SOURCE_DIR "/docs/jsonrpc.md"));
}

TEST(RpcDescribe, TheDocumentHasEveryMethodWithEveryParam) {
  const auto document = openrpc_document();
  EXPECT_EQ(document["openrpc"], "1.2.6");
  ASSERT_EQ(document["methods"].size(), methods().size());
  for (std::size_t i = 0; i < methods().size(); ++i) {
    const auto& described = document["methods"][i];
    EXPECT_EQ(described["name"], methods()[i].name);
    ASSERT_EQ(described["params"].size(), methods()[i].params.size());
    for (std::size_t j = 0; j < methods()[i].params.size(); ++j) {
      EXPECT_EQ(described["params"][j]["name"], methods()[i].params[j].name);
    }
  }
}

TEST(RpcDescribe, EveryMethodHasOneNameAndSomethingToDo) {
  std::set<std::string_view> names;
  for (const auto& method : methods()) {
    EXPECT_TRUE(names.insert(method.name).second) << method.name;
    EXPECT_FALSE(method.doc.empty()) << method.name;
    const bool of_a_conversation =
        method.special != OfConversation::none && method.special != OfConversation::receive;
    EXPECT_NE(of_a_conversation, method.handler != nullptr) << method.name;
    EXPECT_EQ(find_method(method.name), &method);
  }
  EXPECT_EQ(find_method("register"), nullptr);
}

}  // namespace
}  // namespace bisik::client::rpc
