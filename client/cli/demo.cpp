// demo: a relay and two profiles in a temporary folder, real programs over real TCP, nothing left.
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "client/cli/child.hpp"
#include "client/cli/commands.hpp"

namespace bisik::client {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr seconds kPatience{20};  // a step takes a tenth of a second where nothing is wrong

std::string temporary_place() {
  const char* set = std::getenv("TMPDIR");
  return set != nullptr && *set != '\0' ? set : "/tmp";
}

class TemporaryFolder {
 public:
  TemporaryFolder() : path_{temporary_place() + "/bisik-demo-XXXXXX"} {
    if (mkdtemp(path_.data()) == nullptr) {
      throw Problem{ExitCode::user, "Cannot create a folder in " + temporary_place() + ": " +
                                        std::strerror(errno) + ". Set TMPDIR to another place."};
    }
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] fs::path path() const { return path_; }

 private:
  std::string path_;
};

fs::path own_program() { return fs::read_symlink("/proc/self/exe"); }

// Beside this program, where the build puts it, or where the shell would find it.
fs::path relay_program() {
  const auto here = own_program().parent_path();
  std::vector<fs::path> places{here / "bisik-relay", here / "../server/bisik-relay"};
  std::string path = std::getenv("PATH") == nullptr ? "" : std::getenv("PATH");
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find(':', at), path.size());
    places.push_back(fs::path{path.substr(at, end - at)} / "bisik-relay");
    at = end + 1;
  }
  for (const auto& place : places) {
    if (access(place.c_str(), X_OK) == 0) return place;
  }
  throw Problem{ExitCode::user,
                "The demonstration needs bisik-relay, which is not here: install it beside bisik."};
}

// The kernel's choice. Somebody could take it before the relay does; then the relay says so.
std::uint16_t free_port() {
  const Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* name = reinterpret_cast<sockaddr*>(&address);
  if (bind(socket.get(), name, size) != 0 || getsockname(socket.get(), name, &size) != 0) {
    throw Problem{ExitCode::unexpected, "This machine has no free port on 127.0.0.1."};
  }
  return ntohs(address.sin_port);
}

bool contains(const fs::path& file, std::string_view text) {
  std::ifstream in{file, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  return bytes.find(text) != std::string::npos;
}

class Demo {
 public:
  explicit Demo(Output& out) : out_{out} {}

  void run() {
    const auto invite = start_relay();
    comment("Alice has the first invite. It pins the relay's key and lets her register.");
    (void)type("Alice", {"join", invite, "--name", "Alice"}, "'INVITE' --name Alice");
    comment("A link of hers brings Bob to the relay and makes them contacts.");
    const auto link = type("Alice", {"invite"}, "").at(0);
    (void)type("Bob", {"join", link, "--name", "Bob"}, "'LINK' --name Bob");

    comment("Bob writes. His program ends when the relay has the message on its disk.");
    const std::string first = "Dinner at eight, the usual place?";
    (void)type("Bob", {"send", "Alice", first}, "Alice '" + first + "'");
    look_at_relay(first);
    comment("Alice reads and answers.");
    expect(type("Alice", {"receive", "--timeout", "2"}, "--timeout 2"), first);
    const std::string second = "Eight is fine. Nobody else needs to know.";
    (void)type("Alice", {"send", "Bob", second}, "Bob '" + second + "'");
    expect(type("Bob", {"receive", "--timeout", "2"}, "--timeout 2"), second);
    look_at_relay(second);
    comment("Both see the same 60 digits: nobody stands between them.");
    if (type("Alice", {"verify", "Bob"}, "Bob") == std::vector<std::string>{}) fail("verify");
    out_ << "\n";
    out_.styled(Style::good, "That was all of it, and nothing of it is left on this machine.")
        << "\nNext: ask somebody for an invite, or run a relay: man bisik-relay\n";
    out_.flush();
  }

 private:
  using Lines = std::vector<std::string>;

  std::string start_relay() {
    const auto program = relay_program();
    const auto listen = "127.0.0.1:" + std::to_string(free_port());
    comment("A relay: it passes sealed messages on and can read none of them.");
    prompt("relay", "bisik-relay up --data DIR --listen " + listen);
    relay_.emplace(Lines{program.string(), "up", "--data", (folder_.path() / "relay").string(),
                         "--listen", listen},
                   Lines{});
    std::string last = "It did not start in time.";
    while (const auto line = relay_->line(kPatience)) {
      if (line->starts_with("relay ")) show(*line);
      if (!line->starts_with("invite ")) {
        last = *line;
        continue;
      }
      show(*line);
      const auto begin = line->find("bisik://");
      if (begin != std::string::npos) return line->substr(begin);
    }
    throw Problem{ExitCode::unexpected, "The relay of the demonstration failed: " + last};
  }

  // Runs one command of ours as that person and shows it with all it says.
  Lines type(const std::string& person, Lines words, const std::string& shown_arguments) {
    prompt(person, "bisik " + words.front() + " " + shown_arguments);
    const auto command = words.front();
    words.insert(words.begin(), own_program().string());
    Child child{words, {"BISIK_HOME=" + (folder_.path() / person).string(), "BISIK_PROFILE="}};
    Lines lines;
    while (auto line = child.line(kPatience)) {
      show(*line);
      lines.push_back(std::move(*line));
    }
    if (child.wait() != 0) fail(command);
    return lines;
  }

  void look_at_relay(const std::string& text) {
    std::size_t files = 0;
    std::size_t found = 0;
    std::uintmax_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator{folder_.path() / "relay"}) {
      if (!entry.is_regular_file()) continue;
      ++files;
      bytes += entry.file_size();
      if (contains(entry.path(), text)) ++found;
    }
    prompt("relay", "grep -r '" + text + "' DIR");
    out_ << "  (found in " << SafeText::number(found) << " of " << SafeText::number(files)
         << " files, " << SafeText::number(bytes / 1024) << " KiB: there is only ciphertext)\n";
    if (found != 0) throw Problem{ExitCode::unexpected, "The relay holds a message in the clear."};
  }

  void expect(const Lines& lines, const std::string& text) {
    const auto has = [&](const auto& line) { return line.find(text) != std::string::npos; };
    if (!std::ranges::any_of(lines, has)) fail("receive");
  }

  [[noreturn]] void fail(const std::string& command) {
    throw Problem{ExitCode::unexpected, "The demonstration stopped at bisik " + command +
                                            ", which did not do what it should."};
  }

  void comment(Literal text) {
    out_ << "\n";
    out_.styled(Style::dim, SafeText{"# "} + text) << "\n";
    out_.flush();
  }
  void prompt(const std::string& person, const std::string& command) {
    out_.styled(Style::bold, SafeText::line(person) + "$ ") << SafeText::line(command) << "\n";
    out_.flush();
  }
  void show(const std::string& line) {
    out_ << "  " << SafeText::line(line) << "\n";
    out_.flush();
  }

  Output& out_;
  TemporaryFolder folder_;
  std::optional<Child> relay_;  // ends before its folder goes
};

}  // namespace

ExitCode demo(Context& context) {
  Demo{context.out()}.run();
  return ExitCode::done;
}

}  // namespace bisik::client
