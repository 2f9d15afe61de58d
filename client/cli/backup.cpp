// backup, restore.
#include "crypto/backup.hpp"

#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "client/cli/commands.hpp"
#include "client/cli/new_file.hpp"
#include "client/cli/typed_line.hpp"
#include "client/cli/wording.hpp"
#include "client/signals.hpp"

namespace bisik::client {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;

// As much of the file as goes to the owner in one request.
constexpr std::size_t kPieceBytes = crypto::kMaxBackupPart;

// A line of the person's terminal that is drawn again in place.
class Progress {
 public:
  explicit Progress(Context& context)
      : err_{context.err()},
        shown_{err_.is_terminal() && !context.json() && !context.globals().quiet} {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() {
    if (drawn_ == 0) return;
    try {
      clear();
      err_.flush();
    } catch (const OutputClosed&) {  // nobody looks any more
    }
  }

  void show(const std::string& line) {
    if (!shown_) return;
    clear();
    err_ << SafeText::line(line);
    err_.flush();
    drawn_ = line.size();
  }

 private:
  void clear() { err_.left(drawn_).erase_below(); }

  Output& err_;
  bool shown_;
  std::size_t drawn_ = 0;
};

std::string words_of(std::uint64_t done, const std::string& rest) {
  return std::to_string(done) + rest;
}

proto::pb::BackupMade write_backup(Context& context, NewFile& file) {
  auto& session = context.session();
  Progress progress{context};
  ApiRequest request;
  request.mutable_backup();
  for (;;) {
    const auto reply = session.only(std::move(request));
    Signals::throw_if_interrupted();
    if (reply.has_backup_made()) {
      file.write(crypto::as_bytes(reply.backup_made().bytes()));
      return reply.backup_made();
    }
    const auto& part = reply.backup_part();
    file.write(crypto::as_bytes(part.bytes()));
    progress.show(words_of(part.done(), " of " + std::to_string(part.of()) + " messages"));
    request = {};
    request.mutable_backup_part()->set_backup(part.backup());
  }
}

std::ifstream open_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw Problem{ExitCode::user, "Cannot read " + path + ": is it there, and yours?"};
  return file;
}

std::string read_piece(std::ifstream& file, const std::string& path, std::size_t size) {
  std::string piece(size, '\0');
  file.read(piece.data(), static_cast<std::streamsize>(size));
  if (file.bad()) throw Problem{ExitCode::user, "Cannot read " + path + " to its end."};
  piece.resize(static_cast<std::size_t>(file.gcount()));
  return piece;
}

std::string read_code(Context& context, const std::string& path) {
  std::string line;
  if (!path.empty()) {
    auto file = open_file(path);
    std::getline(file, line);
    return line;
  }
  if (isatty(STDIN_FILENO) != 0) {
    context.say(SafeText{"The recovery code, nine words, as 'bisik backup' showed it:"});
  }
  auto typed = read_typed_line();
  if (!typed) {
    throw Problem{ExitCode::user, "No recovery code was given, so nothing was restored."};
  }
  return std::move(*typed);
}

// What the owner has kept of it; the last to be asked for.
proto::pb::RestoreProgress read_backup(Context& context, Session& session, std::ifstream& file,
                                       const RestoreOptions& options, ApiRequest request) {
  Progress progress{context};
  for (;;) {
    const auto reply = session.only(std::move(request));
    Signals::throw_if_interrupted();
    const auto& kept = reply.restore_progress();
    progress.show(words_of(kept.messages(), " messages"));
    auto piece = read_piece(file, options.file, kPieceBytes);
    if (piece.empty()) return kept;
    request = {};
    request.mutable_restore_part()->set_restore(kept.restore());
    request.mutable_restore_part()->set_bytes(std::move(piece));
  }
}

}  // namespace

ExitCode backup(Context& context, const BackupOptions& options) {
  NewFile file{options.file, options.force};
  const auto made = write_backup(context, file);
  file.keep();
  auto& out = context.out();
  if (context.json()) {
    out.json({{"file", options.file},
              {"code", made.words()},
              {"contacts", made.contacts()},
              {"messages", made.messages()}});
  } else {
    out.styled(Style::bold, SafeText::line(made.words())) << "\n";
  }
  out.flush();
  context.hint(
      "Write these nine words down: they open the backup, and are never shown again. Keep them "
      "apart from the file.");
  return ExitCode::done;
}

ExitCode restore(Context& context, const RestoreOptions& options) {
  auto file = open_file(options.file);
  ApiRequest request;
  request.mutable_restore()->set_header(
      read_piece(file, options.file, crypto::BackupHeader::kSize));
  request.mutable_restore()->set_words(read_code(context, options.code_file));
  auto& session = context.new_session(options.passphrase);
  const auto kept = read_backup(context, session, file, options, std::move(request));
  ApiRequest end;
  end.mutable_restore_end()->set_restore(kept.restore());
  const auto reply = session.only(std::move(end));
  const auto& who = reply.who_am_i();
  auto& out = context.out();
  if (context.json()) {
    auto json = to_json(who);
    json["contacts"] = kept.contacts();
    json["messages"] = kept.messages();
    out.json(json);
  } else {
    out << "You are " << SafeText::line(who.name()) << " again, with "
        << SafeText::number(kept.contacts())
        << (kept.contacts() == 1 ? Literal{" contact and "} : Literal{" contacts and "})
        << SafeText::number(kept.messages())
        << (kept.messages() == 1 ? Literal{" message"} : Literal{" messages"})
        << ". This is device " << SafeText::number(who.device())
        << " and holds the account's key\n";
  }
  out.flush();
  context.hint("The device that held the key before was removed: it hears nothing more.");
  return ExitCode::done;
}

}  // namespace bisik::client
