// Each rule of rules.hpp once with what it must find and once with what it must leave alone.

#include "tests/layering/rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bisik::layering {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

TEST(IncludeArrows, PointDownOnly) {
  const auto upward = [](std::string path, const std::string& name) {
    return includes_against_the_arrows({{std::move(path), "#include \"" + name + "\"\n"}});
  };
  EXPECT_THAT(upward("crypto/a.cpp", "proto/b.hpp"), SizeIs(1));
  EXPECT_THAT(upward("storage/a.cpp", "crypto/b.hpp"), SizeIs(1));
  EXPECT_THAT(upward("proto/a.cpp", "storage/b.hpp"), SizeIs(1));
  EXPECT_THAT(upward("server/a.cpp", "client/b.hpp"), SizeIs(1));
  EXPECT_THAT(upward("client/engine/a.cpp", "server/b.hpp"), SizeIs(1));
  EXPECT_THAT(upward("crypto/a.cpp", "b.hpp"), SizeIs(1));
  EXPECT_THAT(upward("crypto/a.cpp", "../proto/b.hpp"), SizeIs(1));
  EXPECT_THAT(upward("server/a.cpp", "proto/relay.pb.h"), IsEmpty());
  EXPECT_THAT(upward("tests/server/a.cpp", "tests/b.hpp"), IsEmpty());
}

TEST(IncludeArrows, AreSeenHoweverTheyAreWritten) {
  EXPECT_THAT(includes_against_the_arrows({{"crypto/a.cpp", "\n #  include <proto/b.hpp>\n"}}),
              ElementsAre(StartsWith("crypto/a.cpp:2: ")));
  EXPECT_THAT(includes_against_the_arrows({{"crypto/a.cpp", "// #include \"proto/b.hpp\"\n"}}),
              IsEmpty());
}

TEST(LinkArrows, PointDownOnly) {
  const auto links = [](std::string folder, const std::string& targets) {
    const Tree tree = {
        {"crypto/CMakeLists.txt", "add_library(bisik_crypto STATIC a.cpp)"},
        {"storage/CMakeLists.txt", "add_library(bisik_storage STATIC a.cpp)"},
        {"proto/CMakeLists.txt", "add_library(bisik_proto a.cpp)\nadd_library(bisik_wire b.cpp)"},
        {"client/api/CMakeLists.txt", "add_library(bisik_api STATIC a.cpp)"},
        {folder + "/x/CMakeLists.txt",
         "add_library(bisik_x x.cpp)\ntarget_link_libraries(bisik_x\n  PUBLIC " + targets + ")\n"},
    };
    return links_against_the_arrows(tree);
  };
  EXPECT_THAT(links("crypto", "bisik_build bisik_options Boost::headers"), IsEmpty());
  EXPECT_THAT(links("crypto", "bisik_storage"), SizeIs(1));
  EXPECT_THAT(links("storage", "bisik_crypto"), SizeIs(1));
  EXPECT_THAT(links("proto", "bisik_crypto bisik_wire"), IsEmpty());
  EXPECT_THAT(links("server", "bisik_proto bisik_storage bisik_api"), SizeIs(1));
  EXPECT_THAT(links("client", "bisik_api bisik_undefined"), SizeIs(1));
  EXPECT_THAT(links("tests/server", "bisik_api"), IsEmpty());
}

TEST(Libraries, StayWhereTheyBelong) {
  const auto includes = [](std::string path, const std::string& name) {
    return libraries_out_of_place({{std::move(path), "#include <" + name + ">\n"}});
  };
  EXPECT_THAT(includes("server/a.cpp", "sqlite3.h"), SizeIs(1));
  EXPECT_THAT(includes("storage/a.cpp", "sqlite3.h"), IsEmpty());
  EXPECT_THAT(includes("client/main.cpp", "sodium.h"), SizeIs(1));
  EXPECT_THAT(includes("crypto/a.cpp", "sodium.h"), IsEmpty());
  EXPECT_THAT(libraries_out_of_place(
                  {{"server/CMakeLists.txt", "target_link_libraries(x SQLite::SQLite3)"}}),
              SizeIs(1));
  EXPECT_THAT(libraries_out_of_place(
                  {{"proto/CMakeLists.txt", "target_link_libraries(x protobuf::libprotobuf)"}}),
              SizeIs(1));
}

