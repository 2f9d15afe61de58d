#include "client/door/link.hpp"

#include <array>
#include <cerrno>

#include "client/rpc/limits.hpp"

namespace bisik::client {
namespace {

constexpr std::size_t kLinkReadBytes = 64 * 1024;

bool looks_like_json(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r");
  return first != std::string_view::npos && (line[first] == '{' || line[first] == '[');
}

}  // namespace

Link::Link(Tenants& tenants, Descriptor in, Descriptor out, rpc::Conversation::Options options,
           Caution caution)
    : in_{std::move(in)},
      outlet_{std::move(out)},
      conversation_{std::move(options)},
      owner_{tenants, conversation_},
      lines_{rpc::kMaxLineBytes},
      caution_{caution} {}

bool Link::wants_bytes() const {
  return !input_over_ && lines_.empty() && !outlet_.full() && conversation_.wants_input();
}

void Link::add_waits(std::vector<pollfd>& waits) const {
  // An end that is gone is noticed by POLLHUP, whatever is asked for.
  if (wants_bytes()) waits.push_back({in_.get(), POLLIN, 0});
  outlet_.add_waits(waits);
  if (!outlet_.full()) owner_.add_waits(waits);
}

void Link::go_on() {
  for (bool moved = true; moved && !over();) {
    moved = read();
    moved = hear() || moved;
    owner_.ask();
    moved = take_replies() || moved;
    moved = write() || moved;
  }
}

bool Link::read() {
  if (!wants_bytes() || !is_ready(in_.get(), POLLIN)) return false;
  std::array<char, kLinkReadBytes> bytes;
  const auto got = ::read(in_.get(), bytes.data(), bytes.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return false;
  if (got > 0) {
    lines_.add({bytes.data(), static_cast<std::size_t>(got)});
  } else {
    lines_.finish();
    input_over_ = true;
  }
  return true;
}

bool Link::hear() {
  bool heard = false;
  while (conversation_.wants_input() && !outlet_.full()) {
    const auto line = lines_.next();
    if (!line) break;
    heard = true;
    hung_up_ = caution_ == Caution::browsers && (line->too_long || !looks_like_json(line->text));
    if (hung_up_) break;
    line->too_long ? conversation_.hear_too_long() : conversation_.hear(line->text);
    take_output();
  }
  return heard;
}

bool Link::take_replies() {
  bool taken = false;
  while (!outlet_.full() && owner_.take_reply()) {
    taken = true;
    take_output();
  }
  take_output();  // the loss of a profile is said without a reply
  return taken;
}

void Link::take_output() {
  for (const auto& message : conversation_.take_output()) outlet_.add(message + '\n', 1);
}

bool Link::write() {
  const auto before = outlet_.messages_written();
  const bool wrote = outlet_.write();
  if (outlet_.messages_written() != before) {
    conversation_.written(outlet_.messages_written());
    owner_.ask();
  }
  return wrote;
}

void Link::stop() {
  input_over_ = true;
  lines_ = rpc::Lines{rpc::kMaxLineBytes};
  conversation_.stop();
  owner_.ask();
}

bool Link::over() const {
  return hung_up_ || outlet_.gone() || (input_over_ && lines_.empty() && conversation_.idle());
}

}  // namespace bisik::client
