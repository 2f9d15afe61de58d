#include "client/cli/passphrase.hpp"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>

#include <cerrno>
#include <cstring>

#include "client/descriptor.hpp"
#include "client/problem.hpp"
#include "client/safe_text.hpp"
#include "client/signals.hpp"

namespace bisik::client {
namespace {

constexpr std::size_t kMaxPassphraseBytes = 1'024;  // Argon2 takes any; a file that is none, ends

[[noreturn]] void fail(const std::string& sentence) { throw Problem{ExitCode::user, sentence}; }

// The echo is back when this goes, however it goes.
class Silence {
 public:
  explicit Silence(int terminal) : terminal_{terminal} {
    tcgetattr(terminal_, &before_);
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= ECHONL;
    tcsetattr(terminal_, TCSAFLUSH, &silent);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() { tcsetattr(terminal_, TCSAFLUSH, &before_); }

 private:
  int terminal_;
  termios before_{};
};

void wait_readable(int fd) {
  pollfd waited[] = {{fd, POLLIN, 0}, {Signals::fd(), POLLIN, 0}};
  poll(waited, 2, -1);
  Signals::throw_if_interrupted();
}

// One byte at a time: what stands after the line is not ours, and no buffer keeps a copy.
crypto::SecretBuffer read_line(int fd) {
  crypto::SecretBuffer line;
  for (;;) {
    wait_readable(fd);
    std::uint8_t byte = 0;
    const auto got = read(fd, &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(std::string{"The passphrase cannot be read: "} + std::strerror(errno) + ".");
    if (got == 0 || byte == '\n') return line;
    if (byte == '\r') continue;
    if (line.size() >= kMaxPassphraseBytes) fail("The passphrase has more than 1024 bytes.");
    line.append(crypto::ByteView{&byte, 1});
  }
}

std::optional<crypto::SecretBuffer> given(const PassphraseSource& source) {
  if (source.file) {
    const Descriptor file{open(source.file->c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file) fail("Cannot read " + *source.file + ": " + std::strerror(errno) + ".");
    return read_line(file.get());
  }
  if (source.fd) return read_line(*source.fd);
  return std::nullopt;
}

crypto::SecretBuffer prompt(Literal question) {
  const Descriptor terminal{open("/dev/tty", O_RDWR | O_CLOEXEC)};
  if (!terminal || isatty(STDIN_FILENO) == 0) {
    fail(
        "This needs the profile's passphrase and there is no terminal to ask on: use "
        "--passphrase-file or --passphrase-fd.");
  }
  const Silence silence{terminal.get()};
  const auto text = question.text();
  [[maybe_unused]] const auto written = write(terminal.get(), text.data(), text.size());
  return read_line(terminal.get());
}

VaultSecret secret(crypto::SecretBuffer passphrase) {
  if (passphrase.size() == 0) fail("The passphrase is empty: choose one with several words.");
  return {VaultMethod::passphrase, std::move(passphrase)};
}

}  // namespace

VaultSecret ask_passphrase(const PassphraseSource& source) {
  if (auto passphrase = given(source)) return secret(std::move(*passphrase));
  return secret(prompt("Passphrase: "));
}

VaultSecret choose_passphrase(const PassphraseSource& source) {
  if (auto passphrase = given(source)) return secret(std::move(*passphrase));
  auto first = prompt("New passphrase: ");
  if (!crypto::equal(first, prompt("The same again: "))) {
    fail("The two differ: nothing was made. Try again.");
  }
  return secret(std::move(first));
}

}  // namespace bisik::client