TEST(Asio, LivesAtTheEdge) {
  const auto asio_in = [](std::string path) {
    return libraries_out_of_place({{std::move(path), "#include <boost/asio/read.hpp>\n"}});
  };
  EXPECT_THAT(asio_in("proto/channel.cpp"), SizeIs(1));
  EXPECT_THAT(asio_in("crypto/a.cpp"), SizeIs(1));
  EXPECT_THAT(asio_in("storage/a.cpp"), SizeIs(1));
  EXPECT_THAT(asio_in("client/engine/a.cpp"), SizeIs(1));
  EXPECT_THAT(asio_in("client/rpc/a.cpp"), SizeIs(1));
  EXPECT_THAT(asio_in("server/relay.hpp"), SizeIs(1));
  EXPECT_THAT(asio_in("proto/stream.hpp"), IsEmpty());
  EXPECT_THAT(asio_in("server/session.cpp"), IsEmpty());
}

TEST(Secrets, AreExposedInCryptoAlone) {
  const auto calls = [](std::string path) {
    return secrets_exposed_outside_crypto(
        {{std::move(path), "f(key.expose());\ng(k.expose_mutable());\n"}});
  };
  EXPECT_THAT(calls("proto/a.cpp"), SizeIs(2));
  EXPECT_THAT(calls("crypto/a.cpp"), IsEmpty());
  EXPECT_THAT(calls("tests/crypto/a_test.cpp"), IsEmpty());
  EXPECT_THAT(secrets_exposed_outside_crypto({{"proto/a.cpp", "// expose()\nexposed();\n"}}),
              IsEmpty());
}

TEST(Limits, HoldForLinesAndColumns) {
  const auto lines = [](std::size_t n) { return std::string(n, '\n'); };
  EXPECT_THAT(too_long({{"crypto/a.cpp", lines(400)}}), IsEmpty());
  EXPECT_THAT(too_long({{"tests/a.py", lines(401)}}), SizeIs(1));
  EXPECT_THAT(too_long({{"crypto/a.cpp", std::string(100, 'a')}}), IsEmpty());
  EXPECT_THAT(too_long({{"crypto/a.cpp", "\n" + std::string(101, 'a')}}),
              ElementsAre(StartsWith("crypto/a.cpp:2: ")));
  EXPECT_THAT(too_long({{"crypto/a.cpp", std::string(98, 'a') + "…é"}}), IsEmpty());
}

TEST(Headers, OpenWithAParagraph) {
  EXPECT_THAT(headers_without_paragraph({{"crypto/a.hpp", "// What.\n#pragma once\n"}}), IsEmpty());
  EXPECT_THAT(headers_without_paragraph({{"crypto/a.hpp", "#pragma once\n"}}), SizeIs(1));
  EXPECT_THAT(headers_without_paragraph({{"crypto/a.hpp", "// What.\n"}}), SizeIs(1));
  EXPECT_THAT(headers_without_paragraph({{"crypto/a.cpp", ""}}), IsEmpty());
}

TEST(Words, ThatLeaveThingsForLaterAreRefused) {
  const auto words = [](const std::string& text) {
    return unfinished_or_unwanted_words({{"crypto/a.hpp", text}});
  };
  EXPECT_THAT(words("// TO"
                    "DO: later\n"),
              SizeIs(1));
  EXPECT_THAT(words("int DISABLED"
                    "_x;\n"),
              SizeIs(1));
  EXPECT_THAT(words("std::regex r;\n"), SizeIs(1));
  EXPECT_THAT(words("using namespace std;\n"), SizeIs(1));
  EXPECT_THAT(words("// a mktemp pattern: bisik-XXXXXX; std::regex is not used\n"), IsEmpty());
}

TEST(Folders, AreNamedAfterWhatTheyAre) {
  EXPECT_THAT(folders_named_after_nothing({{"common/a.hpp", ""}, {"common/b.hpp", ""}}), SizeIs(1));
  EXPECT_THAT(folders_named_after_nothing({{"client/util/a.hpp", ""}}), SizeIs(1));
  EXPECT_THAT(folders_named_after_nothing({{"crypto/core.hpp", ""}}), IsEmpty());
}

TEST(Sources, AreNamedByTheBuild) {
  const SourceFile build{"tests/crypto/CMakeLists.txt",
                         "bisik_tests(x SOURCES a_test.cpp # b_test.cpp\n)"};
  const SourceFile parent{"tests/CMakeLists.txt", "bisik_tests(y SOURCES sub/c_test.cpp)"};
  EXPECT_THAT(sources_outside_the_build({build, parent, {"tests/crypto/a_test.cpp", ""}}),
              IsEmpty());
  EXPECT_THAT(sources_outside_the_build({build, parent, {"tests/sub/c_test.cpp", ""}}), IsEmpty());
  EXPECT_THAT(sources_outside_the_build({build, parent, {"tests/crypto/b_test.cpp", ""}}),
              SizeIs(1));
  EXPECT_THAT(sources_outside_the_build({build, parent, {"tests/a_test.cpp", ""}}), SizeIs(1));
}

TEST(Scripts, ThatAreTestsAreNamedByTheBuild) {
  const SourceFile build{"tests/e2e/CMakeLists.txt",
                         "add_test(NAME x COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/a_test.sh)"};
  EXPECT_THAT(sources_outside_the_build({build, {"tests/e2e/a_test.sh", ""}}), IsEmpty());
  EXPECT_THAT(sources_outside_the_build({build, {"tests/e2e/b_test.py", ""}}), SizeIs(1));
  EXPECT_THAT(sources_outside_the_build({build, {"tests/prove.sh", ""}}), IsEmpty());
}

TEST(Sources, MayBeNamedByAFuzzTargetOrBuiltByTheirScript) {
  const SourceFile fuzz{"tests/fuzz/CMakeLists.txt", "bisik_fuzz(link LINK bisik_proto)"};
  EXPECT_THAT(sources_outside_the_build({fuzz, {"tests/fuzz/link.cpp", ""}}), IsEmpty());
  EXPECT_THAT(sources_outside_the_build({fuzz, {"tests/fuzz/frame.cpp", ""}}), SizeIs(1));
  const SourceFile script{"tests/crypto/time.sh", ""};
  EXPECT_THAT(sources_outside_the_build({script, {"tests/crypto/time_kem.cpp", ""}}), IsEmpty());
  EXPECT_THAT(sources_outside_the_build({script, {"tests/crypto/kem.cpp", ""}}), SizeIs(1));
}

TEST(Globs, AreRefused) {
  EXPECT_THAT(globs({{"a/CMakeLists.txt", "FILE(GLOB_RECURSE x *.cpp)"}}), SizeIs(1));
  EXPECT_THAT(globs({{"a/CMakeLists.txt", "file(CREATE_LINK a b) # GLOB"}}), IsEmpty());
}

TEST(Layers, WithSourcesHaveTests) {
  const SourceFile source{"proto/a.cpp", ""};
  EXPECT_THAT(layers_without_tests({source, {"tests/proto/CMakeLists.txt", "# later"}}), SizeIs(1));
  EXPECT_THAT(layers_without_tests({source, {"tests/proto/CMakeLists.txt", "bisik_tests(t)"}}),
              IsEmpty());
  EXPECT_THAT(layers_without_tests({{"proto/a.hpp", ""}}), IsEmpty());
}

}  // namespace
}  // namespace bisik::layering
